import t from 'tap';
import { rehearse } from '../../examples/rehearsal/rehearse.ts';
import { type StepResult, stepIds } from '../../examples/rehearsal/step.ts';
import type { SecurityMode } from '../../examples/tenant/state.ts';
import { startWorld } from '../world.ts';

const outcomes = (steps: readonly StepResult[]) =>
  Object.fromEntries(steps.map(({ id, outcome }) => [id, outcome]));

const allPassed = Object.fromEntries(stepIds.map((id) => [id, 'passed']));

for (const mode of ['strict', 'permissive'] satisfies SecurityMode[]) {
  t.test(`ChatGPT connects through a ${mode} tenant and steps up to write`, async (t) => {
    const { gateway } = await startWorld(t, { mode });
    const told: string[] = [];
    const { ok, steps } = await rehearse(gateway.url, {}, ({ id }) => told.push(id));
    t.match({ ok, ...outcomes(steps) }, { ok: true, ...allPassed });
    t.strictSame(told, stepIds);
  });
}

t.test('a client of another kind is challenged by HTTP 403 and steps up as well', async (t) => {
  const { gateway } = await startWorld(t);
  const { ok, steps } = await rehearse(gateway.url, { userAgent: 'another/1.0' });
  t.equal(ok, true);
  const [challenged] = steps.filter(({ id }) => id === 'too-little-scope');
  t.match(challenged, { detail: /HTTP 403, needs events:write/ });
});

t.test('a client that was promoted once is known the next time', async (t) => {
  const { gateway, tenant } = await startWorld(t);
  t.equal((await rehearse(gateway.url)).ok, true);
  const clientId = [...tenant.state.clients.keys()].find((id) => id.startsWith('tpc_'));
  const { ok, steps } = await rehearse(`${gateway.url}/mcp`, { clientId });
  t.equal(ok, true);
  t.match(steps[3], { id: 'register', outcome: 'skipped' });
});

t.test('a person with every scope in the first token is not denied anything', async (t) => {
  const { gateway } = await startWorld(t);
  const scope = 'events:read events:write';
  const { ok, steps } = await rehearse(gateway.url, { scope });
  t.equal(ok, true);
  t.match(outcomes(steps), { 'too-little-scope': 'skipped', 'step-up': 'skipped' });
});

t.test('without MCP Inspector among the clients its redirect URI is not promoted', async (t) => {
  const { gateway } = await startWorld(t);
  const { steps } = await rehearse(gateway.url, { redirect: 'inspector', timeout: 0.5 });
  t.match(steps.at(-1), { id: 'promotion', outcome: 'failed', fix: /PROMOTE_CLIENTS/ });
});
