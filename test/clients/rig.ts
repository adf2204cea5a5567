import { randomUUID } from 'node:crypto';
import { Writable } from 'node:stream';
import type { Test } from 'tap';
import type { Client, ClientGrant, SecurityMode } from '../../examples/tenant/state.ts';
import { startTenant, type Tenant } from '../../examples/tenant/tenant.ts';
import { createAuth0 } from '../../src/clients/auth0.ts';
import type { ManagementApi } from '../../src/clients/management.ts';
import type { ClientMetrics, Log } from '../../src/clients/record.ts';
import type { Patience } from '../../src/clients/tenant-fetch.ts';
import { type Clients, createWork } from '../../src/clients/work.ts';
import { type Config, loadConfig, type Management } from '../../src/config.ts';
import { createLog } from '../../src/observe/log.ts';
import type { Json } from './records.ts';

export const platform = 'https://chatgpt.com/connector_platform_oauth_redirect';
export const audience = 'https://gateway.test/mcp';
export const scopes = ['events:read', 'events:write'];
export const webhookSecret = 'the secret of the log stream';
const machine = { clientId: 'gateway_machine', clientSecret: 'a secret of the pretend tenant' };

/** Quick enough for tests; the pauses are as many as in production. */
export const quick: Patience = { timeout: 20_000, longestPause: 10, pauses: 3 };

export interface Rig {
  readonly tenant: Tenant;
  readonly config: Config;
  readonly management: Management;
  readonly api: ManagementApi;
  readonly log: Log;
  /** What was logged. */
  readonly lines: Json[];
  /** What was counted: `verdict outcome`, `delivery 2 0`, `sweep 1`. */
  readonly counted: string[];
  readonly metrics: ClientMetrics;
  readonly clients: Clients;
  /** Registers as ChatGPT does; fields can be others. Returns the tenant's client. */
  register(fields?: Json): Promise<Client>;
  grantsOf(clientId: string): ClientGrant[];
  /** Takes a scope away from the gateway's machine client. */
  withhold(scope: string): void;
}

export interface RigOptions {
  mode?: SecurityMode;
  env?: Record<string, string>;
  patience?: Partial<Patience>;
  now?: () => number;
  /** Puts something between the work and the tenant. */
  through?: (api: ManagementApi) => ManagementApi;
}

/** A pretend tenant and the work on its clients, torn down with the test. */
export async function rig(t: Test, options: RigOptions = {}): Promise<Rig> {
  const tenant = await startTenant({
    mode: options.mode ?? 'strict',
    audience,
    scopes: [...scopes, 'events:more'],
    management: machine,
    pace: { backoff: 5, longestRetryAfter: 5, later: 5 },
  });
  t.teardown(() => tenant.close());
  const config = loadConfig({
    OAUTH_ISSUER: tenant.issuer,
    OAUTH_AUDIENCE: audience,
    FUNCTIONS_BASE: 'http://127.0.0.1:1',
    TOOL_SCOPES_JSON: '{}',
    MGMT_DOMAIN: tenant.origin,
    MGMT_CLIENT_ID: machine.clientId,
    MGMT_CLIENT_SECRET: machine.clientSecret,
    LOG_WEBHOOK_SECRET: webhookSecret,
    ...options.env,
  });
  const { management } = config;
  if (!management) throw new Error('promotion is on in every test');

  const lines: Json[] = [];
  const counted: string[] = [];
  const sink = new Writable({
    write(chunk, _encoding, done) {
      lines.push(JSON.parse(String(chunk)));
      done();
    },
  });
  const log = createLog('debug', sink);
  const metrics = {
    clientOutcome: (verdict: string, outcome: string) => counted.push(`${verdict} ${outcome}`),
    delivery: (records: number, broken: number) => counted.push(`delivery ${records} ${broken}`),
    sweep: (found: number) => counted.push(`sweep ${found}`),
  };
  const now = options.now ?? Date.now;
  const api = createAuth0(management, { ...quick, ...options.patience }, now);
  const through = options.through ?? ((same) => same);
  const clients = createWork(through(api), { config, catalog: { scopes }, log, metrics, now });

  const { state } = tenant;
  return {
    tenant,
    config,
    management,
    api,
    log,
    lines,
    counted,
    metrics,
    clients,
    async register(fields = {}) {
      const answer = await fetch(`${tenant.origin}/oidc/register`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          client_name: 'ChatGPT',
          redirect_uris: [platform],
          grant_types: ['authorization_code', 'refresh_token'],
          token_endpoint_auth_method: 'none',
          ...fields,
        }),
      });
      const { client_id: id } = (await answer.json()) as { client_id: string };
      const client = state.clients.get(id);
      if (!client) throw new Error(`not registered: ${answer.status}`);
      return client;
    },
    grantsOf: (clientId) =>
      [...state.clientGrants.values()].filter((grant) => grant.client_id === clientId),
    withhold(scope) {
      for (const grant of state.clientGrants.values()) {
        if (grant.client_id !== machine.clientId) continue;
        grant.scope = grant.scope.filter((each) => each !== scope);
      }
    },
  };
}

export const eventOf = ({ client_id: clientId, name }: Client) => ({
  clientId,
  name,
  logId: randomUUID(),
});

/** The connection the gateway enables when nothing else is set. */
export function google({ state }: Tenant) {
  const found = [...state.connections.values()].find(({ name }) => name === 'google-oauth2');
  if (!found) throw new Error('the tenant has no google-oauth2');
  return found;
}
