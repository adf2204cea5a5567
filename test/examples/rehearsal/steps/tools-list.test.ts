import t, { type Test } from 'tap';
import { openDoor } from '../../../../examples/rehearsal/door.ts';
import { createFetch } from '../../../../examples/rehearsal/http.ts';
import { toolsList } from '../../../../examples/rehearsal/steps/tools-list.ts';
import { rejected } from '../rejected.ts';
import { mcp, type Script, serve, tool } from '../serve.ts';

const play = async (t: Test, script: Script) => {
  const url = new URL(`${await serve(t, mcp(script))}/mcp`);
  const door = openDoor(url, createFetch('test/1'), () => 'token');
  t.teardown(() => door.close());
  return toolsList(door);
};

t.test('each tool is told with what it needs', async (t) => {
  const unscoped = { securitySchemes: [{ type: 'oauth2', scopes: [] }] };
  const tools = [tool('a', ['x', 'y']), tool('b', []), tool('c', [], unscoped)];
  const { value, detail } = await play(t, { tools });
  t.equal(detail, 'a (x y), b (public), c (no scope)');
  t.equal(value.length, 3);
});

const refused = (reason: string) => ({
  status: 401,
  body: { error: 'invalid_token', error_description: 'No.', reason },
});

const wrong: [string, Script, object][] = [
  [
    'a token for another audience',
    { tools: [], refuse: refused('wrong_audience') },
    { came: 'HTTP 401 invalid_token/wrong_audience No.', fix: /OAUTH_AUDIENCE/ },
  ],
  ['no tools', { tools: [] }, { came: 'no tools' }],
  [
    'tools without securitySchemes and annotations',
    { tools: [tool('a', ['x'], { securitySchemes: undefined, annotations: {} })] },
    { came: /^a has no securitySchemes, a does not set readOnlyHint/, fix: /annotations/ },
  ],
];
for (const [name, script, failure] of wrong) {
  t.test(`${name}: a failure`, async (t) => {
    t.match(await rejected(play(t, script)), { failure });
  });
}
