import t from 'tap';
import { secrets, startWorld } from '../world.ts';
import { type Block, fill, readBlocks, readExpectations } from './read-blocks.ts';
import { runShell } from './run-shell.ts';
import { signIn } from './sign-in.ts';

const page = 'examples/curl-smoke-tests.md';
const commands = readBlocks(page).filter(({ text }) => text.includes('curl'));

/** An answer as `curl -i` prints it. */
function readAnswer(printed: string): { status: string; headers: string[]; body: string } {
  const [head = '', ...rest] = printed.split('\r\n\r\n');
  const [first = '', ...headers] = head.split('\r\n');
  return { status: String(first.split(' ')[1]), headers, body: rest.join('\r\n\r\n') };
}

/** True when a header of that name holds the text: `allow: POST`. */
function hasHeader(headers: readonly string[], wanted: string): boolean {
  const [name = '', ...rest] = wanted.split(': ');
  const text = rest.join(': ');
  return headers.some((line) => line.toLowerCase().startsWith(`${name}:`) && line.includes(text));
}

t.test('a deployed gateway answers every command of the page as the page says', async (t) => {
  const { tenant, gateway } = await startWorld(t);
  const TOKEN = await signIn(tenant, gateway.config.OAUTH_AUDIENCE, 'events:read');
  t.match(TOKEN, /^ey/);
  const variables = {
    GATEWAY: gateway.url,
    TOOL: 'listEvents',
    LOG_WEBHOOK_SECRET: secrets.webhook,
    TOKEN,
  };
  for (const block of commands) {
    await t.test(`${block.heading}: ${block.text.split('\n')[0]}`, async (t) => {
      const answer = readAnswer(await runShell(block.text, variables));
      for (const { kind, value } of readExpectations(block) ?? []) {
        // The tenant of the test is on loopback.
        const wanted = fill(value, variables).replace('["https', '["http');
        if (kind === 'status') t.equal(answer.status, wanted, answer.body);
        else if (kind === 'header')
          t.ok(hasHeader(answer.headers, wanted), `${wanted} in ${answer.headers.join('\n')}`);
        else t.ok(answer.body.includes(wanted), `${wanted} in ${answer.body}`);
      }
    });
  }
});

t.test('every command is followed by what to expect, status first', async (t) => {
  t.ok(commands.length >= 18);
  for (const block of commands) {
    t.equal(readExpectations(block)?.[0]?.kind, 'status', block.text);
  }
});

t.test('an expectation that cannot be read is not passed over', async (t) => {
  const block: Block = { heading: '', language: 'sh', text: '', after: 'Expect: something.\n' };
  t.throws(() => readExpectations(block), /not understood: something/);
});

t.test('a machine without curl is told so', async (t) => {
  await t.rejects(runShell('curl', { PATH: '/nowhere' }), /curl is not installed/);
});
