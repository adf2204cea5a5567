import type { FetchLike } from '@modelcontextprotocol/client';
import { shorten } from './http.ts';

/** What an authorization request leads to before anybody logs in. */
export type Look =
  | { readonly kind: 'usable'; readonly where: string }
  | { readonly kind: 'refused'; readonly error: string; readonly description: string };

/** Redirects a login page may be behind. */
const longest = 10;

/** Error codes of RFC 6749 §4.1.2.1 that stand on error pages. */
const codes =
  /unauthorized_client|invalid_request|invalid_client|access_denied|invalid_scope|server_error|temporarily_unavailable/;

/**
 * Opens an authorization request as a browser would, cookies and all, up to the first page, and
 * tells whether a person could log in there. The redirect URI is never requested.
 */
export async function look(fetch: FetchLike, request: URL): Promise<Look> {
  const home = URL.parse(String(request.searchParams.get('redirect_uri')));
  const jar = new Map<string, string>();
  let url = request;
  for (let step = 0; step < longest; step += 1) {
    const response = await visit(fetch, url, jar);
    const location = response.headers.get('location');
    if (location === null) return readPage(response.status, await response.text(), url);
    url = new URL(location, url);
    if (url.origin === home?.origin && url.pathname === home.pathname) return readReturn(url);
    // On to an identity provider: the tenant lets this client log people in.
    if (url.origin !== request.origin) return { kind: 'usable', where: url.host };
  }
  return { kind: 'refused', error: 'redirects', description: `no page after ${longest} of them` };
}

async function visit(fetch: FetchLike, url: URL, jar: Map<string, string>): Promise<Response> {
  const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
  const response = await fetch(url, {
    redirect: 'manual',
    headers: { accept: 'text/html', ...(cookie === '' ? {} : { cookie }) },
  });
  for (const line of response.headers.getSetCookie()) {
    const [pair = ''] = line.split(';');
    const [name = '', ...value] = pair.split('=');
    jar.set(name, value.join('='));
  }
  return response;
}

function readReturn(url: URL): Look {
  const error = url.searchParams.get('error');
  if (error === null) return { kind: 'usable', where: 'a session that is open already' };
  return { kind: 'refused', error, description: url.searchParams.get('error_description') ?? '' };
}

function readPage(status: number, page: string, url: URL): Look {
  if (status < 400) return { kind: 'usable', where: `${url.host}${url.pathname.slice(0, 20)}` };
  const text = page.replace(/<(style|script|title)[\s\S]*?<\/\1>/g, ' ').replace(/<[^>]*>/g, ' ');
  const [error = `HTTP ${status}`] = codes.exec(text) ?? [];
  return { kind: 'refused', error, description: shorten(decode(text)) };
}

const decode = (html: string): string =>
  html.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&');
