import t, { type Test } from 'tap';
import { stopClocks } from '../fixtures/clocks.ts';
import { type Got, parsed } from '../send.ts';
import { setStage } from '../stage.ts';
import { type Row, rows, tools } from './refusal-rows.ts';

const watched = ['www-authenticate', 'retry-after', 'allow'];

function checkHeaders(t: Test, got: Got, row: Row, metadata: string, scope = row.challenge): void {
  const prefix = `Bearer resource_metadata="https://gateway.example.com/.well-known/oauth-protected-resource${metadata}"`;
  const challenge = scope === undefined ? {} : { 'www-authenticate': `${prefix}${scope}` };
  const found = Object.entries(got.headers).filter(([name]) => watched.includes(name));
  t.strictSame(
    Object.fromEntries(found),
    { ...challenge, ...row.headers },
    'exactly these headers',
  );
}

const bodyOf = (code: string, { text, reason }: Row, got: Got) => ({
  error: code,
  error_description: text,
  ...(reason === undefined ? {} : { reason }),
  request_id: got.headers['x-request-id'],
});

/** Where no tool is named the 401 names the scopes of the whole catalog. */
const scopeOfAll = (row: Row): string | undefined =>
  row.status === 401
    ? row.challenge?.replace('"events:read"', '"events:read events:write"')
    : row.challenge;

for (const [code, row] of Object.entries(rows)) {
  t.test(`${code} as REST says it`, async (t) => {
    stopClocks(t);
    const stage = await setStage(t, { tools, ...row.on });
    await row.before?.(stage);
    const sent = await row.sent?.(stage);
    const { path, tool = 'readEvents', input } = row;
    const got = path ? await stage.send(path, sent) : await stage.call(tool, input, sent);
    t.equal(got.status, row.status);
    checkHeaders(t, got, row, '');
    t.match(got.headers['content-type'], /^application\/json/);
    t.match(got.headers['x-request-id'], /^[0-9a-f-]{36}$/);
    t.strictSame(parsed(got), bodyOf(code, row, got), 'the whole body');
  });

  if (row.path) continue;
  t.test(`${code} as MCP says it`, async (t) => {
    stopClocks(t);
    const stage = await setStage(t, { tools, ...row.on });
    await row.before?.(stage);
    const { tool: name = 'readEvents', input = {} } = row;
    const got = await stage.mcp('tools/call', { name, arguments: input }, await row.sent?.(stage));
    const data = bodyOf(code, row, got);
    if (row.mcp === 'result') {
      const result = { content: [{ type: 'text', text: row.text }], isError: true };
      t.strictSame(parsed(got), { jsonrpc: '2.0', id: 7, result });
      t.equal(got.status, 200);
      return;
    }
    const foreign = row.mcp === 'invalid params';
    const error = { code: foreign ? -32602 : -32001, message: row.text, data };
    t.strictSame(parsed(got), {
      jsonrpc: '2.0',
      id: row.mcp === 'before the body' ? null : 7,
      error,
    });
    t.equal(got.status, foreign ? 200 : row.status);
    checkHeaders(t, got, row, '/mcp', scopeOfAll(row));
  });
}
