import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import t from 'tap';
import type { RehearsalOptions } from '../../examples/rehearsal/options.ts';
import { rehearse } from '../../examples/rehearsal/rehearse.ts';
import type { StepId } from '../../examples/rehearsal/step.ts';
import { startWorld, type World, type WorldOptions } from '../world.ts';

interface Case {
  readonly when: string;
  readonly world?: WorldOptions;
  /** What is broken after the start. */
  readonly broken?: (world: World) => unknown;
  readonly options?: Partial<RehearsalOptions>;
  /** Where it must end, and with which words. */
  readonly at: StepId;
  readonly came: RegExp;
  readonly fix: RegExp;
}

const cases: Case[] = [
  {
    when: 'Dynamic Client Registration is off',
    world: { prepared: false },
    at: 'server-metadata',
    came: /does not support dynamic client registration/,
    fix: /enable_dynamic_client_registration/,
  },
  {
    when: 'Dynamic Client Registration fails',
    broken: ({ tenant }) => {
      tenant.state.faults.outage = { how: 'unavailable', prefix: '/oidc/register' };
    },
    at: 'register',
    came: /HTTP 503/,
    fix: /the body/i,
  },
  {
    when: 'the secret of the webhook is wrong',
    world: { webhookSecret: 'another-secret-0123456789' },
    at: 'promotion',
    came: /^unauthorized_client/,
    fix: /LOG_WEBHOOK_SECRET must equal the Authorization value of the log stream/,
  },
  {
    when: 'promotion is off',
    world: { env: { MGMT_DOMAIN: '', MGMT_CLIENT_ID: '', MGMT_CLIENT_SECRET: '' } },
    at: 'promotion',
    came: /^unauthorized_client/,
    fix: /^Promotion is off at this gateway/,
  },
  {
    when: 'the login connection does not exist',
    world: { mode: 'permissive', env: { LOGIN_CONNECTIONS: 'nowhere' } },
    at: 'promotion',
    came: /no connections enabled/,
    fix: /LOGIN_CONNECTIONS/,
  },
  {
    when: 'the gateway may not make client grants',
    broken: ({ tenant }) => {
      for (const grant of tenant.state.clientGrants.values()) {
        grant.scope = grant.scope.filter((scope) => scope !== 'create:client_grants');
      }
    },
    at: 'promotion',
    came: /^unauthorized_client/,
    fix: /client grant/,
  },
  {
    when: 'the tenant ignores the resource',
    broken: ({ tenant }) => {
      tenant.state.settings.resource_parameter_profile = 'audience';
    },
    at: 'token',
    came: /JWE/,
    fix: /resource_parameter_profile/,
  },
  {
    when: 'the audience of the gateway is not its URL',
    world: { env: { OAUTH_AUDIENCE: 'https://api.example.com' } },
    at: 'resource-metadata',
    came: /^https:\/\/api\.example\.com$/,
    fix: /OAUTH_AUDIENCE/,
  },
  {
    when: 'the person has no role',
    options: { user: 'bob@example.com' },
    at: 'token',
    came: /scope none|scope offline_access/,
    fix: /RBAC drops scopes silently: give the person a role with the permission events:read/,
  },
  {
    when: 'the person may read but not write',
    broken: ({ tenant, gateway }) => {
      for (const person of tenant.state.people.values()) {
        person.permissions = { [gateway.config.OAUTH_AUDIENCE]: ['events:read'] };
      }
    },
    at: 'step-up',
    came: /^scope events:read/,
    fix: /permission events:write/,
  },
  {
    when: 'the password is wrong',
    options: { password: 'wrong' },
    at: 'login',
    came: /invalid_user_password/,
    fix: /--password/,
  },
  {
    when: 'the backend is down',
    broken: ({ backend }) => backend.close(),
    at: 'read',
    came: /backend/,
    fix: /backend runs, FUNCTIONS_BASE/,
  },
];

for (const { when, world: options, broken, options: played, at, came, fix } of cases) {
  t.test(`${when}: the rehearsal stops at ${at} and says why`, async (t) => {
    const world = await startWorld(t, options);
    await broken?.(world);
    const { ok, steps } = await rehearse(world.gateway.url, { timeout: 1, ...played });
    t.equal(ok, false);
    t.match(steps.at(-1), { id: at, outcome: 'failed', came, fix });
  });
}

t.test('nothing answers: the rehearsal stops at challenge and says why', async (t) => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  const { ok, steps } = await rehearse(`http://127.0.0.1:${port}/mcp`);
  t.equal(ok, false);
  t.match(steps, [{ id: 'challenge', came: /ECONNREFUSED/, fix: /Check that it runs/ }]);
});
