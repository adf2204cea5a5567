import { addressOf, spawnGateway, type Teardown } from '../gateway-process.ts';
import { startIssuer } from '../issuer.ts';
import { startBackend } from './backend.ts';
import { startProxy } from './proxy.ts';

/** A server that the suite can talk to. */
export interface Stand {
  /** Of its MCP endpoint. */
  readonly url: string;
  /** Which fixtures were asked for since the last time somebody wanted to know. */
  taken(): ReadonlySet<string>;
}

/**
 * Issuer, backend, a gateway process and the proxy that signs the suite in, all on loopback. The
 * gateway is what a deployment runs: only limits a test client would meet are off.
 */
export async function setStand(t: Teardown): Promise<Stand> {
  const issuer = await startIssuer(t);
  const backend = await startBackend();
  t.teardown(() => backend.close());
  const proxy = await startProxy();
  t.teardown(() => proxy.close());
  const audience = `${proxy.url}/mcp`;
  const gateway = spawnGateway(t, {
    OAUTH_ISSUER: issuer.issuer,
    OAUTH_AUDIENCE: audience,
    FUNCTIONS_BASE: backend.url,
    GATEWAY_HMAC_SECRET: 'hmac-secret-of-the-suite-0123456789',
    TOOLS_FILE: 'test/conformance/catalog.json',
    // The suite sends its Origin as a page of the server itself would.
    APP_ORIGIN: proxy.url,
    PUBLIC_URL: proxy.url,
    RATE_LIMIT_PER_MINUTE: '0',
    MAX_EVENT_LOOP_DELAY: '0',
    HOST: '127.0.0.1',
    PORT: '0',
  });
  const ended = gateway.ended.then(({ code, stderr }) => {
    const said = gateway.lines.map((line) => JSON.stringify(line)).slice(-5);
    throw new Error(`the gateway ended with ${code}: ${[...said, stderr].join('\n')}`);
  });
  // At the end of the run it is ended, which is no error; one that ends before fails every scenario.
  ended.catch(() => {});
  const target = await Promise.race([addressOf(gateway), ended]);
  proxy.passTo(target, await issuer.token({ aud: audience, scope: 'conformance:run' }));
  return { url: audience, taken: backend.taken };
}
