import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { type Backend, startBackend } from '../backend/app.ts';
import { startTenant, type Tenant } from '../tenant/tenant.ts';
import { type GatewayProcess, type Line, startGatewayProcess } from './gateway-process.ts';
import { freePort } from './port.ts';

/** Everything that plays: the tenant, the tools, and the gateway between them. */
export interface Stage {
  readonly tenant: Tenant;
  readonly backend: Backend;
  /** The gateway's own origin. */
  readonly url: string;
  close(): Promise<void>;
}

export interface StageOptions {
  readonly entry: string;
  readonly onLine: (line: Line) => void;
  /** Ports to take if they are free; 0 = any. */
  readonly ports: { readonly gateway: number; readonly tenant: number; readonly backend: number };
}

const secret = (): string => randomBytes(24).toString('base64url');

/** Starts all three on loopback with fresh secrets and production settings. */
export async function setStage({ entry, onLine, ports }: StageOptions): Promise<Stage> {
  const [hmac, webhook, managed] = [secret(), secret(), secret()];
  const port = await freePort(ports.gateway);
  const url = `http://127.0.0.1:${port}`;
  const audience = `${url}/mcp`;
  const management = { clientId: 'gateway', clientSecret: managed };
  const tenant = await startTenant({
    port: await freePort(ports.tenant),
    audience,
    scopes: ['events:read', 'events:write'],
    management,
    logStream: { url: `${url}/auth0-log-webhook`, authorization: `Bearer ${webhook}` },
  });
  const backend = await startBackend({ port: await freePort(ports.backend), secrets: [hmac] });
  let gateway: GatewayProcess | undefined;
  const close = async (): Promise<void> => {
    await gateway?.stop();
    await tenant.close();
    await backend.close();
  };
  try {
    gateway = await startGatewayProcess({
      entry,
      onLine,
      env: {
        NODE_ENV: 'production',
        PORT: String(port),
        HOST: '127.0.0.1',
        PUBLIC_URL: url,
        OAUTH_ISSUER: tenant.issuer,
        OAUTH_AUDIENCE: audience,
        FUNCTIONS_BASE: backend.url,
        GATEWAY_HMAC_SECRET: hmac,
        TOOLS_FILE: fileURLToPath(new URL('../tools.json', import.meta.url)),
        MGMT_DOMAIN: tenant.origin,
        MGMT_CLIENT_ID: management.clientId,
        MGMT_CLIENT_SECRET: managed,
        LOG_WEBHOOK_SECRET: webhook,
      },
    });
  } catch (error) {
    await close();
    throw error;
  }
  return { tenant, backend, url, close };
}
