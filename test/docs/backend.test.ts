import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import t, { type Test } from 'tap';
import { reportsProgress } from '../../src/mcp/ask/reports.ts';
import { toToolResult } from '../../src/mcp/results/tool-result.ts';
import { messagesOf } from '../events.ts';
import { json } from '../recorder.ts';
import { parsed } from '../send.ts';
import { setStage } from '../stage.ts';
import { readBlocks } from './read-blocks.ts';

const path = 'docs/backend.md';
const page = readFileSync(path, 'utf8');

const capabilitiesKey = 'io.modelcontextprotocol/clientCapabilities';
const canAsk = { [capabilitiesKey]: { elicitation: {} } };
const noMeta = { [capabilitiesKey]: {} };
const yes = { sure: { action: 'accept', content: { yes: true } } };
const nothingCancelled = { structuredContent: { cancelled: [] } };
const instead = [{ text: 'Please cancel these in the calendar itself.' }];

/** The blocks of one language below a heading. */
const inSection = (section: string, of: string): string[] =>
  readBlocks(path)
    .filter(({ heading, language }) => heading === section && language === of)
    .map(({ text }) => text);

/** Runs a program of the page; gives its origin. */
async function run(t: Test, program: string): Promise<string> {
  const file = `${t.testdir({ 'backend.mjs': program })}/backend.mjs`;
  const child = spawn(process.execPath, [file], { env: { PORT: '0', HOST: '127.0.0.1' } });
  t.teardown(() => child.kill('SIGKILL'));
  const [said] = await once(child.stdout, 'data');
  return `http://127.0.0.1:${String(said).trim().split(' ')[1]}`;
}

t.test('the program that tells its progress does, through the gateway', async (t) => {
  const [block] = readBlocks(path).filter(({ heading }) => heading === 'Progress');
  const FUNCTIONS_BASE = await run(t, block?.text ?? '');
  await t.test('for each client', async (t) => {
    const { modern } = await setStage(t, { env: { FUNCTIONS_BASE } });
    const params = { name: 'listEvents', _meta: { progressToken: 'a' } };
    const accept = { headers: { accept: 'application/json, text/event-stream' } };
    const messages = messagesOf((await modern('tools/call', params, accept)).text);
    const told = (progress: number, more = {}) => ({
      method: 'notifications/progress',
      params: { progressToken: 'a', progress, total: 3, ...more },
    });
    t.match(messages, [
      told(0, { message: 'Reading Monday' }),
      told(1, { message: 'Reading Tuesday' }),
      told(2, { message: 'Reading Wednesday' }),
      told(3),
      { result: { structuredContent: { free: ['Tuesday', 'Wednesday'] } } },
    ]);
    const silent = parsed(await modern('tools/call', { name: 'listEvents' }));
    t.match(silent['result'], { structuredContent: { free: ['Tuesday', 'Wednesday'] } });
  });
});

t.test('the program that asks first does, through the gateway', async (t) => {
  const [program] = inSection('Asking first', 'js');
  const FUNCTIONS_BASE = await run(t, program ?? '');
  const tools = [{ name: 'cancelDay', interactive: true }];
  const { modern, mcp, gateway, issuer } = await setStage(t, { tools, env: { FUNCTIONS_BASE } });
  const call = { name: 'cancelDay', arguments: { day: '2027-01-11' }, _meta: canAsk };
  const result = async (params: object) =>
    Object(parsed(await modern('tools/call', { ...call, ...params }))['result']);

  await t.test('who says no, or cannot be asked, cancels nothing', async (t) => {
    const { requestState } = await result({});
    const no = { sure: { action: 'decline' } };
    t.match(await result({ requestState, inputResponses: no }), nothingCancelled);
    t.match(await result({ inputResponses: yes }), { resultType: 'input_required' }, 'unasked');
    t.match(await result({ requestState, _meta: noMeta }), { isError: true, content: instead });
    const legacy = parsed(await mcp('tools/call', { ...call, _meta: {} }));
    t.match(legacy, { result: { isError: true, content: instead } });
  });

  await t.test('the official client asks the person, and the tool goes on', async (t) => {
    const { requestState } = await result({});
    const capabilities = { elicitation: { form: {} } };
    const versionNegotiation = { mode: { pin: '2026-07-28' } };
    const client = new Client({ name: 'test', version: '1' }, { versionNegotiation, capabilities });
    const requestInit = { headers: { authorization: `Bearer ${await issuer.token()}` } };
    const url = new URL(`${gateway.url}/mcp`);
    await client.connect(new StreamableHTTPClientTransport(url, { requestInit }));
    t.teardown(() => client.close());
    const asked: string[] = [];
    client.setRequestHandler('elicitation/create', ({ params }) => {
      asked.push(params.message);
      return { action: 'accept', content: { yes: true } };
    });
    const { structuredContent } = await client.callTool({ ...call, _meta: {} });
    t.same(structuredContent, { cancelled: ['7', '8'] });
    t.same(asked, ['Cancel Dentist and Choir on 2027-01-11?']);
    t.match(await result({ requestState, inputResponses: yes }), nothingCancelled, 'gone already');
    t.match(await result({ requestState, inputResponses: yes }), { isError: true }, 'once only');
  });
});

t.test('the envelope is the one of the page, and the question is one', async (t) => {
  const [envelope = '', question = ''] = inSection('Asking first', 'json');
  const told = JSON.parse(envelope);
  const asks = { ...JSON.parse(question), requestState: told.requestState };
  const tools = [{ name: 'cancelDay', interactive: true }];
  const { modern, mcp, backend } = await setStage(t, { tools, answer: json(asks) });
  const { arguments: input, clientCapabilities, inputResponses } = told;
  const _meta = { [capabilitiesKey]: clientCapabilities };
  const call = { name: 'cancelDay', arguments: input, _meta };
  const { requestState, inputRequests } = Object(
    parsed(await modern('tools/call', call))['result'],
  );
  t.same(inputRequests, asks.inputRequests);
  await modern('tools/call', { ...call, inputResponses, requestState });
  t.same(JSON.parse(backend.received[1]?.body ?? ''), told);
  const legacy = Object(parsed(await mcp('tools/call', { ...call, _meta: {} }))['result']);
  t.ok(page.replace(/\s+/g, ' ').includes(`"${legacy.content[0].text}"`));
  t.match(parsed(await modern('tools/call', { ...call, _meta: noMeta })), {
    error: { code: -32021 },
  });
});

t.test('every type of the table becomes what the table says', async (t) => {
  const words = (cell = ''): string[] =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word);
  const [, section = ''] = /\n## Answers\n([\s\S]*?)\n##/.exec(page) ?? [];
  const rows = section.split('\n').filter((line) => line.startsWith('| `'));
  t.ok(rows.length >= 6);
  for (const row of rows) {
    const [, types, seen] = row.split('|');
    const become = words(seen);
    for (const type of words(types)) {
      const headers = { 'content-type': type };
      if (reportsProgress(headers)) {
        t.match(row, '#progress');
        continue;
      }
      const result = toToolResult(
        { status: 200, headers, body: Buffer.from('{}') },
        'modern',
        'fn.example.com',
      );
      const [content] = result.content as { type: string }[];
      t.ok(become.includes(String(content?.type)), type);
      t.equal('structuredContent' in result, become.includes('structuredContent'), type);
    }
  }
});

t.test('each form of an error is shown', async (t) => {
  const [block] = readBlocks(path).filter(({ heading }) => heading === 'Errors');
  const forms = block?.text.trim().split('\n') ?? [];
  t.equal(forms.length, 5);
  for (const form of forms) {
    const headers = { 'content-type': 'application/json' };
    const result = toToolResult(
      { status: 400, headers, body: Buffer.from(form) },
      'modern',
      'fn.example.com',
    );
    t.match(result, { isError: true, content: [{ text: /^(No such day\.|Days look)/ }] });
  }
});
