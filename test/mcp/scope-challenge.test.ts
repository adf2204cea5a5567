import t from 'tap';
import { parsed } from '../send.ts';
import { setStage } from '../stage.ts';

const text = 'The access token lacks a scope that this call needs.';
const metadata = 'https://gateway.example.com/.well-known/oauth-protected-resource/mcp';
const challenge = `Bearer resource_metadata="${metadata}", error="insufficient_scope", error_description="${text}", scope="events:write events:read"`;

const chatgpt = 'openai-mcp/1.0.0';
const table: [mode: string, agent: string | undefined, asResult: boolean][] = [
  ['auto', chatgpt, true],
  ['auto', 'curl/8 openai-mcp/1.0.0', false],
  ['auto', 'OPENAI-MCP/1.0.0', false],
  ['auto', undefined, false],
  ['http', chatgpt, false],
  ['result', 'somebody/1', true],
];

for (const [SCOPE_CHALLENGE, agent, asResult] of table)
  t.test(
    `SCOPE_CHALLENGE=${SCOPE_CHALLENGE} for ${agent}: ${asResult ? 'a result' : '403'}`,
    async (t) => {
      const { mcp, backend, gateway } = await setStage(t, { env: { SCOPE_CHALLENGE } });
      const headers = agent === undefined ? {} : { 'user-agent': agent };
      const got = await mcp('tools/call', { name: 'addEvent' }, { headers });
      if (asResult) {
        t.equal(got.status, 200);
        t.equal(got.headers['www-authenticate'], undefined);
        const content = [{ type: 'text', text }];
        const _meta = { 'mcp/www_authenticate': [challenge] };
        t.same(parsed(got)['result'], { content, isError: true, _meta });
      } else {
        t.equal(got.status, 403);
        t.equal(got.headers['www-authenticate'], challenge);
        t.match(parsed(got), {
          id: 7,
          error: { code: -32001, data: { error: 'insufficient_scope' } },
        });
      }
      t.same(backend.received, []);
      const refused = gateway.lines.filter(({ granted }) => granted === false);
      t.match(refused, [{ code: 'insufficient_scope', tool: 'addEvent', sub: 'auth0|person' }]);
      t.equal(refused.length, 1, 'one line');
    },
  );

t.test('a missing token is 401 for ChatGPT, too', async (t) => {
  const { mcp } = await setStage(t, { env: { SCOPE_CHALLENGE: 'result' } });
  const headers = { 'user-agent': chatgpt, authorization: [] };
  t.equal((await mcp('tools/call', { name: 'addEvent' }, { headers })).status, 401);
});
