import fc from 'fast-check';
import t from 'tap';
import { makeKey } from '../fixtures/keys.ts';
import { audience, nowSeconds, startIssuer } from '../issuer.ts';
import { startRecorder } from '../recorder.ts';
import { bearer, send } from '../send.ts';
import { batch, inputSchema, runs, seed, startAttacked, watchMemory } from './attacked.ts';
import { goodInput, type Hostile, hostileRequest } from './hostile-requests.ts';
import { goodToken } from './hostile-tokens.ts';
import { speak, type WireAnswer } from './wire.ts';

/** Why an answer is none a hostile request may get; undefined when it is. */
function wrong({ mayBeSilent }: Hostile, answers: readonly WireAnswer[]): string | undefined {
  const [first, ...others] = answers;
  if (!first) return mayBeSilent ? undefined : 'no answer';
  if (others.length > 0 && !(mayBeSilent && others.every(({ status }) => status === 400)))
    return `${answers.length} answers`;
  if (first.status >= 500) return `status ${first.status}`;
  if (first.status >= 400) return undefined;
  if (mayBeSilent && first.body.includes('"authorization_server"')) return undefined;
  const inside = /^\{"jsonrpc":"2\.0",.*("error":\{|"isError":true)/s.test(first.body);
  return inside ? undefined : `status ${first.status}: ${first.body.slice(0, 200)}`;
}

t.test(
  `${runs} hostile inputs: refused, nothing forwarded, nothing broken, memory flat`,
  { timeout: 600_000 },
  async (t) => {
    t.comment(`ATTACK_SEED=${seed} ATTACK_RUNS=${runs}`);
    const issuer = await startIssuer(t);
    const [tenant, foreign] = await Promise.all([makeKey('tenant'), makeKey('tenant')]);
    issuer.documents.set('/.well-known/jwks.json', { keys: [tenant.jwk] });
    const backend = await startRecorder(t);
    const tools = [{ name: 'look', scopes: ['events:read'], inputSchema }];
    const urls = { issuer: issuer.issuer, backend: backend.url };
    const { gateway, url, heap } = await startAttacked(t, urls, { tools });
    const memory = watchMemory(heap);
    const mint = { tenant, foreign, issuer: issuer.issuer, audience, now: nowSeconds() };
    const headers = bearer(goodToken(mint));
    const kinds = new Map<string, number>();
    let sent = 0;

    const property = fc.asyncProperty(
      fc.array(hostileRequest(mint), { minLength: batch, maxLength: batch }),
      async (requests) => {
        const said = await Promise.all(
          requests.map((one) =>
            speak(url, Buffer.from(one.text, 'latin1'), one.mayBeSilent ? 100 : 10_000),
          ),
        );

        for (const [i, request] of requests.entries()) {
          sent += 1;
          const problem = wrong(request, said[i] ?? []);
          const answer = `${request.kind} ${said[i]?.[0]?.status ?? 'silent'}`;
          kinds.set(answer, (kinds.get(answer) ?? 0) + 1);
          if (problem)
            throw new Error(`${request.kind}: ${problem}
${request.text}`);
        }
        const good = await send(`${url}/tools/look`, { body: goodInput, headers });
        if (good.status !== 200) throw new Error(`a good call was answered ${good.status}`);
        const count = backend.received.splice(0).length;
        if (count !== 1) throw new Error(`${count - 1} of these were forwarded`);
        await memory.look();
      },
    );
    await fc.assert(property, { seed, numRuns: Math.ceil(runs / batch), endOnFailure: true });

    for (const [answer, count] of [...kinds].sort()) t.comment(`${answer}: ${count}`);
    t.ok(sent >= runs);
    t.same(new Set(issuer.asked), new Set(['/.well-known/jwks.json']), 'nothing else was fetched');
    memory.isFlat(t);
    t.same(
      gateway.lines.filter(({ level }) => level === 'error'),
      [],
    );
    gateway.child.kill('SIGTERM');
    t.same(await gateway.ended, { code: 0, stderr: '' });
  },
);
