/** One label of a host name. */
const word = String.raw`[\w-]+`;

/** Ends of names that mean something only inside a network (RFC 6762, RFC 8375, and custom). */
const inside =
  'internal|intranet|private|corp|lan|home|local|localdomain|localhost|home\\.arpa|svc|consul|ipv6-literal\\.net';

const addresses: readonly RegExp[] = [
  // IPv4, whatever stands around it.
  /(?<!\d)(?:\d{1,3}\.){3}\d{1,3}(?!\d)/,
  // The same in octal and hexadecimal, and shortened before a port, as sockets take it.
  /(?:0x[\da-f]{1,8}|\d{1,12})(?:\.(?:0x[\da-f]{1,8}|\d{1,12})){3}/i,
  /(?<![\w.:-])(?:\d{1,3}(?:\.\d{1,8}){1,2}|\d{8,10}):\d{2,5}(?![\w.:-])/,
  // IPv6 in full (with a port it has nine groups), and a hardware address.
  /(?:[\da-f]{1,4}:){4}[\da-f]{1,4}/i,
  // IPv6 shortened; `std::vector` is none.
  /(?<![a-z\d_])(?:[\da-f]{1,4}(?::[\da-f]{1,4})*)?::(?=[\da-f]|:\d)(?:[\da-f]{1,4}:)*[\da-f]{0,4}(?![a-z\d_])/i,
  /(?<![a-z\d_])[\da-f]{1,4}(?::[\da-f]{1,4})*::(?![a-z\d_])/i,
  /\[::\]/,
  // A host and its port; neither a time after a date nor a date after a word is one.
  /(?<![\w.-])(?!\d{4}-\d\d-\d\dT\d\d:)(?=[\w.-]*[a-z])[\w.-]+:\d{2,5}(?!\w|-\d)/i,
  /\bport['"]?[\s=:]+['"]?\d{2,5}\b/i,
  new RegExp(String.raw`(?<![\w-])${word}\.(?:${inside})(?![\w-])|\blocalhost\b`, 'i'),
  /\bip-(?:\d{1,3}-){3}\d{1,3}\b/i,
  // What the resolver and the sockets of a machine complain about, mostly with a name.
  /\bgetaddrinfo\b|\bconnect E[A-Z]{3}|\bE(?:CONN[A-Z]+|NOTFOUND|AI_[A-Z]+|TIMEDOUT|HOST[A-Z]+|NET[A-Z]+|ADDR[A-Z]+)\b/,
  /\bdial (?:tcp|udp|unix)\b|no such host|unknown ?host|connection refused|host name\b.*\bto address|name or service not known|in name resolution|nodename nor servname/i,
  /could not resolve (?:host|proxy)|\bserver (?:on|host) '|'@'|\bjdbc:/i,
  // Data sources as lists of names and values.
  /\b(?:server|data source|host(?:name)?)\s*=\s*[^\s=]/i,
];

/** Where the files of a machine are, and what systems say when they are not. */
const files: readonly RegExp[] = [
  /\b(?:file|unix):\//i,
  /\bhttps?:\\/i,
  /(?<![a-z])[a-z]:[\\/][^\s\\/]/i,
  /\\\\[\w.-]+\\/,
  /(?<![\w./:~-])\/(?:etc|home|mnt|opt|proc|root|run|srv|tmp|usr|var)\//,
  /\bE(?:NOENT|ACCES|PERM|EXIST|ISDIR|NOTDIR|MFILE|NOSPC|ROFS|BUSY)\b|\[Errno -?\d+\]/,
];

const urls = /\b([a-z][a-z\d+.-]*):\/\/([^\s/?#"'<>\\]*)/gi;

/** A name that the Internet may know: labels, the last of which begins with a letter. */
const publicHost = /^(?:[^.\s@:[\]]+\.)+[a-z\u0080-\uffff][^.\s@:[\]]*\.?$/i;

/** A page of the web may be meant for the reader; all else with :// is how servers are reached. */
const isInside = ([, scheme = '', host = '']: RegExpExecArray): boolean =>
  !/^https?$/i.test(scheme) || !publicHost.test(host);

/**
 * Whether a text names an address of a network: IPv4 or IPv6, a host with its port, a name that
 * is known inside only, a URL with one of these, or a file. Rather one too many than one too few.
 */
export function namesAddress(text: string): boolean {
  // As it is, and as whoever decodes it reads it.
  const decoded = text.replace(/%([2-7][\da-f])/gi, (_, code) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
  return [text, decoded].some(
    (one) =>
      [...addresses, ...files].some((place) => place.test(one)) ||
      [...one.matchAll(urls)].some(isInside),
  );
}
