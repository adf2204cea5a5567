import type { IncomingMessage } from 'node:http';
import { Refusal } from './errors.ts';

type Framed = Pick<IncomingMessage, 'httpVersion' | 'url' | 'rawHeaders' | 'headers'>;

const ambiguous = (description: string): Refusal =>
  new Refusal('invalid_request', { description, headers: { connection: 'close' } });

/** The one Host of a request, lower case; undefined = none (HTTP/1.0). */
function hostOf(rawHeaders: readonly string[]): string | undefined {
  let host: string | undefined;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    if (rawHeaders[i]?.toLowerCase() !== 'host') continue;
    if (host !== undefined) throw ambiguous('Send one Host header, not several.');
    host = String(rawHeaders[i + 1]).toLowerCase();
  }
  return host;
}

/**
 * Refuses what node:http lets by and another server on the way may read differently: the seed
 * of request smuggling. The connection is closed, because nobody can tell where the next begins.
 * @throws {Refusal} `invalid_request`; `unsupported_media_type` for a body that is compressed.
 */
export function checkFraming({ httpVersion, url = '', rawHeaders, headers }: Framed): void {
  if (httpVersion !== '1.1' && httpVersion !== '1.0') throw ambiguous('Send HTTP/1.1.');
  const coding = headers['transfer-encoding'];
  // RFC 9112 §6.1: a 1.0 message has none, and codings under `chunked` would stay undone.
  if (coding !== undefined && (httpVersion === '1.0' || coding.toLowerCase() !== 'chunked')) {
    throw ambiguous('No transfer coding but chunked, in HTTP/1.1, is understood.');
  }
  const host = hostOf(rawHeaders);
  // RFC 9112 §3.2.2: the target counts and not the header, so they may not differ.
  if (!url.startsWith('/') && url !== '*' && URL.parse(url)?.host !== host) {
    throw ambiguous('The request target names another host than the Host header.');
  }
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding.toLowerCase() !== 'identity') {
    const description = 'Send the body as it is: no content coding is understood.';
    const accepted = { 'accept-encoding': 'identity', connection: 'close' };
    throw new Refusal('unsupported_media_type', { description, headers: accepted });
  }
}
