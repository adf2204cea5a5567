// Proves the Dockerfile without a container engine: runs its very commands in empty
// folders, starts what they leave and asks it for its health. Needs the npm registry and about
// half a minute, so it is part of the gate and not of `npm test`:
//   node test/docs/dockerfile.gate.ts

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { startTenant } from '../../examples/tenant/tenant.ts';
import { buildStages } from './build-stages.ts';
import { readExec, textsOf } from './read-dockerfile.ts';

const patienceMs = 15_000;
/** The user `node` of the official images. */
const nodeUser = 1000;

const say = (text: string): void => void process.stdout.write(`dockerfile gate: ${text}\n`);

const folder = mkdtempSync(join(tmpdir(), 'dockerfile-gate-'));
chmodSync(folder, 0o755);
const path = [dirname(process.execPath), process.env['PATH']].join(delimiter);
const cache = join(folder, 'cache');
const env = { ...process.env, PATH: path, NODE_OPTIONS: undefined, npm_config_cache: cache };
/** As root, the gateway is started as the image would: as somebody who can write nothing. */
const user = process.getuid?.() === 0 ? { uid: nodeUser, gid: nodeUser } : {};

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function untilOk(url: string, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const answer = await fetch(url).catch(() => undefined);
  await answer?.arrayBuffer();
  if (answer?.ok) return;
  await new Promise((resolve) => setTimeout(resolve, 50));
  await untilOk(url, signal);
}

async function prove(): Promise<void> {
  const runtime = buildStages({ folder, env, say }).at(-1);
  assert.ok(runtime);
  const app = join(runtime.root, runtime.workdir);
  assert.deepEqual(readdirSync(app).sort(), [
    'dist',
    'node_modules',
    'package-lock.json',
    'package.json',
  ]);
  for (const name of ['node', 'tap', 'typescript', 'oidc-provider', '@biomejs']) {
    assert.ok(!existsSync(join(app, 'node_modules', name)), `${name} is in the image`);
  }
  await start(app, runtime.env, runtime.stage);
}

async function start(
  cwd: string,
  ENV: Record<string, string>,
  stage: Parameters<typeof textsOf>[0],
): Promise<void> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const tenant = await startTenant({
    audience: `${url}/mcp`,
    scopes: ['events:read'],
    management: { clientId: 'm2m', clientSecret: 'secret-of-the-gate-0123456789' },
  });
  // Nothing of this shell: only what a platform would set.
  const settings = {
    ...ENV,
    PATH: path,
    PORT: String(port),
    HOST: '127.0.0.1',
    OAUTH_ISSUER: tenant.issuer,
    OAUTH_AUDIENCE: `${url}/mcp`,
    PUBLIC_URL: url,
    FUNCTIONS_BASE: 'http://127.0.0.1:9',
    GATEWAY_HMAC_SECRET: 'hmac-secret-of-the-gate-0123456789',
    TOOL_SCOPES_JSON: '{"listEvents":["events:read"]}',
  };
  const [node = '', ...main] = readExec(textsOf(stage, 'CMD').join());
  const [asker = '', ...question] = readExec(textsOf(stage, 'HEALTHCHECK').join());
  const healthy = (): number | null => spawnSync(asker, question, { cwd, env: settings }).status;

  say(`start: ${[node, ...main].join(' ')}`);
  const gateway = spawn(node, main, { cwd, env: settings, stdio: 'inherit', ...user });
  const exited = once(gateway, 'exit');
  try {
    const signal = AbortSignal.timeout(patienceMs);
    const died = exited.then(([code]) => assert.fail(`the gateway stopped with ${code}`));
    // After SIGTERM it is meant to.
    died.catch(() => {});
    await Promise.race([untilOk(`${url}/health/live`, signal), died]);
    await Promise.race([untilOk(`${url}/health/ready`, signal), died]);
    assert.equal(healthy(), 0, 'HEALTHCHECK of a live gateway');
    gateway.kill('SIGTERM');
    assert.deepEqual(await exited, [0, null], 'exit after SIGTERM');
    assert.equal(healthy(), 1, 'HEALTHCHECK of a stopped gateway');
  } finally {
    gateway.kill('SIGKILL');
    await tenant.close();
  }
}

try {
  await prove();
  say('passed');
} finally {
  rmSync(folder, { recursive: true, force: true });
}
