/** The tenant showed an error page (or said no on a form) instead of going on. */
export class LoginStopped extends Error {
  readonly status: number;
  readonly error: string;
  readonly description: string;
  readonly page: string;

  constructor(status: number, page: string) {
    const error = between(page, 'error') ?? 'unknown';
    const description = between(page, 'description') ?? '';
    super(`the tenant answered ${status} ${error}: ${description}`);
    this.name = 'LoginStopped';
    this.status = status;
    this.error = error;
    this.description = description;
    this.page = page;
  }
}

/** Text of the element with this id. */
const between = (page: string, id: string): string | undefined => {
  const [, text] = new RegExp(`id="${id}">([^<]*)<`).exec(page) ?? [];
  return text && plain(text);
};

const plain = (html: string): string =>
  html
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');

export interface Credentials {
  username: string;
  password: string;
}

/** Pages and redirects a login may take before it is given up. */
const longest = 15;

/**
 * Does what a person and a browser do with an authorization request: follows redirects, keeps cookies, fills in the
 * login form, accepts (or with `consent: false` declines) on the consent page. Returns the URL the browser would be
 * sent to at the client, with a code or an error; it is never requested.
 * Throws LoginStopped when the tenant shows an error.
 */
export async function logIn(
  authorizeUrl: string,
  person: Credentials,
  options: { consent?: boolean } = {},
): Promise<URL> {
  const jar = new Map<string, string>();
  const tenant = new URL(authorizeUrl);
  const home = tenant.searchParams.get('redirect_uri');
  const action = options.consent === false ? 'decline' : 'accept';
  let url = tenant;
  let form: URLSearchParams | undefined;
  for (let step = 0; step < longest; step += 1) {
    const response = await visit(url, form, jar);
    const location = response.headers.get('location');
    if (location !== null) {
      const next = new URL(location, url);
      if (next.origin !== tenant.origin || isAt(next, home)) return next;
      url = next;
      form = undefined;
      continue;
    }
    const page = await response.text();
    const found = readForm(page, { ...person, action });
    if (!response.ok || found === undefined) throw new LoginStopped(response.status, page);
    url = new URL(found.action, url);
    form = found.fields;
  }
  throw new Error(`no end after ${longest} steps, last at ${url.pathname}`);
}

const isAt = (url: URL, home: string | null): boolean => {
  const target = URL.parse(String(home));
  return url.origin === target?.origin && url.pathname === target.pathname;
};

async function visit(
  url: URL,
  form: URLSearchParams | undefined,
  jar: Map<string, string>,
): Promise<Response> {
  const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
  const response = await fetch(url, {
    redirect: 'manual',
    headers: { accept: 'text/html', ...(cookie === '' ? {} : { cookie }) },
    ...(form === undefined ? {} : { method: 'POST', body: form }),
  });
  for (const line of response.headers.getSetCookie()) {
    const [pair = ''] = line.split(';');
    const name = pair.slice(0, pair.indexOf('='));
    const value = pair.slice(name.length + 1);
    if (value === '') jar.delete(name);
    else jar.set(name, value);
  }
  return response;
}

/** The first form of a page: where it goes, its hidden fields and those of `answers` it has. */
function readForm(
  page: string,
  answers: Record<string, string>,
): { action: string; fields: URLSearchParams } | undefined {
  const [, tag, body] = /<form([^>]*)>([\s\S]*?)<\/form>/.exec(page) ?? [];
  if (tag === undefined || body === undefined) return undefined;
  const fields = new URLSearchParams();
  for (const [control] of body.matchAll(/<(?:input|button)[^>]*>/g)) {
    const name = attribute(control, 'name');
    const answer = answers[name] ?? attribute(control, 'value');
    if (name !== '') fields.set(name, answer);
  }
  return { action: attribute(tag, 'action'), fields };
}

const attribute = (tag: string, name: string): string => {
  const [, value = ''] = new RegExp(`\\s${name}="([^"]*)"`).exec(tag) ?? [];
  return plain(value);
};
