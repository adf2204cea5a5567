import t from 'tap';
import { hideAddresses } from '../../../src/mcp/results/hide-addresses.ts';
import { business } from './business-sentences.ts';
import { addressed, harmless } from './failure-samples.ts';
import { hostile } from './hostile-texts.ts';

const backend = 'fn.example.com';
const hide = (text: string): string => hideAddresses(text, backend);

t.test('an address is hidden, and the words around it stay', async (t) => {
  for (const [text, shown] of addressed) {
    t.equal(hide(`No such day. ${text}`), `No such day. ${shown}`, text);
    t.equal(hide(`${text}\nNo such day.`), `${shown}\nNo such day.`);
  }
});

t.test('a text of addresses alone says nothing', async (t) => {
  const alone = ['10.0.0.5', '(fe80::1), db.internal.', 'connect ECONNREFUSED ::1:5432', '', ' ?'];
  for (const text of alone) t.equal(hide(text), '', text);
});

t.test('what is told for good reason stays to the letter', async (t) => {
  for (const text of [...business, ...harmless]) t.equal(hide(text), text);
});

t.test('a link is public or it is none', async (t) => {
  for (const link of [
    'https://b\u00fccher.example/a',
    'http://www.example.com.',
    'https://www.example.de:8443',
    'https://www.example.com/a@b',
  ]) {
    t.equal(hide(`See ${link}`), `See ${link}`);
  }
  for (const link of [
    'https://orders.payments:8443/a',
    'https://orders.example.com.svc/a',
    'https://www.example.com:pw@orders/',
    'https://www.example.com!a@orders/',
    'https://www.example.com%40orders/',
    'https://www.ex\u00e4mple.\u00e4\u00f6@orders/',
    'https://www.example.com:8443@orders/',
    'https://ORDERS.Internal/',
    'ftp://www.example.com/a',
  ]) {
    t.equal(hide(`See ${link}`), 'See [address]', link);
  }
});

t.test("the host of the backend is nobody's business", async (t) => {
  const shown: [text: string, shown: string][] = [
    ['Not found at https://fn.example.com/listEvents', 'Not found at [address]'],
    ['FN.example.com said no.', '[address] said no.'],
    ['fn.example.com:8443 said no.', '[address] said no.'],
    ['Ask docs.example.com.', 'Ask docs.example.com.'],
  ];
  for (const [text, expected] of shown) t.equal(hide(text), expected);
  const named = (text: string) => hideAddresses(text, 'functions');
  t.equal(named('No functions here: 12.'), 'No functions here: 12.', 'it may be a word');
  t.equal(named('functions:81 said no.'), '[address] said no.');
  t.equal(hideAddresses('[fd00::5]:81 said no.', '[fd00::5]'), '[address] said no.');
});

t.test('a long text is cut where a word ends', async (t) => {
  const words = 'word '.repeat(800);
  t.equal(hide(`${words}10.0.0.5`), words.trimEnd());
  t.equal(hide(`${words.slice(2)}10.0.0.5`), words.slice(2).trimEnd(), 'not 10');
  t.equal(hide('a'.repeat(5000)), 'a'.repeat(4000));
});

t.test('no text takes long', async (t) => {
  hide('warm');
  for (const text of hostile) {
    const before = process.cpuUsage();
    hide(text);
    const { user } = process.cpuUsage(before);
    t.ok(user < 100_000, `${JSON.stringify(text.slice(0, 12))}: ${user} microseconds`);
  }
});
