import { spawn } from 'node:child_process';
import { on, once } from 'node:events';
import t from 'tap';
import { playDemo, retell } from '../../../examples/demo/play.ts';

t.test('plays both kinds of tenant, invites to look, and ends with 0', async (t) => {
  let told = '';
  let looked = '';
  const code = await playDemo({
    once: false,
    entry: 'src/main.ts',
    user: 'alice@example.com',
    anyPort: true,
    write: (part) => {
      told += part;
    },
    untilStopped: async () => {
      const page = /(http:\S+\/) +open/.exec(told)?.[1] ?? '';
      looked = await (await fetch(page, { headers: { accept: 'text/html' } })).text();
    },
  });
  t.equal(code, 0);
  t.match(told, /── strict/);
  t.match(told, /gateway · client promoted client_id=tpc_\S+ recipe=third-party outcome=promoted/);
  t.match(told, /── permissive/);
  t.match(told, /gateway · client promoted client_id=\S+ recipe=first-party outcome=promoted/);
  t.equal(told.match(/The rehearsal went through/g)?.length, 2);
  t.notMatch(told, /FAIL|method_not_allowed/);
  const mcp = /(http:\S+\/mcp) +paste/.exec(told)?.[1] ?? 'nothing to paste';
  t.match(looked, mcp, 'the page shows the URL that the invitation names');
});

t.test('the command ends with 1 when the gateway cannot be started', async (t) => {
  const run = playDemo({
    once: true,
    entry: 'test/fixtures/no-such-entry.ts',
    user: 'alice@example.com',
    anyPort: true,
    write: () => {},
    untilStopped: async () => {},
  });
  await t.rejects(run, /the gateway ended with 1/);
});

t.test('a person without the role gets no further, and the command ends with 1', async (t) => {
  let told = '';
  const code = await playDemo({
    once: true,
    entry: 'src/main.ts',
    user: 'bob@example.com',
    // The usual ports if they are free, others if not.
    anyPort: false,
    write: (part) => {
      told += part;
    },
    untilStopped: async () => {},
  });
  t.equal(code, 1);
  t.match(told, /FAIL/);
  t.match(told, /role/i);
});

t.test('without --once it stays up until it is told to stop', async (t) => {
  const args = ['examples/demo.ts', '--any-port'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  let told = '';
  for await (const [part] of on(child.stdout, 'data')) {
    told += part;
    if (told.includes('Ctrl-C')) break;
  }
  child.kill('SIGTERM');
  t.same(await ended, [0, null]);
});

t.test('a log line is retold only when it belongs to the story', async (t) => {
  t.equal(retell({ message: 'Server listening' }), '');
  t.equal(retell({ message: 'refused', granted: false, code: 'method_not_allowed' }), '');
  t.equal(
    retell({ message: 'refused', granted: false, code: 'missing_token', status: 401 }),
    '     gateway · refused code=missing_token status=401\n',
  );
});
