import { readFileSync } from 'node:fs';
import type { Test } from 'tap';
import { logIn } from '../../examples/tenant/oauth/login.ts';
import { startWorld, type World, type WorldOptions } from '../world.ts';
import type { Kind, OfficialClient } from './clients.ts';
import { createHost, type Host } from './host.ts';
import { type Relay, startRelay } from './relay.ts';
import { createWire, type Wire } from './wire.ts';

/** An official client before its first request, and everything it will meet. */
export interface SetOut extends World {
  readonly relay: Relay;
  readonly wire: Wire;
  readonly host: Host;
  readonly client: OfficialClient;
  /** Alice goes where the client sent her last, once its registration was told to the gateway. */
  logIn(): Promise<void>;
}

/** Who logs in; the tenant's seed gives her every scope. */
const alice = { username: 'alice@example.com', password: 'correct horse' };
export const aliceId = 'auth0|pretend-alice';

/** A world, and in it one official client that knows nothing but the gateway's URL. */
export async function setOut(t: Test, kind: Kind, options: WorldOptions = {}): Promise<SetOut> {
  const relay = await startRelay(t);
  const env = { FUNCTIONS_BASE: `${relay.url}/functions`, ...options.env };
  const world = await startWorld(t, { ...options, env });
  relay.behind = world.backend.url;
  const wire = createWire();
  const host = createHost();
  const client = kind.open(new URL(world.gateway.config.OAUTH_AUDIENCE), host, wire.fetch);
  t.teardown(() => client.close());
  return {
    ...world,
    relay,
    wire,
    host,
    client,
    logIn: async () => {
      await world.tenant.delivered();
      await client.finish(await logIn(host.last().href, alice));
    },
  };
}

/** The sample catalog without its public tools: nothing is to be had without a token. */
export function closedCatalog(t: Test): string {
  const { tools } = JSON.parse(readFileSync('examples/tools.json', 'utf8')) as {
    tools: { public: boolean }[];
  };
  const closed = tools.filter((tool) => !tool.public);
  return `${t.testdir({ 'tools.json': JSON.stringify({ tools: closed }) })}/tools.json`;
}
