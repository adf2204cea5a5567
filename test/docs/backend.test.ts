import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import t, { type Test } from 'tap';
import { reportsProgress } from '../../src/mcp/reports.ts';
import { toToolResult } from '../../src/mcp/tool-result.ts';
import { messagesOf } from '../events.ts';
import { parsed } from '../send.ts';
import { setStage } from '../stage.ts';
import { readBlocks } from './read-blocks.ts';

const path = 'docs/backend.md';
const page = readFileSync(path, 'utf8');

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
