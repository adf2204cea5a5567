import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { interfere } from './interfere.ts';
import { createManagement } from './management/server.ts';
import { createOAuth } from './oauth/mount.ts';
import { seed } from './seed.ts';
import { emptyState, type LogStream, type SecurityMode, type State } from './state.ts';
import { startDelivery } from './stream/deliver.ts';
import { type Pace, usualPace } from './stream/post.ts';
import { createSwitchboard } from './switchboard.ts';

export interface TenantOptions {
  /** 0 (default) = any free one. */
  port?: number;
  /** What Dynamic Client Registration makes; default strict, as in new tenants. */
  mode?: SecurityMode;
  /** Identifier of the API to make; more can be added through the Management API. */
  audience: string;
  /** Its scopes. */
  scopes: string[];
  /** The machine-to-machine client the gateway uses. */
  management: { clientId: string; clientSecret: string };
  logStream?: {
    url: string;
    /** The Authorization header, sent exactly like this. */
    authorization: string;
    format?: LogStream['sink']['httpContentFormat'];
  };
  /** true (default): set up as the product's docs tell operators; false: as Auth0 creates a tenant. */
  prepared?: boolean;
  /** How patiently log records are delivered; what is left out is as usual. */
  pace?: Partial<Pace>;
}

export interface Tenant {
  /** `http://127.0.0.1:PORT` */
  origin: string;
  /** The origin and a slash. */
  issuer: string;
  /** `127.0.0.1:PORT` */
  domain: string;
  state: State;
  /** Resolves when every log record so far was delivered (2xx) or given up. */
  delivered: () => Promise<void>;
  /** Sends the last `count` log records again. */
  redeliver: (count: number) => void;
  /** Ends every connection, also those an outage keeps hanging. */
  close: () => Promise<void>;
}

/** Starts a pretend Auth0 tenant on loopback. Rejects when the port is taken. */
export async function startTenant(options: TenantOptions): Promise<Tenant> {
  const server = createServer();
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const domain = `127.0.0.1:${port}`;
  const origin = `http://${domain}`;

  const state = emptyState(options.mode);
  seed(state, origin, options);
  const delivery = startDelivery(state, { ...usualPace, ...options.pace });
  const switchboard = createSwitchboard(state, delivery);
  const management = createManagement(state, origin);
  const oauth = createOAuth(state, `${origin}/`);
  const closing = new AbortController();

  async function handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const path = String(req.url);
    // Never broken itself: it is what ends an outage.
    if (path.startsWith('/__tenant')) return switchboard(req, res);
    if (!(await interfere(state.faults, req, res, closing.signal))) return;
    if (path.startsWith('/api/v2/')) management(req, res);
    else (await oauth).handle(req, res);
  }
  // Before the first await: requests that come while the keys are made wait for them.
  server.on('request', handle);
  await oauth;

  return {
    origin,
    issuer: `${origin}/`,
    domain,
    state,
    delivered: delivery.delivered,
    redeliver: delivery.redeliver,
    close: async () => {
      closing.abort();
      await delivery.close();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
