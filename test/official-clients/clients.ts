import {
  Client,
  StreamableHTTPClientTransport,
  type VersionNegotiationMode,
} from '@modelcontextprotocol/client';
import { Client as FirstClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as FirstTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Host } from './host.ts';
import type { Fetch } from './wire.ts';

/** An official client, whatever its package and era, as far as the tests use it. */
export interface OfficialClient {
  /** Each time over a new transport, as both packages want it after a login. */
  connect(): Promise<void>;
  /** Redeems what the tenant sent the browser back with. */
  finish(back: URL): Promise<void>;
  tools(): Promise<string[]>;
  call(name: string, input?: Record<string, unknown>): Promise<object>;
  close(): Promise<void>;
}

export interface Kind {
  readonly name: string;
  /** The revision of the protocol it agrees on with the gateway. */
  readonly speaks: '2025-11-25' | '2026-07-28';
  /** Asks for `offline_access` of its own accord, and so is given a refresh token. */
  readonly refreshes: boolean;
  readonly open: (url: URL, host: Host, fetch: Fetch) => OfficialClient;
}

const info = { name: 'official client', version: '1.0.0' };

const second =
  (mode: VersionNegotiationMode): Kind['open'] =>
  (url, { provider }, fetch) => {
    const start = () => ({
      client: new Client(info, { versionNegotiation: { mode } }),
      transport: new StreamableHTTPClientTransport(url, { fetch, authProvider: provider }),
    });
    let now = start();
    return {
      connect: () => {
        now = start();
        return now.client.connect(now.transport);
      },
      finish: (back) => now.transport.finishAuth(back.searchParams),
      tools: async () => (await now.client.listTools()).tools.map(({ name }) => name),
      call: (name, input = {}) => now.client.callTool({ name, arguments: input }),
      close: () => now.client.close(),
    };
  };

const first: Kind['open'] = (url, { provider }, fetch) => {
  const start = () => ({
    client: new FirstClient(info),
    transport: new FirstTransport(url, { fetch, authProvider: provider }),
  });
  let now = start();
  return {
    connect: () => {
      now = start();
      return now.client.connect(now.transport);
    },
    finish: (back) => now.transport.finishAuth(String(back.searchParams.get('code'))),
    tools: async () => (await now.client.listTools()).tools.map(({ name }) => name),
    call: (name, input = {}) => now.client.callTool({ name, arguments: input }),
    close: () => now.client.close(),
  };
};

/** `@modelcontextprotocol/client` 2.x in every mode, and `@modelcontextprotocol/sdk` 1.x. */
export const kinds: readonly Kind[] = [
  {
    name: 'client 2.x (legacy)',
    speaks: '2025-11-25',
    refreshes: true,
    open: second('legacy'),
  },
  {
    name: 'client 2.x (auto)',
    speaks: '2026-07-28',
    refreshes: true,
    open: second('auto'),
  },
  {
    name: 'client 2.x (pinned)',
    speaks: '2026-07-28',
    refreshes: true,
    open: second({ pin: '2026-07-28' }),
  },
  {
    name: 'sdk 1.x',
    speaks: '2025-11-25',
    refreshes: false,
    open: first,
  },
];
