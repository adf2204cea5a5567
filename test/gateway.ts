import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Test } from 'tap';
import { buildApp, type Parts } from '../src/app.ts';
import { type Config, loadConfig } from '../src/config.ts';
import { createLog } from '../src/observe/log.ts';
import { maxHeaderSize } from '../src/server.ts';
import { type Catalog, loadCatalog } from '../src/tools/catalog.ts';

export interface Gateway {
  readonly url: string;
  readonly config: Config;
  readonly catalog: Catalog;
  /** Every log line so far, parsed. */
  readonly lines: readonly Record<string, unknown>[];
  close(): Promise<void>;
}

export type Env = Readonly<Record<string, string>>;

export interface Bound {
  readonly server: Server;
  readonly url: string;
}

/** A server that listens already, so that its URL can be the audience of what it will serve. */
export async function bind(t: Test): Promise<Bound> {
  const server = createServer({ maxHeaderSize });
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
  // The event loop is the test's too: a busy machine is no reason to refuse calls.
  const usual = {
    TOOLS_FILE: 'examples/tools.json',
    LOG_LEVEL: 'trace',
    MAX_EVENT_LOOP_DELAY: '0',
  };
  const config = loadConfig({ ...usual, ...env });
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
