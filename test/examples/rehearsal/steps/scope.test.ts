import t, { type Test } from 'tap';
import { openDoor } from '../../../../examples/rehearsal/door.ts';
import { createFetch } from '../../../../examples/rehearsal/http.ts';
import type { NamedCall } from '../../../../examples/rehearsal/options.ts';
import type { Session } from '../../../../examples/rehearsal/session.ts';
import { tooLittleScope, write } from '../../../../examples/rehearsal/steps/scope.ts';
import { stepUp } from '../../../../examples/rehearsal/steps/step-up.ts';
import { toolsList } from '../../../../examples/rehearsal/steps/tools-list.ts';
import { rejected } from '../rejected.ts';
import { mcp, type Scripted, serve, tool } from '../serve.ts';

const writes = {
  annotations: { readOnlyHint: false, destructiveHint: false, openWorldHint: false },
};
const tools = [tool('list', ['r']), tool('add', ['r', 'w'], writes)];

const open = async (t: Test, said: Scripted) => {
  const url = new URL(`${await serve(t, mcp({ tools, call: () => said }))}/mcp`);
  const door = openDoor(url, createFetch('test/1'), () => 'token');
  t.teardown(() => door.close());
  return { door, listed: (await toolsList(door)).value };
};

const play = async (t: Test, said: Scripted, granted: string[], named?: NamedCall) => {
  const { door, listed } = await open(t, said);
  return tooLittleScope(door, listed, granted, named);
};

const challenged = (header: string): Scripted => ({
  result: { content: [], isError: true, _meta: { 'mcp/www_authenticate': [header] } },
});
const forbidden = (header: string): Scripted => ({
  reply: { status: 403, headers: { 'www-authenticate': header }, body: {} },
});
const header = 'Bearer error="insufficient_scope", scope="r w"';
const answered: Scripted = { result: { content: [] } };

t.test('both ways of a challenge are understood', async (t) => {
  const value = { call: { tool: { name: 'add' } }, scopes: ['r', 'w'] };
  t.match(await play(t, challenged(header), ['r']), { value, detail: /result with challenge/ });
  t.match(await play(t, forbidden(header), ['r']), { value, detail: /HTTP 403, needs r w/ });
});

t.test('a token with every scope has nothing to be denied', async (t) => {
  t.match(await play(t, answered, ['r', 'w']), { skipped: true, value: undefined });
  const named = { name: 'list', input: {} };
  t.match(await play(t, answered, ['r'], named), { skipped: true });
});

const wrong: [string, Scripted, object][] = [
  ['an answer', answered, { came: 'an answer of add without a challenge', fix: /every call/ }],
  [
    'a challenge that names too little',
    challenged('Bearer error="insufficient_scope", scope="r"'),
    { came: /insufficient_scope, scope r$/ },
  ],
  [
    'a challenge that names nothing',
    challenged('Bearer error="insufficient_scope"'),
    { came: /scope none/ },
  ],
  ['a refusal without challenge', { reply: { status: 403, body: {} } }, { came: 'HTTP 403 {}' }],
];
for (const [name, said, failure] of wrong) {
  t.test(`${name} where the scope is too little: a failure`, async (t) => {
    t.match(await rejected(play(t, said, ['r'])), { failure });
  });
}

t.test('the denied call is made again, unless it would write in real life', async (t) => {
  const { door, listed } = await open(t, answered);
  const denied = (name: string) => {
    const [found] = listed.filter((listedTool) => listedTool.name === name);
    t.ok(found);
    return found && { call: { tool: found, input: {} }, scopes: ['r', 'w'] };
  };
  t.match(await write(door, denied('add'), true), { detail: 'add: ' });
  t.match(await write(door, denied('add'), false), { skipped: true, detail: /--write add:JSON/ });
  t.match(await write(door, denied('list'), false), { detail: 'list: ' });
  t.match(await write(door, undefined, true), { skipped: true });
});

t.test('without a denied call there is nothing to step up to', async (t) => {
  const never = async () => new URL('about:blank');
  const parts = { issuer: '', resource: '', scopes: [], returnsIssuer: false, redirectUri: '' };
  const more = { granted: [], person: never, expected: parts, wanted: parts };
  t.match(await stepUp({} as Session, undefined, more), { skipped: true });
});
