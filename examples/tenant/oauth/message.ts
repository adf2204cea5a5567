import { IncomingMessage, type ServerResponse } from 'node:http';

/** The whole body of a request as text. */
export async function readText(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** A body of fields, as a form or (Auth0 takes both at its token endpoints) as JSON. Throws on JSON that is none. */
export async function readFields(req: IncomingMessage): Promise<Record<string, string>> {
  const text = await readText(req);
  const json = req.headers['content-type']?.startsWith('application/json');
  if (!json) return Object.fromEntries(new URLSearchParams(text));
  return Object.fromEntries(
    Object.entries(JSON.parse(text)).map(([name, value]) => [name, String(value)]),
  );
}

/** The same request again with other fields as its form: for oidc-provider, after the body has been read. */
export function withForm(req: IncomingMessage, fields: Record<string, string>): IncomingMessage {
  const form = new URLSearchParams(fields).toString();
  const again = new IncomingMessage(req.socket);
  again.method = req.method;
  again.url = req.url;
  again.headers = {
    ...req.headers,
    'content-type': 'application/x-www-form-urlencoded',
    'content-length': String(Buffer.byteLength(form)),
  };
  // Else its end would look like an aborted request and close the connection.
  again.complete = true;
  again.push(form);
  again.push(null);
  return again;
}

/** Answers with JSON that nobody may cache. */
export function sendJson(res: ServerResponse, status: number, body: unknown): void {
  res.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  res.end(JSON.stringify(body));
}

/** Answers with a page for a person. */
export function sendPage(res: ServerResponse, status: number, page: string): void {
  res.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
  });
  res.end(page);
}
