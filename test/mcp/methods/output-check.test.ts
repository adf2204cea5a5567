import t from 'tap';
import { json } from '../../recorder.ts';
import { parsed } from '../../send.ts';
import { setStage } from '../../stage.ts';

const outputSchema = {
  type: 'object',
  properties: { count: { type: 'integer' } },
  required: ['count'],
};
const tools = [{ name: 'count', outputSchema }, { name: 'free' }];
const METRICS_TOKEN = 'metrics-token-of-the-test-0123456789';

const stageFor = (t: import('tap').Test, OUTPUT_SCHEMA: string, value: unknown, status = 200) =>
  setStage(t, { tools, env: { OUTPUT_SCHEMA, METRICS_TOKEN }, answer: json(value, status) });

const broken = (lines: readonly Record<string, unknown>[]) =>
  lines.filter(({ message }) => message === 'the answer breaks the output schema');

t.test('an answer that breaks its schema is logged, counted and passed on', async (t) => {
  const { mcp, modern, send, gateway } = await stageFor(t, 'report', { count: 'many' });
  for (const call of [mcp, modern]) {
    const got = Object(parsed(await call('tools/call', { name: 'count' }))['result']);
    t.same(got.structuredContent, { count: 'many' });
    t.not(got.isError, true);
  }
  const problem = '/count must be integer';
  t.match(broken(gateway.lines), [{ tool: 'count', problem, request_id: String }, {}]);
  const headers = { authorization: `Bearer ${METRICS_TOKEN}` };
  const metrics = await send('/metrics', { headers });
  t.match(metrics.text, 'gateway_output_violations_total{tool="count"} 2\n');
});

t.test('in strict mode it is an error instead', async (t) => {
  const { mcp, gateway } = await stageFor(t, 'strict', { count: 'many' });
  const got = parsed(await mcp('tools/call', { name: 'count' }));
  t.match(got, { result: { isError: true, content: [{ text: /output schema/ }] } });
  t.notMatch(JSON.stringify(got), /many/);
  t.equal(broken(gateway.lines).length, 1);
});

t.test('an answer without structured content breaks every schema', async (t) => {
  const { mcp, gateway } = await stageFor(t, 'report', { content: [{ type: 'text', text: '1' }] });
  await mcp('tools/call', { name: 'count' });
  t.match(broken(gateway.lines), [{ problem: 'there is no structured content' }]);
});

t.test('errors, fitting answers and tools without a schema break nothing', async (t) => {
  const cases: [unknown, number, string][] = [
    [{ count: 1 }, 200, 'count'],
    [{ error: 'no' }, 400, 'count'],
    [{ content: [], isError: true }, 200, 'count'],
    ['anything', 200, 'free'],
  ];
  for (const [value, status, name] of cases) {
    const { mcp, gateway } = await stageFor(t, 'strict', value, status);
    await mcp('tools/call', { name });
    t.same(broken(gateway.lines), []);
  }
});

t.test('what the legacy era cannot be told, it is not judged by', async (t) => {
  const list = { name: 'list', outputSchema: { type: 'array' } };
  const stage = await setStage(t, { tools: [list], answer: json({ not: 'a list' }) });
  await stage.mcp('tools/call', { name: 'list' });
  t.same(broken(stage.gateway.lines), []);
  await stage.modern('tools/call', { name: 'list' });
  t.match(broken(stage.gateway.lines), [{ problem: 'input must be array' }]);
});
