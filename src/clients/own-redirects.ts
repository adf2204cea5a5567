/**
 * True when the loopback `entry` names no port and `redirect` is the same but for its port: that is
 * chosen when the request is made (RFC 8252 §7.3).
 */
function differsInPort(entry: URL, redirect: string): boolean {
  const url = URL.parse(redirect);
  if (!url?.port || entry.protocol !== 'http:' || entry.port !== '') return false;
  const ported = `http://${entry.hostname}:${url.port}${entry.pathname}${entry.search}`;
  return redirect === ported;
}

/**
 * True when `redirect` is one of ALLOWED_REDIRECTS, which hold loopback, https and private-use
 * redirects only: the same text, except for the port of an entry on loopback that names none.
 */
export const isOwnRedirect = (redirect: string, entries: readonly string[]): boolean =>
  entries.some((entry) => entry === redirect || differsInPort(new URL(entry), redirect));

/** The web origins of the entries. */
export const ownOrigins = (entries: readonly string[]): readonly string[] =>
  entries.filter((entry) => entry.startsWith('https:')).map((entry) => new URL(entry).origin);
