import t from 'tap';
import { errorText } from '../../../src/mcp/results/error-text.ts';
import { business } from './business-sentences.ts';
import { addressed, harmless, stacks } from './failure-samples.ts';

const failed = (body: string, type = 'application/json', status = 422) =>
  errorText(
    { status, headers: type === '' ? {} : { 'content-type': type }, body: Buffer.from(body) },
    'fn.example.com',
  );

const error = (message: string) => failed(JSON.stringify({ error: message }));
const plain = (message: string) => failed(message, 'text/plain; charset=utf-8', 400);
const silent = 'The tool failed with status 422.';
const silentPlain = 'The tool failed with status 400.';

t.test('the message meant for the reader is said, the most telling first', async (t) => {
  const said: [body: object, message: string][] = [
    [{ error: 'No such day.', stack: 'at …' }, 'No such day.'],
    [{ error: { code: 1, message: 'Too long.' }, message: 'no' }, 'Too long.'],
    [
      { statusCode: 422, error: 'Unprocessable', message: 'start must be a date' },
      'start must be a date',
    ],
    [{ title: 'Conflict', detail: 'Two at once.', instance: '/x' }, 'Two at once.'],
    [{ type: 'about:blank', title: 'Conflict', status: 409 }, 'Conflict'],
    [{ error: 'invalid_request', error_description: 'Say when.' }, 'Say when.'],
    [{ error: '  ', message: ' Say when.\n' }, 'Say when.'],
  ];
  for (const [body, message] of said) {
    const types = ['application/json', 'application/problem+json; charset=utf-8', 'text/html', ''];
    for (const type of types) t.equal(failed(JSON.stringify(body), type), message, type);
  }
});

t.test('what is meant for nobody is not said', async (t) => {
  for (const body of ['{"error":{"code":1}}', '[{"error":"a"}]', 'null', '{}', '{', '"a"', '']) {
    t.equal(failed(body), silent, body);
  }
  t.equal(failed('<h1>Error</h1>', 'text/html'), silent);
  t.equal(failed('Error', ''), silent, 'of no type');
  t.equal(failed('\0\u0001', 'application/octet-stream'), silent);
  const headers = { 'content-type': 'application/json' };
  const body = Buffer.from([0x22, 0xff, 0x22]);
  const broken = errorText({ status: 500, headers, body }, 'fn.example.com');
  t.equal(broken, 'The tool failed with status 500.', 'no UTF-8');
});

t.test('short plain text of a 4xx is a sentence, longer is a document', async (t) => {
  t.equal(plain(' No such day.\n'), 'No such day.');
  t.equal(plain('a'.repeat(500)), 'a'.repeat(500));
  t.equal(plain('a'.repeat(501)), silentPlain);
  t.equal(plain('<p>No such day.</p>'), silentPlain);
  t.equal(plain('Boom\n    at handle (/app/x.js:1:2)'), silentPlain, 'not even its first line');
  t.equal(failed('No such day.', 'text/plain', 500), 'The tool failed with status 500.');
});

t.test('a stack is cut off, whatever prints it', async (t) => {
  for (const [kept, text] of stacks) t.equal(error(text), kept === '' ? silent : kept, text);
});

t.test('an address is left out, and the rest is said', async (t) => {
  for (const [text, shown] of addressed) {
    t.equal(error(`No such day. ${text}`), `No such day. ${shown}`, text);
  }
  t.equal(plain('No such day at 10.0.0.5.'), 'No such day at [address].');
});

t.test('addresses and nothing else are not said at all', async (t) => {
  for (const text of ['10.0.0.5', 'getaddrinfo ENOTFOUND db.internal', '(http://billing/)']) {
    t.equal(error(text), silent, text);
    t.equal(plain(text), silentPlain, text);
  }
});

t.test('what only looks like one is said', async (t) => {
  for (const text of [...harmless, ...business]) {
    t.equal(error(text), text);
    t.equal(plain(text), text);
  }
});

t.test('the reader is shown 2,000 characters, and told so', async (t) => {
  t.equal(error('a'.repeat(2000)), 'a'.repeat(2000));
  const shown = `${'a'.repeat(2000)} … (cut after 2000 characters)`;
  t.equal(error('a'.repeat(2001)), shown);
  t.equal(error('a'.repeat(1_000_000)), shown);
  const pair = error(`${'a'.repeat(1999)}😀`);
  t.equal(pair, `${'a'.repeat(1999)}\ufffd … (cut after 2000 characters)`, 'no half of a pair');
  const across = `${'a'.repeat(1995)} [add … (cut after 2000 characters)`;
  t.equal(error(`${'a'.repeat(1995)} 10.0.0.5`), across, 'an address across the cut');
  t.equal(error(`${'a'.repeat(2500)}\n    at x (/app/x.js:1:2)`), shown);
});

t.test('the host of the backend is never named, however public it looks', async (t) => {
  t.equal(error('Not found at https://fn.example.com/listEvents'), 'Not found at [address]');
  const answer = { status: 422, headers: {}, body: Buffer.from('{"error":"No functions here."}') };
  t.equal(errorText(answer, 'functions'), 'No functions here.');
});
