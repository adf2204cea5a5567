import { type IncomingHttpHeaders, request } from 'node:http';
import { text } from 'node:stream/consumers';

export interface Sent {
  readonly method?: string;
  /** An array as value = the header so many times; Host may be spoofed. */
  readonly headers?: Readonly<Record<string, string | string[]>>;
  /** A string as it is, all else as JSON; its content type is JSON unless said. */
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

export interface Got {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** One request over node:http, which unlike fetch lets a test say any header. */
export function send(url: string, sent: Sent = {}): Promise<Got> {
  const { body, signal } = sent;
  const method = sent.method ?? (body === undefined ? 'GET' : 'POST');
  const type = body === undefined ? {} : { 'content-type': 'application/json' };
  const headers = { ...type, ...sent.headers };
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, headers, agent: false, ...(signal ? { signal } : {}) });
    outgoing.on('error', reject);
    outgoing.on('response', (response) => {
      const { statusCode: status = 0, headers: got } = response;
      text(response).then((body) => resolve({ status, headers: got, text: body }), reject);
    });
    outgoing.end(body === undefined || typeof body === 'string' ? body : JSON.stringify(body));
  });
}

export const bearer = (token: string): { authorization: string } => ({
  authorization: `Bearer ${token}`,
});

/** The body of an answer as JSON. */
export const parsed = ({ text: body }: Got): Record<string, unknown> => JSON.parse(body);
