import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import type { Client } from '../../examples/tenant/state.ts';
import { addressOf, spawnGateway } from '../gateway-process.ts';
import { type Gate, startGate, type When } from './gate.ts';
import { audience, google, type Rig, rig, scopes, webhookSecret } from './rig.ts';

type Crash = readonly [request: string, when: When];

/** All steps of both recipes with CLIENTS_CRASHES=all; else the changes whose answer is lost. */
const all = process.env['CLIENTS_CRASHES'] === 'all';
const writes = (request: string): readonly Crash[] =>
  all
    ? [
        [request, 'before'],
        [request, 'after'],
      ]
    : [[request, 'after']];
const reads = (request: string): readonly Crash[] => (all ? [[request, 'before']] : []);

interface Process {
  kill(): Promise<void>;
}

/** The gateway as its own process; the tenant's stream goes to it, the way back through the gate. */
async function start(t: Test, { tenant, management }: Rig, gate: Gate, sweeps: boolean) {
  const gateway = spawnGateway(t, {
    OAUTH_ISSUER: tenant.issuer,
    OAUTH_AUDIENCE: audience,
    FUNCTIONS_BASE: 'http://127.0.0.1:1',
    TOOL_SCOPES_JSON: JSON.stringify({ read: [scopes[0]], write: [scopes[1]] }),
    MGMT_DOMAIN: gate.url,
    MGMT_AUDIENCE: management.audience,
    MGMT_CLIENT_ID: management.clientId,
    MGMT_CLIENT_SECRET: management.clientSecret,
    LOG_WEBHOOK_SECRET: webhookSecret,
    SWEEP_INTERVAL: sweeps ? '3600' : '0',
    HOST: '127.0.0.1',
    PORT: '0',
  });
  const url = await addressOf(gateway);
  tenant.state.logStreams.set('lst_gateway', {
    id: 'lst_gateway',
    name: 'Gateway',
    type: 'http',
    status: 'active',
    sink: {
      httpEndpoint: `${url}/auth0-log-webhook`,
      httpAuthorization: webhookSecret,
      httpContentFormat: 'JSONLINES',
      httpContentType: 'application/json',
    },
  });
  const kill = async (): Promise<void> => {
    gateway.child.kill('SIGKILL');
    await gateway.ended;
  };
  return { kill };
}

/** What became of a client: all that matters to it, without what differs from client to client. */
function endOf({ tenant, grantsOf }: Rig, client: Client): object {
  const { client_id: id, created_at: _, client_metadata: metadata, ...fields } = client;
  return {
    ...fields,
    recipe: metadata?.['gateway_recipe'],
    grants: grantsOf(id).map(({ id: _id, client_id: _client, ...grant }) => grant),
    domain: google(tenant).is_domain_connection,
    enabled: google(tenant).enabledFor.has(id),
  };
}

const isDone = ({ mode, grants, enabled, recipe }: Record<string, unknown>): boolean =>
  recipe !== undefined &&
  (mode === 'strict' ? Array.isArray(grants) && grants.length > 0 : !!enabled);

async function ended(stage: Rig, client: Client, mode: string): Promise<object> {
  for (;;) {
    const end = endOf(stage, client);
    if (isDone({ ...end, mode })) return end;
    await sleep(10);
  }
}

const makesDomain = 'PATCH /connections/:id';

/** Registers a client, kills the gateway at a step of its promotion, and starts another. */
async function crashAt(
  stage: Rig,
  gate: Gate,
  crash: Crash,
  [process, restart]: [Process, () => Promise<Process>],
): Promise<[Client, Process]> {
  let doomed = process;
  if (crash[0] === makesDomain) {
    // Only a gateway that knows nothing of the connection yet looks at it.
    google(stage.tenant).is_domain_connection = false;
    await process.kill();
    doomed = await restart();
  }
  const held = gate.hold(...crash);
  const client = await stage.register();
  await held;
  await doomed.kill();
  return [client, await restart()];
}

const modes = {
  strict: [
    ...reads('GET /clients/:id'),
    ...(all ? writes(makesDomain) : []),
    ...writes('POST /client-grants'),
    ...writes('PATCH /clients/:id'),
  ],
  permissive: [
    ...writes('PATCH /clients/:id'),
    ...writes('PATCH /connections/:id/clients'),
    ...reads('GET /clients/:id/connections'),
  ],
} satisfies Record<string, readonly Crash[]>;

t.jobs = 2;
t.setTimeout(120_000);

for (const mode of ['strict', 'permissive'] as const) {
  // One is healed by the delivery that comes again, the other by the sweep at the start.
  const sweeps = mode === 'permissive';
  t.test(`killed at any step and started again, a ${mode} client ends the same`, async (t) => {
    const stage = await rig(t, { mode });
    const gate = await startGate(t, stage.tenant.origin);
    const restart = () => start(t, stage, gate, sweeps);
    let process: Process = await restart();
    const undisturbed = await ended(stage, await stage.register(), mode);
    for (const crash of modes[mode]) {
      let client: Client;
      [client, process] = await crashAt(stage, gate, crash, [process, restart]);
      const end = await ended(stage, client, mode);
      t.strictSame(end, undisturbed, `killed ${crash[1]} ${crash[0]}`);
    }
    await process.kill();
  });
}
