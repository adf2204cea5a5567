import type { FetchLike } from '@modelcontextprotocol/client';
import { readJson } from './http.ts';
import type { RehearsalOptions } from './options.ts';
import { browser, headless, type Person, pasted } from './person.ts';

const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** True for examples/tenant, which says so itself. Only a tenant on this machine is asked. */
export async function isPretend(issuer: string, fetch: FetchLike): Promise<boolean> {
  if (!loopback.test(new URL(issuer).hostname)) return false;
  const { json } = await readJson(fetch, `${issuer}__tenant`);
  return Object(json).pretend === true;
}

const known: Readonly<Record<string, string>> = {
  chatgpt: 'https://chatgpt.com/connector/oauth/rehearsal',
  inspector: 'http://localhost:6274/oauth/callback',
};

/** Where the tenant sends the browser: ChatGPT's own address needs a person who pastes, or a pretend tenant. */
export function chooseRedirect(chosen: string | undefined, pretend: boolean): string {
  const name = chosen ?? (pretend ? 'chatgpt' : 'inspector');
  return known[name] ?? name;
}

/** Who logs in. */
export function choosePerson(
  redirectUri: string,
  pretend: boolean,
  { user, password, loginTimeout, terminal }: RehearsalOptions,
): Person {
  if (pretend) return headless(user, password);
  const { protocol, hostname } = new URL(redirectUri);
  return protocol === 'http:' && loopback.test(hostname)
    ? browser(redirectUri, loginTimeout, terminal)
    : pasted(redirectUri, terminal);
}
