import { isIPv4, isIPv6 } from 'node:net';

/** The first 64 bits of an IPv6 address: what one customer is given (RFC 6177 §2). */
function network64(address: string): string {
  const [left = '', right] = address.split('::');
  const groups = left === '' ? [] : left.split(':');
  if (right !== undefined) {
    const tail = right.split(':');
    // An IPv4 address at the end stands for two groups (RFC 4291 §2.2).
    const width = tail.length + (right.includes('.') ? 1 : 0);
    groups.push(...Array(8 - groups.length - width).fill('0'), ...tail);
  }
  const first = groups.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16));
  return `${first.join(':')}::/64`;
}

/**
 * What stands for the address of a client when requests are counted: an IPv4 address, the /64 of
 * an IPv6 one, without the port some proxies add. All that is no address counts as one, and so do
 * connections that are gone already (Fastify's `ip` is undefined then, whatever its type says).
 */
export function countedAddress(address: string | undefined = ''): string {
  const [, bracketed] = /^\[([^\]]+)\](?::\d+)?$/.exec(address) ?? [];
  const [bare = ''] = (bracketed ?? address).split('%');
  const [, v4 = bare] = /^(?:::ffff:)?(\d+\.\d+\.\d+\.\d+)(?::\d+)?$/i.exec(bare) ?? [];
  if (isIPv4(v4)) return v4;
  return isIPv6(bare) ? network64(bare) : 'unknown';
}
