import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import t, { type Test } from 'tap';
import type { SecurityMode } from '../../examples/tenant/state.ts';
import { startTenant, type Tenant } from '../../examples/tenant/tenant.ts';
import { secrets, startGateway } from '../world.ts';
import { type Block, readBlocks } from './read-blocks.ts';
import { runShell } from './run-shell.ts';
import { signIn } from './sign-in.ts';

const page = 'docs/auth0-setup.md';
const blocks = readBlocks(page);
const requests = blocks.filter(({ text }) => text.startsWith('curl'));
const scopes = ['events:read', 'events:write'];

/** The scopes the page asks for, so that the test shows they suffice. */
function operatorScopes(): string {
  const [, list = ''] = /It needs\n`([^`]+)`/.exec(blocks[0]?.after ?? '') ?? [];
  return list.replace(/\s+/g, ' ');
}

async function operatorToken(tenant: Tenant): Promise<string> {
  const answer = await fetch(`${tenant.issuer}oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: 'operator',
      client_secret: secrets.management,
      audience: `${tenant.origin}/api/v2/`,
      scope: operatorScopes(),
    }),
  });
  const { access_token } = (await answer.json()) as { access_token: string };
  return access_token;
}

/** "Keep: `id` as `CONNECTION_ID`": takes it from the printed answer. */
function keep(block: Block, printed: string, variables: Record<string, string>): void {
  const [answer] = [JSON.parse(printed)].flat();
  const [, line = ''] = /^Keep: (.+)$/m.exec(block.after) ?? [];
  for (const [, field = '', name = ''] of line.matchAll(/`(\w+)` as `(\w+)`/g)) {
    variables[name] = answer[field];
  }
}

const isFor = ({ heading }: Block, mode: SecurityMode): boolean =>
  !/Strict:|Permissive:/.test(heading) || heading.toLowerCase().includes(mode);

async function walk(t: Test, mode: SecurityMode): Promise<void> {
  // Until the gateway is deployed nothing answers there but its platform.
  const nobody: RequestListener = (_request, response) => void response.writeHead(404).end();
  const server = createServer(nobody).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const tenant = await startTenant({
    mode,
    audience: 'https://another-api.example',
    scopes,
    management: { clientId: 'operator', clientSecret: secrets.management },
    prepared: false,
    pace: { backoff: 10, later: 20 },
  });
  t.teardown(() => tenant.close());
  const variables: Record<string, string> = {
    AUTH0: tenant.origin,
    GATEWAY: url,
    CONNECTION: 'google-oauth2',
    LOG_WEBHOOK_SECRET: secrets.webhook,
    MGMT_TOKEN: await operatorToken(tenant),
  };
  const deploy = async (): Promise<void> => {
    server.off('request', nobody);
    const { MGMT_CLIENT_ID = '', MGMT_CLIENT_SECRET = '' } = variables;
    await startGateway(
      t,
      {
        OAUTH_ISSUER: tenant.issuer,
        PUBLIC_URL: url,
        OAUTH_AUDIENCE: `${url}/mcp`,
        FUNCTIONS_BASE: 'http://127.0.0.1:9',
        MGMT_DOMAIN: tenant.origin,
        MGMT_CLIENT_ID,
        MGMT_CLIENT_SECRET,
        LOG_WEBHOOK_SECRET: secrets.webhook,
        LOGIN_CONNECTIONS: String(variables['CONNECTION']),
        SWEEP_INTERVAL: '0',
      },
      { bound: { server, url } },
    );
  };
  for (const block of requests.filter((each) => isFor(each, mode))) {
    if (block.heading.startsWith('7.')) await deploy();
    keep(block, await runShell(block.text, variables), variables);
  }
  // The role, which the page leaves to the dashboard.
  for (const { permissions } of tenant.state.people.values()) permissions[`${url}/mcp`] = scopes;

  const token = await signIn(tenant, `${url}/mcp`, scopes.join(' '));
  const me = await fetch(`${url}/auth/me`, { headers: { authorization: `Bearer ${token}` } });
  t.equal(me.status, 200);
  t.match(await me.json(), { scopes });
}

t.test('a strict tenant set up as the page says lets a person in', async (t) => walk(t, 'strict'));

t.test('a permissive tenant set up as the page says lets a person in', async (t) =>
  walk(t, 'permissive'),
);

t.test('registration is opened last', async (t) => {
  const last = requests.at(-1);
  t.match(last?.text, /enable_dynamic_client_registration/);
  const before = requests.slice(0, -1).map(({ text }) => text);
  t.notMatch(before.join(), /enable_dynamic_client_registration/);
});
