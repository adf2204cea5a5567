import type { Test } from 'tap';
import { startBackend } from '../examples/backend/app.ts';
import type { SecurityMode } from '../examples/tenant/state.ts';
import { startTenant, type Tenant } from '../examples/tenant/tenant.ts';
import { bind, type Env, type Gateway, startGateway } from './gateway.ts';

export { type Env, type Gateway, startGateway };

/** Secrets of a world, long enough for production. */
export const secrets = {
  hmac: 'hmac-secret-of-the-tests-0123456789',
  webhook: 'webhook-secret-of-the-tests-0123456789',
  management: 'management-secret-of-the-tests-0123456789',
};

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
