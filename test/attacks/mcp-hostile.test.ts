import fc from 'fast-check';
import t from 'tap';
import { startIssuer } from '../issuer.ts';
import { json, startRecorder } from '../recorder.ts';
import { bearer, type Got, send } from '../send.ts';
import { batch, inputSchema, runs, seed, startAttacked, watchMemory } from './attacked.ts';
import { type HostileMessage, hostileMessage } from './hostile-messages.ts';

const catalog = {
  tools: [{ name: 'look', scopes: ['events:read'], inputSchema }],
  resources: [{ uriTemplate: 'days://{day}', name: 'day', path: 'day' }],
  prompts: [{ name: 'ask', path: 'ask', arguments: [{ name: 'day', values: ['monday'] }] }],
};

/** Why an answer is none that a hostile message may get; undefined when it is. */
function wrong({ status, text }: Got): string | undefined {
  if (status === 202) return text === '' ? undefined : 'a body with 202';
  if (![200, 400, 404].includes(status)) return `status ${status}`;
  const { jsonrpc, result, error } = JSON.parse(text);
  if (jsonrpc !== '2.0' || (result === undefined) === (error === undefined)) return 'no JSON-RPC';
  return error && (!Number.isInteger(error.code) || !error.message) ? 'no error' : undefined;
}

t.test(
  `${runs} hostile messages of both eras: answered as JSON-RPC, nothing forwarded, memory flat`,
  { timeout: 600_000 },
  async (t) => {
    t.comment(`ATTACK_SEED=${seed} ATTACK_RUNS=${runs}`);
    const issuer = await startIssuer(t);
    const backend = await startRecorder(t, json({ ok: true }));
    const urls = { issuer: issuer.issuer, backend: backend.url };
    const { gateway, url, heap } = await startAttacked(t, urls, catalog);
    const memory = watchMemory(heap);
    const authorization = bearer(await issuer.token());
    const kinds = new Map<string, number>();

    const say = async ({ kind, body, headers }: HostileMessage): Promise<void> => {
      const signal = AbortSignal.timeout(10_000);
      const got = await send(`${url}/mcp`, {
        body,
        headers: { ...headers, ...authorization },
        signal,
      });
      const answer = `${kind} ${got.status}`;
      kinds.set(answer, (kinds.get(answer) ?? 0) + 1);
      const problem = wrong(got);
      if (problem) throw new Error(`${problem}: ${got.text}\n${JSON.stringify(headers)}\n${body}`);
    };
    const good = { name: 'look', arguments: { day: '2026-11-01' } };
    const property = fc.asyncProperty(
      fc.array(hostileMessage, { minLength: batch, maxLength: batch }),
      async (messages) => {
        await Promise.all(messages.map(say));
        const body = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: good };
        const { text } = await send(`${url}/mcp`, { body, headers: authorization });
        if (!text.includes('"structuredContent":{"ok":true}')) throw new Error(text);
        const [, ...others] = backend.received.splice(0);
        if (others.length > 0) throw new Error(`forwarded: ${JSON.stringify([others, messages])}`);
        await memory.look();
      },
    );
    await fc.assert(property, { seed, numRuns: Math.ceil(runs / batch), endOnFailure: true });

    for (const [answer, count] of [...kinds].sort()) t.comment(`${answer}: ${count}`);
    memory.isFlat(t);
    const broken = gateway.lines.filter(
      ({ level, code }) => level === 'error' || code === 'internal',
    );
    t.same(broken, []);
    gateway.child.kill('SIGTERM');
    t.same(await gateway.ended, { code: 0, stderr: '' });
  },
);
