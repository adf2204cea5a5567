import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Test } from 'tap';
import { startBackend } from '../examples/backend/app.ts';
import type { SecurityMode } from '../examples/tenant/state.ts';
import { startTenant, type Tenant } from '../examples/tenant/tenant.ts';
import { buildApp, type Parts } from '../src/app.ts';
import { type Config, loadConfig } from '../src/config.ts';
import { createLog } from '../src/observe/log.ts';
import { type Catalog, loadCatalog } from '../src/tools/catalog.ts';

/** Secrets of a world, long enough for production. */
export const secrets = {
  hmac: 'hmac-secret-of-the-tests-0123456789',
  webhook: 'webhook-secret-of-the-tests-0123456789',
  management: 'management-secret-of-the-tests-0123456789',
};

export interface Gateway {
  readonly url: string;
  readonly config: Config;
  readonly catalog: Catalog;
  /** Every log line so far, parsed. */
  readonly lines: readonly Record<string, unknown>[];
  close(): Promise<void>;
}

export type Env = Readonly<Record<string, string>>;

interface Bound {
  readonly server: Server;
  readonly url: string;
}

/** A server that listens already, so that its URL can be the audience of what it will serve. */
async function bind(t: Test): Promise<Bound> {
  const server = createServer();
  t.teardown(() => {
    server.close();
    server.closeAllConnections();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** A real gateway with the settings of `env`, on a server of its own; gone with the test. */
export async function startGateway(
  t: Test,
  env: Env,
  { bound, ...parts }: Partial<Parts> & { bound?: Bound } = {},
): Promise<Gateway> {
  const { server, url } = bound ?? (await bind(t));
  const config = loadConfig({ TOOLS_FILE: 'examples/tools.json', LOG_LEVEL: 'trace', ...env });
  const catalog = parts.catalog ?? loadCatalog(config);
  const lines: Record<string, unknown>[] = [];
  const log = createLog(config.LOG_LEVEL, { write: (line) => void lines.push(JSON.parse(line)) });
  const serverFactory: Parts['serverFactory'] = (handler) => server.on('request', handler);
  const app = await buildApp(config, { log, serverFactory, ...parts, catalog });
  await app.ready();
  const close = (): Promise<void> => app.close();
  t.teardown(close);
  return { url, config, catalog, lines, close };
}

export interface WorldOptions {
  readonly mode?: SecurityMode;
  readonly prepared?: boolean;
  readonly env?: Env;
  readonly webhookSecret?: string;
}

export interface World {
  readonly tenant: Tenant;
  readonly backend: Awaited<ReturnType<typeof startBackend>>;
  readonly gateway: Gateway;
}

const scopes = ['events:read', 'events:write'];

/** Tenant, backend and gateway on loopback, wired as the README says; gone with the test. */
export async function startWorld(t: Test, options: WorldOptions = {}): Promise<World> {
  const { mode = 'strict', prepared = true, env = {}, webhookSecret = secrets.webhook } = options;
  const bound = await bind(t);
  const backend = await startBackend({ secrets: [secrets.hmac] });
  t.teardown(() => backend.close());
  const management = { clientId: 'gateway-m2m', clientSecret: secrets.management };
  const audience = `${bound.url}/mcp`;
  const logStream = {
    url: `${bound.url}/auth0-log-webhook`,
    authorization: `Bearer ${webhookSecret}`,
  };
  const tenant = await startTenant({ mode, audience, scopes, management, logStream, prepared });
  t.teardown(() => tenant.close());
  const gateway = await startGateway(
    t,
    {
      OAUTH_ISSUER: tenant.issuer,
      OAUTH_AUDIENCE: audience,
      FUNCTIONS_BASE: backend.url,
      GATEWAY_HMAC_SECRET: secrets.hmac,
      MGMT_DOMAIN: tenant.origin,
      MGMT_CLIENT_ID: management.clientId,
      MGMT_CLIENT_SECRET: management.clientSecret,
      LOG_WEBHOOK_SECRET: secrets.webhook,
      SWEEP_INTERVAL: '0',
      ...env,
    },
    { bound },
  );
  return { tenant, backend, gateway };
}
