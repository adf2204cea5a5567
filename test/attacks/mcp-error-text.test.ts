import t from 'tap';
import { cpuTime } from '../fixtures/cpu-time.ts';
import { json } from '../recorder.ts';
import { parsed } from '../send.ts';
import { setStage } from '../stage.ts';

/** Synthetic: ways to name a place behind the gateway that no list of good ways knows, with what is told. */
const places: readonly (readonly [text: string, shown: string])[] = [
  // Numbers that sockets take for IPv4.
  ['0177.0.0.1 is away', '[address] is away'],
  ['connect 0300.0250.0001.0024', 'connect [address]'],
  ['host 0x7f.0.0.1 is away', 'host [address] is away'],
  ['host 0x7f.0x0.0x0.0x1 is away', 'host [address] is away'],
  ['127.1:8080 is away', '[address] is away'],
  ['2130706433:8080 is away', '[address] is away'],
  ['10.0.0.5/24', '[address]'],
  ['010.000.000.005', '[address]'],
  // IPv6 in every dress.
  ['fe80::1%25eth0', '[address]'],
  ['[fe80::1%eth0]', '[address]'],
  ['[::ffff:10.0.0.5]:80', '[address]'],
  ['::ffff:0a00:0005', '[address]'],
  ['64:ff9b::10.0.0.5', '[address]'],
  ['2001-db8--1.ipv6-literal.net', '[address]'],
  // Names.
  ['xn--bcher-kva.internal is away', '[address] is away'],
  ['b\u00fccher.internal is away', '[address] is away'],
  ['DB.PROD.SVC.CLUSTER.LOCAL', '[address]'],
  ['orders.payments.svc', '[address]'],
  ['orders.payments.svc.', '[address].'],
  ['orders.payments.pod.cluster.local', '[address]'],
  ['https://orders/', '[address]'],
  ['https://user@orders/', '[address]'],
  ['orders.payments:8080', '[address]'],
  ['host.docker.internal', '[address]'],
  ['Could not resolve host: orders', '[address]'],
  ["Can't connect to MySQL server on 'orders' (111)", "Can't connect to [address]"],
  ["Unknown MySQL server host 'orders' (-2)", 'Unknown [address]'],
  [
    "Access denied for user 'app'@'orders' (using password: YES)",
    'Access denied for user [address] (using password: YES)',
  ],
  // Data sources.
  ['jdbc:postgresql://orders/app', '[address]'],
  ['jdbc:oracle:thin:@orders:1521:app', '[address]'],
  ['jdbc:oracle:thin:@orders/app', '[address]'],
  ['jdbc:sqlserver://orders;databaseName=app', '[address]'],
  ['jdbc:h2:tcp://orders/app', '[address]'],
  ['amqp://guest:guest@orders/app', '[address]'],
  ['amqps://orders', '[address]'],
  ['mongodb+srv://app:secret@orders.example.com/app', '[address]'],
  ['Server=orders;Database=app;User Id=sa;Password=secret', '[address]'],
  ['Server=tcp:orders,1433;Initial Catalog=app', '[address]'],
  ['Data Source=orders;Initial Catalog=app', '[address]'],
  ['host=orders user=app password=secret dbname=app', '[address]'],
  ['unix:/run/orders.sock is away', '[address] is away'],
  // Files are places too.
  ['file:///srv/app/orders.json', '[address]'],
  ['file:/srv/app/orders.json', '[address]'],
  ["ENOENT: no such file or directory, open '/srv/app/secrets/orders.pem'", '[address]'],
  ["EACCES: permission denied, open 'C:\\srv\\orders.pem'", '[address]'],
  ["[Errno 2] No such file or directory: '/srv/orders'", '[address]'],
  ['\\\\orders\\share\\app.xml is locked', '[address] is locked'],
  ['C:\\inetpub\\orders\\web.config is broken', '[address] is broken'],
  // Written so that another program reads it.
  ['http%3A%2F%2Forders%3A8080%2Fapp', '[address]'],
  ['http:\\\\orders\\app', '[address]'],
  ['See &lt;http://orders/&gt;', 'See &lt;[address]'],
];

/** What a reader is told for good reason, and looks a little like one. */
const harmless: readonly string[] = [
  'Choose a host: there are 3 hosts for this event.',
  'The server is busy; try again at 10:30.',
  'No such event. See https://help.example.com/errors?id=12&lang=de for help.',
  'File report.pdf is too large (10.5 MB).',
  'Use the form yyyy/mm/dd, and/or a time.',
  'Version 10.2.1 is out of date; use 10.2.2: it is newer.',
  'It costs 12.50:  pay now',
  'The path /events/12 does not exist.',
  'A data source is missing: choose one.',
  'user=ann is unknown; password is missing',
];

t.test('no error text names a place behind the gateway', async (t) => {
  const options = { env: { RATE_LIMIT_PER_MINUTE: '0' } };
  const { modern, backend } = await setStage(t, options);
  const said = async (message: string): Promise<string> => {
    backend.answer = json({ message: `The tool failed: ${message}` }, 500);
    const got = Object(parsed(await modern('tools/call', { name: 'listEvents' }))['result']);
    return got.content[0].text;
  };
  for (const [place, shown] of places) {
    t.equal(await said(place), `The tool failed: ${shown}`, place);
    t.notMatch(shown, /orders|payments|srv|secret|\d\.\d|::|8080/, 'nothing of it is left');
  }
  for (const message of harmless) {
    t.equal(await said(message), `The tool failed: ${message}`, message);
  }
});

t.test('no text takes long to be looked through', async (t) => {
  const { modern, backend } = await setStage(t);
  const texts = [
    ' at ',
    '.',
    '/',
    'a.',
    ' in /',
    'at a.',
    ':1',
    '::',
    'a:',
    '%2',
    "@'",
    '(',
    '=a;',
    'host name ',
  ].map((part) => part.repeat(4000 / part.length));
  for (const text of texts) {
    for (const message of [text, ` at ${text}`, ` at (${text}`, ` in ${text}`]) {
      backend.answer = json({ message }, 500);
      const ms = await cpuTime(() => modern('tools/call', { name: 'listEvents' }));
      t.ok(ms < 500, `${message.slice(0, 12)}: ${Math.round(ms)} ms`);
    }
  }
});
