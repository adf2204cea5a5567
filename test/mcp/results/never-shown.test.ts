import fc from 'fast-check';
import t from 'tap';
import { errorText } from '../../../src/mcp/results/error-text.ts';
import { toToolResult } from '../../../src/mcp/results/tool-result.ts';
import { business } from './business-sentences.ts';
import { harmless, stacks } from './failure-samples.ts';

/** `ATTACK_RUNS=20000` is the long form. */
const numRuns = Number(process.env['ATTACK_RUNS'] ?? 600);

const word = fc.stringMatching(/^[a-z]{1,9}$/);
const port = fc.integer({ min: 10, max: 65_535 }).map((number) => `:${number}`);
const perhapsPort = fc.oneof(fc.constant(''), port);
const inside = fc.constantFrom('internal', 'local', 'lan', 'corp', 'svc', 'home.arpa', 'localhost');

/** A word with any other number may be an order as well as a host. */
const knownPort = fc.constantFrom(':8080', ':5432', ':6379', ':9090', ':3306', ':27017');

const join = (...parts: fc.Arbitrary<string>[]): fc.Arbitrary<string> =>
  fc.tuple(...parts).map((all) => all.join(''));
const is = (text: string): fc.Arbitrary<string> => fc.constant(text);

/** `a::b` is none for certain. */
const ipV6 = fc
  .ipV6()
  .filter((address) => /\d|[\da-f]{4}/.test(address) || !address.includes('::'));

const addresses = fc.oneof(
  join(fc.ipV4(), perhapsPort),
  join(is('['), fc.ipV6(), is(']'), port),
  ipV6,
  join(ipV6, port),
  join(word, is('.'), inside, perhapsPort),
  join(word, knownPort),
  join(fc.domain(), port),
  join(fc.constantFrom('http://', 'https://'), word, fc.constantFrom('', '/', '/a?b', '.')),
  join(is('https://'), fc.ipV4Extended(), is('/')),
  join(is('http://'), word, is(':'), word, is('@'), fc.domain()),
  join(fc.constantFrom('postgres', 'redis', 'amqps', 'grpc'), is('://'), fc.domain()),
  join(fc.constantFrom('connect ECONNREFUSED ', 'getaddrinfo ENOTFOUND '), word),
);

const prose = fc.constantFrom(...harmless, 'No such day', '');
const before = fc.constantFrom(' ', '(', '"', "'", '=', ': ', '\n', ' @', '<', '/', ',', '`');
/** More would be of the address itself: `a.internal` and `a.internalize`. */
const after = fc.constantFrom(' ', ')', '"', "'", '. ', ', ', '\n', '>', '/', ';', '!', '`');
const status = fc.integer({ min: 400, max: 599 });

/** Every way a backend says a message. */
const bodies: readonly ((message: string) => object)[] = [
  (message) => ({ error: message }),
  (message) => ({ error: { message } }),
  (message) => ({ message, statusCode: 500 }),
  (message) => ({ title: 'Failed', detail: message }),
  (message) => ({ error: 'invalid_request', error_description: message }),
];
const shape = fc.constantFrom(...bodies);

const answerOf = (code: number, type: string, body: string) => ({
  status: code,
  headers: { 'content-type': type },
  body: Buffer.from(body),
});

/** How many characters two texts begin with alike. */
function commonLength(a: string, b: string): number {
  let length = 0;
  while (length < b.length && a[length] === b[length]) length += 1;
  return length;
}

t.test('no address ever passes, wherever in a message it stands', async () => {
  const end = fc.oneof(is(''), join(after, prose));
  const text = fc.record({
    start: join(fc.oneof(prose, fc.constantFrom(...business)), before),
    address: addresses,
    end,
  });
  type Text = Readonly<Record<'start' | 'address' | 'end', string>>;
  const check = (code: number, { start, address, end }: Text, body: (text: string) => object) => {
    const message = start + address + end;
    for (const [type, sent] of [
      ['application/json', JSON.stringify(body(message))],
      ['text/plain', message],
    ] as const) {
      const said = errorText(answerOf(code, type, sent), 'fn.example.com');
      if (said === `The tool failed with status ${code}.`) continue;
      const rest = said.slice(commonLength(said, start.trimStart()));
      // Nothing but what stood around it; what also looks like a frame is cut off with all after it.
      const left = rest.replace(/^(?:\[address\]\s*)+/, '').trim();
      const known = end.replaceAll(/\s+$/g, '').endsWith(left);
      if (!known || (left !== '' && !rest.startsWith('[address]')))
        throw new Error(`said: ${said}`);
    }
  };
  fc.assert(fc.property(status, text, shape, check), { numRuns });
});

t.test('no stack ever passes, whatever stands before and after it', async () => {
  const stack = fc.constantFrom(...stacks);
  const check = (code: number, said: string, [kept, text]: readonly string[], more: string) => {
    for (const body of bodies) {
      const sent = JSON.stringify(body(`${said}\n${text}\n${more}`));
      const [content] = toToolResult(
        answerOf(code, 'application/json', sent),
        'modern',
        'fn.example.com',
      ).content;
      const { text: shown } = content as { text: string };
      const allowed = [`${said}\n${kept}`.trim(), `The tool failed with status ${code}.`];
      if (!allowed.includes(shown)) throw new Error(`said: ${shown}`);
    }
  };
  const long = fc.string({ maxLength: 3000 });
  fc.assert(fc.property(status, prose, stack, fc.oneof(prose, long), check), { numRuns });
});

t.test('no more than 2,000 characters pass, and a word where it was cut', async () => {
  const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 5000, size: 'max' });
  const check = (message: string): void => {
    const said = errorText(
      answerOf(400, 'application/json', JSON.stringify({ message })),
      'fn.example.com',
    );
    if (said.length > 2040 || !said.isWellFormed()) throw new Error(said);
    if (said.length > 2000 && !said.endsWith('(cut after 2000 characters)')) throw new Error(said);
  };
  fc.assert(fc.property(text, check), { numRuns: Math.ceil(numRuns / 10) });
});
