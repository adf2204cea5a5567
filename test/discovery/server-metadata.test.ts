import Fastify from 'fastify';
import t, { type Test } from 'tap';
import { loadConfig } from '../../src/config.ts';
import { serveServerMetadata } from '../../src/discovery/server-metadata.ts';
import { type Issuer, startIssuer } from '../issuer.ts';
import { parsed } from '../send.ts';
import { setStage } from '../stage.ts';

const names = ['oauth-authorization-server', 'openid-configuration'];
const path = '/.well-known/openid-configuration';

t.test("the tenant's documents are served as they are", async (t) => {
  const { issuer, send } = await setStage(t);
  for (const name of names) {
    const got = await send(`/.well-known/${name}`);
    t.equal(got.status, 200);
    t.equal(got.headers['cache-control'], 'public, max-age=300');
    t.same(parsed(got), issuer.documents.get(`/.well-known/${name}`));
  }
});

/** The mirror alone, its clock in the test's hand. */
async function mirror(t: Test): Promise<{
  issuer: Issuer;
  errors: unknown[];
  clock: { ms: number };
  get: () => Promise<{ status: number; json: Record<string, unknown> }>;
}> {
  const issuer = await startIssuer(t);
  const config = loadConfig({
    OAUTH_ISSUER: issuer.issuer,
    OAUTH_AUDIENCE: 'a',
    FUNCTIONS_BASE: 'http://127.0.0.1:9',
    TOOL_SCOPES_JSON: '{}',
  });
  const errors: unknown[] = [];
  const clock = { ms: 0 };
  const app = Fastify();
  app.register(
    serveServerMetadata(
      config,
      (error) => errors.push(error),
      () => clock.ms,
    ),
  );
  app.setErrorHandler((error, _request, reply) => {
    const { status, code } = Object(error) as { status: number; code: string };
    return reply.code(status).send({ code });
  });
  t.teardown(() => app.close());
  const get = async () => {
    const { statusCode: status, json } = await app.inject(path);
    return { status, json: json() };
  };
  return { issuer, errors, clock, get };
}

const reads = (issuer: Issuer): number => issuer.asked.filter((asked) => asked === path).length;
const settled = async (done: () => boolean): Promise<void> => {
  while (!done()) await new Promise(setImmediate);
};

t.test('one read serves five minutes and all who ask at once', async (t) => {
  const { issuer, clock, get } = await mirror(t);
  await Promise.all([get(), get(), get()]);
  clock.ms = 300_000;
  await get();
  t.equal(reads(issuer), 1);
  clock.ms = 300_001;
  issuer.documents.set(path, { issuer: issuer.issuer, changed: true });
  t.equal((await get()).json['changed'], undefined, 'the old copy answers at once');
  await settled(() => reads(issuer) === 2);
  while (!('changed' in (await get()).json)) await new Promise(setImmediate);
  t.equal(reads(issuer), 2, 'and the read beside it brought the new one');
});

t.test('while the tenant is down the stale copy is served, however old', async (t) => {
  const { issuer, errors, clock, get } = await mirror(t);
  await get();
  issuer.down = true;
  clock.ms = 3_600_000;
  t.match(await get(), { status: 200, json: { issuer: issuer.issuer } });
  await settled(() => errors.length === 1);
  t.equal((await get()).status, 200);
  await new Promise(setImmediate);
  t.equal(errors.length, 1, 'asked again after five minutes, not with each request');
  clock.ms = 7_200_000;
  await get();
  await settled(() => errors.length === 2);
});

t.test('without a copy it is 502, and heals with the tenant', async (t) => {
  const { issuer, errors, clock, get } = await mirror(t);
  issuer.down = true;
  t.match(await get(), { status: 502, json: { code: 'tenant_unreachable' } });
  issuer.down = false;
  const documents: Record<string, unknown> = {
    'of another issuer': { issuer: 'https://evil.example/' },
    'without its slash': { issuer: issuer.issuer.slice(0, -1) },
    'without an issuer': {},
    'no object': null,
    'not there': undefined,
  };
  for (const [name, document] of Object.entries(documents)) {
    issuer.documents.set(path, document);
    clock.ms += 1_001;
    t.match(await get(), { status: 502, json: { code: 'tenant_unreachable' } }, name);
  }
  t.equal(errors.length, 6, 'each was reported');
  issuer.documents.set(path, { issuer: issuer.issuer });
  await Promise.all(Array.from({ length: 20 }, get));
  t.equal(errors.length, 6, 'a flood costs the tenant one read a second');
  clock.ms += 1_001;
  t.equal((await get()).status, 200);
});

t.test('a failed read is logged without the document', async (t) => {
  const { issuer, gateway, send } = await setStage(t);
  issuer.documents.set(path, { issuer: 'https://evil.example/', secret: 'inside' });
  t.equal((await send(path)).status, 502);
  const line = gateway.lines.find(({ level }) => level === 'warn');
  t.match(line, { message: "the tenant's metadata could not be read" });
  t.match(JSON.stringify(line), 'calls itself https://evil.example/');
  t.notMatch(JSON.stringify(gateway.lines), 'inside');
});
