import t from 'tap';
import { json } from '../recorder.ts';
import { parsed } from '../send.ts';
import { setStage } from '../stage.ts';

/** Synthetic: ways to name a place behind the gateway that no list of good ways knows. */
const places: readonly string[] = [
  // Numbers that sockets take for IPv4.
  '0177.0.0.1 is away',
  'connect 0300.0250.0001.0024',
  'host 0x7f.0.0.1 is away',
  'host 0x7f.0x0.0x0.0x1 is away',
  '127.1:8080 is away',
  '2130706433:8080 is away',
  '10.0.0.5/24',
  '010.000.000.005',
  // IPv6 in every dress.
  'fe80::1%25eth0',
  '[fe80::1%eth0]',
  '[::ffff:10.0.0.5]:80',
  '::ffff:0a00:0005',
  '64:ff9b::10.0.0.5',
  '2001-db8--1.ipv6-literal.net',
  // Names.
  'xn--bcher-kva.internal is away',
  'b\u00fccher.internal is away',
  'DB.PROD.SVC.CLUSTER.LOCAL',
  'orders.payments.svc',
  'orders.payments.svc.',
  'orders.payments.pod.cluster.local',
  'https://orders/',
  'https://user@orders/',
  'orders.payments:8080',
  'host.docker.internal',
  'Could not resolve host: orders',
  "Can't connect to MySQL server on 'orders' (111)",
  "Unknown MySQL server host 'orders' (-2)",
  "Access denied for user 'app'@'orders' (using password: YES)",
  // Data sources.
  'jdbc:postgresql://orders/app',
  'jdbc:oracle:thin:@orders:1521:app',
  'jdbc:oracle:thin:@orders/app',
  'jdbc:sqlserver://orders;databaseName=app',
  'jdbc:h2:tcp://orders/app',
  'amqp://guest:guest@orders/app',
  'amqps://orders',
  'mongodb+srv://app:secret@orders.example.com/app',
  'Server=orders;Database=app;User Id=sa;Password=secret',
  'Server=tcp:orders,1433;Initial Catalog=app',
  'Data Source=orders;Initial Catalog=app',
  'host=orders user=app password=secret dbname=app',
  'unix:/run/orders.sock is away',
  // Files are places too.
  'file:///srv/app/orders.json',
  'file:/srv/app/orders.json',
  "ENOENT: no such file or directory, open '/srv/app/secrets/orders.pem'",
  "EACCES: permission denied, open 'C:\\srv\\orders.pem'",
  "[Errno 2] No such file or directory: '/srv/orders'",
  '\\\\orders\\share\\app.xml is locked',
  'C:\\inetpub\\orders\\web.config is broken',
  // Written so that another program reads it.
  'http%3A%2F%2Forders%3A8080%2Fapp',
  'http:\\\\orders\\app',
  'See &lt;http://orders/&gt;',
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
  for (const place of places) {
    t.equal(await said(place), 'The tool failed with status 500.', place);
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
      const began = performance.now();
      await modern('tools/call', { name: 'listEvents' });
      const ms = performance.now() - began;
      t.ok(ms < 500, `${message.slice(0, 12)}: ${Math.round(ms)} ms`);
    }
  }
});
