import type { LogRecord } from './parse.ts';

/** A client that has just registered itself, as the log tells it. */
export interface NewClient {
  readonly clientId: string;
  readonly logId: string | undefined;
  /** For the log only: anyone may call a client anything. */
  readonly name: string | undefined;
}

function at(value: unknown, ...path: string[]): unknown {
  let found = value;
  for (const key of path) {
    if (typeof found !== 'object' || found === null) return undefined;
    found = (found as LogRecord)[key];
  }
  return found;
}

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

function isRegistration(record: LogRecord): boolean {
  const { details } = record;
  const status = Number(at(details, 'response', 'statusCode'));
  if (record['type'] !== 'sapi' || !(status >= 200 && status < 300)) return false;
  const method = text(at(details, 'request', 'method')) ?? 'post';
  const path = text(at(details, 'request', 'path'))?.split('?')[0] ?? '';
  const description = text(record['description']) ?? '';
  const registers = method.toLowerCase() === 'post' && path.endsWith('/oidc/register');
  return registers || /dynamic client registration/i.test(description);
}

/**
 * The client a log record says was registered dynamically, or undefined for any other record
 * (`Create a client` by an administrator is a `sapi` record too). The id is that of the response;
 * the record's top-level `client_id` is the caller of the API and is never used (Auth0, "Log
 * Event Schema").
 */
export function recognise(record: LogRecord): NewClient | undefined {
  if (!isRegistration(record)) return undefined;
  const created = at(record, 'details', 'response', 'body');
  const clientId = text(at(created, 'client_id'));
  if (clientId === undefined) return undefined;
  return { clientId, logId: text(record['log_id']), name: text(at(created, 'client_name')) };
}
