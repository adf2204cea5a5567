import { randomInt } from 'node:crypto';
import fc from 'fast-check';
import t from 'tap';
import type { Client } from '../../../examples/tenant/state.ts';
import { formats, type Step, step } from './actions.ts';
import { audience, createWorld, scopes, type World } from './world.ts';

/** CLIENTS_MODEL_RUNS=500 is the long form; a seed that failed is repeated by CLIENTS_MODEL_SEED. */
const numRuns = Number(process.env['CLIENTS_MODEL_RUNS'] ?? 25);
const seed = Number(process.env['CLIENTS_MODEL_SEED'] ?? randomInt(2 ** 31));
if (numRuns > 25) t.setTimeout(600_000);

const google = ({ state }: World) =>
  [...state.connections.values()].find(({ name }) => name === 'google-oauth2');

const grantsOf = ({ state }: World, id: string) =>
  [...state.clientGrants.values()].filter(
    (grant) => grant.client_id === id && grant.audience === audience,
  );

const isLocal = ({ callbacks }: Client): boolean =>
  callbacks.some((each) => !each.startsWith('https'));

/** Throws unless the client has everything its recipe gives, once. */
function requirePromoted(world: World, before: Client): void {
  const { client_id: id } = before;
  const client = world.state.clients.get(id);
  const strict = before.third_party_security_mode === 'strict';
  const recipe = strict || isLocal(before) ? 'third-party' : 'first-party';
  const grants = grantsOf(world, id);
  const third = recipe === 'third-party';
  const facts = {
    mark: client?.client_metadata?.['gateway_recipe'] === recipe,
    owner: client?.is_first_party === !third,
    unchanged: String(client?.callbacks) === String(before.callbacks),
    codeFlow: String(client?.grant_types) === 'authorization_code,refresh_token',
    public: third || client?.token_endpoint_auth_method === 'none',
    grant: grants.length === (third ? 1 : 0),
    people: grants.every((grant) => grant.subject_type === 'user'),
    scopes: grants.every((grant) => scopes.every((scope) => grant.scope.includes(scope))),
    connection: third ? google(world)?.is_domain_connection : google(world)?.enabledFor.has(id),
    notBoth: !third || !google(world)?.enabledFor.has(id),
  };
  const wrong = Object.entries(facts).flatMap(([name, right]) => (right ? [] : [name]));
  if (wrong.length > 0)
    throw new Error(`${id} is not promoted: ${wrong} ${JSON.stringify(client)}`);
}

/** Throws unless the client is as it was registered, and has nothing. */
function requireUntouched(world: World, before: Client): void {
  const now = JSON.stringify(world.state.clients.get(before.client_id));
  const gained =
    grantsOf(world, before.client_id).length > 0 || google(world)?.enabledFor.has(before.client_id);
  if (now !== JSON.stringify(before) || gained) throw new Error(`touched: ${now}`);
}

/** Throws when somebody's scope was taken away. */
function requireKept(before: ReadonlyMap<string, readonly string[]>, { state }: World): void {
  for (const [id, scope] of before) {
    const now = state.clientGrants.get(id)?.scope ?? [];
    if (!scope.every((each) => now.includes(each))) throw new Error(`narrowed: ${scope} -> ${now}`);
  }
}

const scopesOf = ({ state }: World) =>
  new Map([...state.clientGrants.values()].map(({ id, scope }) => [id, [...scope]]));

/** The stream sends what it still has, until all is taken. */
async function drain(world: World): Promise<void> {
  for (let tries = 0; world.outbox.length > 0; tries += 1) {
    if (tries > 3) throw new Error(`a delivery comes again and again: ${world.outbox.length}`);
    const records = world.outbox.splice(0);
    world.deliver(1, formats.lines(records), records);
    await world.settled();
  }
}

/** Lives through the steps, lets everything come to rest, and looks at what became of the clients. */
async function live(world: World, steps: readonly Step[]): Promise<void> {
  const { state, weather, eligible, others, unheard } = world;
  const administrators = [...state.clients.values()].map((each) => structuredClone(each));
  for (const { action, turns } of steps) {
    action[1](world);
    const before = scopesOf(world);
    await world.turns(turns);
    requireKept(before, world);
  }
  const before = scopesOf(world);
  Object.assign(weather, { outage: false, tooMany: 0, lost: 0, latency: 0 });
  await world.settled();
  await drain(world);
  const heard = [...eligible.values()].filter(({ client_id: id }) => !unheard.has(id));
  for (const client of heard) requirePromoted(world, client);
  world.sweep(0);
  await world.settled();
  requireKept(before, world);
  for (const client of eligible.values()) requirePromoted(world, client);
  for (const client of [...administrators, ...others.values()]) requireUntouched(world, client);
}

const lives = fc.array(step, { minLength: 10, maxLength: 80, size: 'max' });

for (const mode of ['strict', 'permissive'] as const) {
  t.test(
    `whatever happens in a ${mode} tenant, the eligible are promoted, and nobody else`,
    async (t) => {
      let registered = 0;
      const property = fc.asyncProperty(lives, async (steps) => {
        const world = createWorld(mode);
        await live(world, steps);
        registered += world.eligible.size + world.others.size;
      });
      const start = performance.now();
      await fc.assert(property, { numRuns, seed });
      const seconds = ((performance.now() - start) / 1000).toFixed(1);
      t.comment(`seed ${seed}: ${numRuns} runs, ${registered} clients, ${seconds} s`);
      t.ok(registered > numRuns);
    },
  );
}
