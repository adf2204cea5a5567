import { beginningOf } from './beginning.ts';

const label = String.raw`[\w\u0080-\uffff-]+`;

/** Ends of names that mean something only inside a network (RFC 6762, RFC 8375, and custom). */
const inside =
  'internal|intranet|private|corp|lan|home|local|localdomain|localhost|home\\.arpa|svc|consul|ipv6-literal\\.net';

/** Ports that databases, queues and the servers of developers listen at, and no round numbers. */
const known =
  '1433|1521|2181|2379|3306|5432|5672|6379|6443|808[01]|8443|8888|9042|909[02]|9200|9300|11211|15672|27017|50051';

const port = String.raw`:\d{2,5}(?!\w)`;

/** A part of an IPv4 address as sockets take it: decimal, octal or hexadecimal. */
const octet = String.raw`(?:0x0*[\da-f]{1,2}|0[0-3][0-7]{2}|0*(?:25[0-5]|2[0-4]\d|1?\d?\d))`;
const quad = String.raw`${octet}(?:\.${octet}){3}`;

/** IPv6 in full (a hardware address too), or shortened where it is more than `a::b`. */
const groups = String.raw`(?:(?=[\da-f:.]*(?:\d|[\da-f]{4}))[\da-f:]*::|(?:[\da-f]{1,4}:){5,})(?:[\da-f:.]*[\da-f])?`;

/** What looks like an address and is told: the numbers of versions and sections, public pages. */
const told: readonly string[] = [
  String.raw`(?:\b(?:versions?|releases?|firmware|sections?|articles?|clauses?|chapters?|paragraphs?|v)|§+)[\s.:#]{0,3}\d+(?:\.\d+){3}(?!:\d|\w)(?:(?:,|\s(?:and|or|to))\s\d+(?:\.\d+){3}(?!:\d|\w))*`,
  // With a port only where nobody would call a machine inside so.
  String.raw`\bhttps?:\/\/(?:(?:${label}\.)+(?!\d)${label}|(?:${label}\.)+(?:[a-z]{2}|com|org|net|edu|gov):\d{2,5})(?<!\.(?:${inside}))(?![\w\u0080-\uffff:-]|\.\w|[^\s\/?#"'<>\\]*@)`,
];

const addresses: readonly string[] = [
  // All but pages of the web is how servers are reached.
  String.raw`\bjdbc:\S+|(?<![a-z\d+.-])[a-z][a-z\d+.-]{0,20}:\/\/[^\s"'<>)\x60]*|\b(?:file|unix):\/[^\s"')]*|\bhttps?:\\\S*`,
  String.raw`(?<!\d|\d\.)${quad}(?!\d|\.\d{1,3}(?!\d))(?:\/\d+|${port})?`,
  // IPv4 as one number or two, which nobody knows without a port.
  String.raw`(?<![\w.:-])(?:\d{1,3}(?:\.\d{1,8}){1,2}|\d{9,10}):[1-9]\d{3,4}(?![\w.:-])`,
  String.raw`\[[\da-f:]*::[\da-f:.]*\]:\d+|\[?(?<!\w|::)${groups}(?![a-z_])(?:%\w+)?\]?(?:\/\d+|:\d+)?`,
  // A date after a word is no port.
  String.raw`(?<![\w\u0080-\uffff.-])(?:(?:${label}\.)+(?!\d)${label}(?<=\w\w)${port}(?!-\d)|[\w-]+:(?:${known})(?![\w-]))`,
  String.raw`(?<![\w\u0080-\uffff.-])(?:${label}\.)+(?:${inside})(?![\w-])(?:\.${label})*(?:\.?${port})?|\blocalhost\b(?:${port})?|\bip(?:-\d{1,3}){4}\b`,
  // Data sources; they may hold a password too.
  String.raw`\b(?:host(?:name|addr)?|server|data source|database)=[^;\s]*(?:;[\w ]+=[^;\s]*)+|\b(?:(?:host(?:name|addr)?|port|user|password|dbname)=\S+\s+)+(?:host(?:name|addr)?|port|user|password|dbname)=\S+`,
  String.raw`["']?\bhost["']?\s?[:=]\s?["'][^"']*["'],\s?["']?port["']?\s?[:=]\s?\d+|'[^'\s]*'@'[^'\s]*'`,
  // Where the files of a machine are.
  String.raw`(?<![a-z])[a-z]:(?:\\[^\s\\]|\/[^\s/]+\/)[^\s"']*|\\\\[\w.-]+\\[^\s"']*|(?<![\w./:~-])\/(?:etc|home|mnt|opt|proc|root|run|srv|tmp|usr|var)\/[^\s"')]*`,
  // What sockets, resolvers and files of a machine complain about: the rest is for its people.
  String.raw`(?:\b(?:connect|listen|bind|open|read|write) )?\b(?:getaddrinfo\b|E(?:CONN(?:REFUSED|RESET|ABORTED)|NOTFOUND|AI_\w+|TIMEDOUT|(?:HOST|NET)(?:UNREACH|DOWN)|ADDR(?:INUSE|NOTAVAIL)|NOENT|ACCES|PERM|EXIST|ISDIR|NOTDIR|MFILE|NOSPC|ROFS|BUSY)\b).*`,
  String.raw`\[Errno -?\d+\].*|\bdial (?:tcp|udp|unix)\b.*|\blookup \S.*: no such host|\bno such host is known.*|(?<![\w.])[\w.]*\bUnknownHostException\b.*|\bHTTPS?ConnectionPool\(.*`,
  String.raw`\bcould not (?:resolve|translate) (?:host|proxy)\b.*|\b(?:name or service not known|temporary failure in name resolution|nodename nor servname).*|\b(?:connection to server at|mysql server (?:on|host)) ["'].*`,
];

const pattern = new RegExp(`(${told.join('|')})|${addresses.join('|')}`, 'gi');

const placeholder = '[address]';

/** What names the backend: its host where that is no mere word, and with its port where it is. */
function patternOf(backend: string): RegExp {
  const name = backend.replaceAll(/[^\w-]/g, '\\$&');
  return backend.includes('.')
    ? new RegExp(String.raw`(?:\bhttps?:\/\/[^\s/@]*@?)?${name}(?::\d+)?(?:\/[^\s"'<>)]*)?`, 'gi')
    : new RegExp(String.raw`(?<![\w.-])${name}${port}`, 'gi');
}

const hide = (text: string, backend: RegExp): string =>
  text
    .replaceAll(backend, placeholder)
    .replaceAll(pattern, (_, one: string | undefined) => one ?? placeholder);

/** A word that says more when it is decoded as whoever reads it would. */
function decode(word: string): string {
  return word.replaceAll(/%([2-7][\da-f])/gi, (_, code) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
}

/**
 * The beginning of a text, with `[address]` for what names a place in a network or machine: IPv4
 * and IPv6, a host with its port, a name that is known inside only, a URL with one of these, a data
 * source, a file, and what the system said about one. Links to public pages stay.
 * @param backend the host of FUNCTIONS_BASE, whose name may look public and is nobody's business.
 * @returns '' where there are no other words than these.
 */
export function hideAddresses(text: string, backend: string): string {
  const name = patternOf(backend);
  const words = beginningOf(text).split(/(\s+)/);
  const plain = words.map((word) => {
    const decoded = decode(word);
    return decoded !== word && hide(decoded, name) !== decoded ? placeholder : word;
  });
  const hidden = hide(plain.join(''), name);
  return /[\p{L}\p{N}]/u.test(hidden.replaceAll(placeholder, '')) ? hidden : '';
}
