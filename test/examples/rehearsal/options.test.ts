import t from 'tap';
import { defaults, help, parseCommandLine } from '../../../examples/rehearsal/options.ts';

const url = 'https://gateway.example/mcp';

t.test('a URL alone takes every default', async (t) => {
  const { terminal, ...rest } = defaults;
  t.strictSame(parseCommandLine([url]), { kind: 'run', url, json: false, options: rest });
  terminal.say('heard by nobody');
  t.equal(await terminal.ask('anybody?'), '');
});

t.test('every option is read', async (t) => {
  const argv = [
    ...[url, '--json', '--user', 'bob@example.com', '--password', 'pw', '--scope', 'a b'],
    ...['--read', 'list', '--write', 'add:{"at":"12:30"}', '--redirect', 'inspector'],
    ...['--client-id', 'tpc_1', '--timeout', '1.5', '--login-timeout', '9', '--user-agent', 'x/1'],
  ];
  t.strictSame(parseCommandLine(argv), {
    kind: 'run',
    url,
    json: true,
    options: {
      user: 'bob@example.com',
      password: 'pw',
      scope: 'a b',
      read: { name: 'list', input: undefined },
      write: { name: 'add', input: { at: '12:30' } },
      redirect: 'inspector',
      clientId: 'tpc_1',
      timeout: 1.5,
      loginTimeout: 9,
      userAgent: 'x/1',
    },
  });
  t.match(parseCommandLine([url, '--redirect', 'http://localhost:5000/cb']), {
    options: { redirect: 'http://localhost:5000/cb' },
  });
});

t.test('help is asked for with or without a URL and names every option', async (t) => {
  t.strictSame(parseCommandLine(['--help']), { kind: 'help' });
  for (const name of ['scope', 'read', 'write', 'redirect', 'client-id', 'user', 'timeout']) {
    t.match(help, `--${name}`);
  }
});

const wrong: [string, string[], RegExp][] = [
  ['no URL', [], /Name one URL/],
  ['two URLs', [url, url], /Name one URL/],
  ['a URL without scheme', ['gateway.example'], /is not a URL/],
  ['a scheme that is not http', ['ftp://gateway.example'], /is not a URL/],
  ['an unknown option', [url, '--loud'], /loud/],
  ['no seconds', [url, '--timeout', 'soon'], /--timeout takes seconds, not soon/],
  ['no time at all', [url, '--login-timeout', '0'], /--login-timeout takes seconds/],
  ['an unknown redirect', [url, '--redirect', 'somewhere'], /--redirect takes chatgpt/],
  ['broken JSON', [url, '--read', 'list:{'], /--read: what follows the colon/],
  ['JSON that is no object', [url, '--write', 'add:[1]'], /--write: what follows the colon/],
];
for (const [name, argv, problem] of wrong) {
  t.test(`${name} is told`, async (t) => {
    t.match(parseCommandLine(argv), { kind: 'wrong', problem });
  });
}
