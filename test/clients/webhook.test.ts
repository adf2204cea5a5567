import { request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import Fastify from 'fastify';
import t, { type Test } from 'tap';
import { webhook } from '../../src/clients/webhook.ts';
import { createServer } from '../../src/server.ts';
import { type Json, registration, wrapped } from './records.ts';
import { google, type Rig, type RigOptions, rig, webhookSecret } from './rig.ts';

interface Posted {
  status: number;
  headers: Headers;
  body: Json;
}

interface Stage extends Rig {
  url: string;
  post(body: string, headers?: Record<string, string>): Promise<Posted>;
}

async function stage(
  t: Test,
  options: RigOptions & { deadline?: number; off?: boolean } = {},
): Promise<Stage> {
  const all = await rig(t, options);
  const app = await createServer(all.config, Fastify().log, () => {});
  app.register(webhook(all.config, options.off ? undefined : all.clients, options.deadline));
  await app.listen({ port: 0, host: '127.0.0.1' });
  t.teardown(() => app.close());
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}/auth0-log-webhook`;
  return {
    ...all,
    url,
    async post(body, headers = {}) {
      const answer = await fetch(url, {
        method: 'POST',
        headers: { authorization: `Bearer ${webhookSecret}`, ...headers },
        body,
      });
      const text = await answer.text();
      return { status: answer.status, headers: answer.headers, body: JSON.parse(text) };
    },
  };
}

const event = (clientId: string, shape = {}) => wrapped(registration({ clientId, ...shape }));
const lines = (...records: Json[]) => records.map((record) => JSON.stringify(record)).join('\n');

const nothing = {
  received: 0,
  recognised: 0,
  promoted: 0,
  already: 0,
  observed: 0,
  ignored: 0,
  refused: 0,
  failed: 0,
  pending: 0,
  broken: 0,
};

t.test('a delivery is worked through and answered with what became of it', async (t) => {
  const { post, register, counted } = await stage(t);
  const [one, two] = [await register(), await register({ redirect_uris: ['https://x.example/'] })];
  const body = lines(
    wrapped({ log_id: '1', type: 's' }),
    event(one.client_id),
    event(one.client_id, { logId: '2' }),
    event(two.client_id),
    event('gone'),
  );
  const answer = await post(`${body}\n{"broken`);
  t.equal(answer.status, 200);
  const tally = { ...nothing, received: 5, recognised: 3, broken: 1, refused: 1, failed: 1 };
  t.strictSame(answer.body, { ...tally, promoted: 1 });
  t.equal(counted[0], 'delivery 5 1');
  t.strictSame((await post(body)).body, { ...tally, broken: 0, already: 1 }, 'delivered again');
});

t.test('every format under every content type', async (t) => {
  const { post, register, url } = await stage(t);
  const types = ['application/json', 'text/plain', 'application/x-ndjson', 'nonsense', '; ;'];
  for (const type of types) {
    const [one, two] = [event((await register()).client_id), event((await register()).client_id)];
    const bodies = [lines(one, two), JSON.stringify([one, two]), JSON.stringify(one)];
    const answers = [];
    for (const body of bodies) answers.push(await post(body, { 'content-type': type }));
    t.match(
      answers,
      [
        { status: 200, body: { received: 2, promoted: 2 } },
        { status: 200, body: { received: 2, already: 2 } },
        { status: 200, body: { received: 1, already: 1 } },
      ],
      type,
    );
  }
  const untyped = await new Promise((resolve) => {
    const headers = { authorization: webhookSecret };
    httpRequest(url, { method: 'POST', headers }, (res) => {
      res.resume();
      resolve(res.statusCode);
    }).end('[{}]');
  });
  t.equal(untyped, 200, 'no content type');
  t.strictSame((await post('')).body, nothing, 'an empty body');
});

t.test('who has not the secret is refused before the body is read', async (t) => {
  const { url, counted } = await stage(t);
  const values = ['Bearer wrong', webhookSecret.slice(1), `Basic ${webhookSecret}`, ''];
  for (const authorization of values) {
    const answer = await fetch(url, { method: 'POST', headers: { authorization }, body: '[]' });
    t.equal(answer.status, 401, authorization);
    t.match(await answer.json(), { error: 'invalid_webhook_secret' });
  }
  t.equal((await fetch(url, { method: 'POST', body: '[]' })).status, 401, 'no header');
  const early = await new Promise((resolve) => {
    const headers = { 'content-length': 1000 };
    const request = httpRequest(url, { method: 'POST', headers }, (res) => {
      resolve(res.statusCode);
      request.destroy();
    });
    request.flushHeaders();
  });
  t.equal(early, 401, 'before a byte of the body came');
  t.strictSame(counted, []);
});

t.test('both secrets are good while they are rotated', async (t) => {
  const env = { LOG_WEBHOOK_SECRET: 'Bearer the new long secret,the old long secret' };
  const { post } = await stage(t, { env });
  const values = ['Bearer the new long secret', 'the new long secret', 'the old long secret'];
  for (const authorization of values) {
    t.equal((await post('[]', { authorization })).status, 200, authorization);
  }
});

t.test('a body may be 16 MiB long and no longer', async (t) => {
  const { post } = await stage(t);
  const size = 16 * 1024 * 1024;
  t.match(await post(' '.repeat(size)), { status: 200 });
  t.match(await post(' '.repeat(size + 1)), { status: 413, body: { error: 'body_too_large' } });
});

t.test("the caller's client, which the record names at its top, is not touched", async (t) => {
  const { post, register, management, tenant } = await stage(t, { mode: 'permissive' });
  const caller = await register();
  const before = structuredClone(caller);
  const created = await register();
  const shape = { caller: caller.client_id };
  await post(lines(event(created.client_id, shape)));
  t.ok(tenant.state.clients.get(created.client_id)?.is_first_party);
  t.strictSame(tenant.state.clients.get(caller.client_id), before);

  const administration = { description: 'Create a client', path: '/api/v2/clients' };
  const answer = await post(lines(event('x', { ...administration, caller: management.clientId })));
  t.match(answer.body, { received: 1, recognised: 0 });
});

t.test('an outage is answered with 503, and the next delivery heals', async (t) => {
  const { post, register, tenant } = await stage(t);
  const client = await register();
  const body = lines(event(client.client_id), event('gone'));
  tenant.state.faults.outage = {
    how: 'unavailable',
    prefix: `/api/v2/clients/${client.client_id}`,
  };
  const answer = await post(body);
  t.match(answer, { status: 503, body: { recognised: 2, failed: 1, pending: 1 } });
  t.match(answer.headers.get('retry-after'), /^\d+$/);
  tenant.state.faults.outage = { how: 'unavailable', prefix: '/api/v2/connections' };
  t.match(await post(body), { status: 503, body: { failed: 1, pending: 1 } });
  tenant.state.faults.outage = false;
  t.match(await post(body), { status: 200, body: { promoted: 1, failed: 1, pending: 0 } });
});

t.test('the rate limit of the smallest plan slows a delivery and does not lose it', async (t) => {
  const { post, register, tenant } = await stage(t, { patience: { longestPause: 100 } });
  const clients = await Promise.all(Array.from({ length: 5 }, () => register()));
  tenant.state.faults.rateLimitPerSecond = 20;
  const body = lines(...clients.map(({ client_id: id }) => event(id)));
  let answer = await post(body);
  for (let n = 0; n < 10 && answer.status === 503; n += 1) answer = await post(body);
  t.equal(answer.status, 200);
  t.ok(clients.every((client) => client.client_metadata?.['gateway_recipe'] === 'third-party'));
});

t.test('more than the limit can bear is 503 and not a failure', async (t) => {
  const { post, register, tenant } = await stage(t);
  const body = lines(event((await register()).client_id));
  tenant.state.faults.tooMany = 4;
  t.match(await post(body), { status: 503, body: { pending: 1, failed: 0 } });
  t.match(await post(body), { status: 200, body: { promoted: 1 } });
});

t.test('a scope that is missing is final: the log says which, and the delivery ends', async (t) => {
  const { post, register, withhold, lines: logged } = await stage(t, { mode: 'permissive' });
  withhold('read:connections');
  const client = await register();
  const answer = await post(lines(event(client.client_id)));
  t.match(answer, { status: 200, body: { failed: 1, pending: 0 } });
  t.match(logged, [
    {
      level: 'error',
      client_id: client.client_id,
      code: 'conn_lookup_http_403',
      fix: 'Give the Management API client the scope read:connections.',
    },
  ]);
});

t.test('the deadline answers, the work goes on', async (t) => {
  const { post, register, tenant, clients } = await stage(t, { deadline: 30 });
  const client = await register();
  tenant.state.faults.latencyMs = 60;
  const answer = await post(lines(event(client.client_id)));
  t.match(answer, { status: 503, body: { pending: 1 } });
  tenant.state.faults.latencyMs = 0;
  const event_ = { clientId: client.client_id, logId: undefined, name: undefined };
  await clients.fromEvent(event_, clients.lookups(false));
  t.match(await post(lines(event(client.client_id))), { status: 200, body: { already: 1 } });
  t.ok(google(tenant).is_domain_connection);
});

t.test('with promotion off there is no such route', async (t) => {
  const { post } = await stage(t, { off: true });
  t.match(await post('[]'), { status: 404, body: { error: 'not_found' } });
});
