import fc from 'fast-check';
import type { Client } from '../../../examples/tenant/state.ts';
import { audience, scopes, type World } from './world.ts';

const platform = 'https://chatgpt.com/connector_platform_oauth_redirect';
const callback = 'https://chatgpt.com/connector/oauth/aB3_x-9';
const local = 'http://localhost:6274/oauth/callback';
const evil = 'https://evil.example/callback';

type Kind = Partial<Client> & { redirects: readonly string[] };

const good: readonly Kind[] = [
  { redirects: [platform] },
  { redirects: [callback, platform] },
  { redirects: [local] },
  { redirects: [platform, local], token_endpoint_auth_method: 'client_secret_post' },
];

/** Each lacks one thing; all are called ChatGPT and come through the same log. */
const bad: readonly Kind[] = [
  { redirects: [evil] },
  { redirects: [platform, evil] },
  { redirects: [`${platform}/`] },
  { redirects: ['https://chatgpt.com@evil.example/connector_platform_oauth_redirect'] },
  { redirects: [platform], allowed_origins: ['https://evil.example'] },
  { redirects: [platform], allowed_logout_urls: [evil] },
  { redirects: [platform], initiate_login_uri: evil },
  { redirects: [platform], grant_types: ['authorization_code', 'password'] },
  { redirects: [platform], external_metadata_created_by: 'admin' },
  { redirects: [platform], external_metadata_type: 'cimd' },
  { redirects: [platform], is_first_party: true },
  { redirects: [platform], client_metadata: { gateway_pin: 'deny' } },
];

/** One thing that happens; all that is under way goes on meanwhile. */
export type Action = (world: World) => void;

const register = fc
  .oneof(
    { weight: 3, arbitrary: fc.constantFrom(...good).map((kind) => ({ kind, eligible: true })) },
    { weight: 2, arbitrary: fc.constantFrom(...bad).map((kind) => ({ kind, eligible: false })) },
  )
  .map(({ kind, eligible }): [string, Action] => [
    `register ${JSON.stringify(kind)}`,
    (world) => world.register(structuredClone(kind), eligible),
  ]);

/** The bodies a stream may send. */
export const formats = {
  lines: (records: readonly object[]) => records.map((each) => JSON.stringify(each)).join('\n'),
  array: (records: readonly object[]) => JSON.stringify(records),
  broken: (records: readonly object[]) => `{"cut\n${formats.lines(records)}\n\n[1`,
};

const delivery = fc
  .record({
    replica: fc.nat(1),
    count: fc.integer({ min: 1, max: 6 }),
    twice: fc.boolean(),
    backwards: fc.boolean(),
    kept: fc.boolean(),
    format: fc.constantFrom('lines', 'array', 'broken'),
  })
  .map((how): [string, Action] => [
    `deliver ${JSON.stringify(how)}`,
    (world) => {
      const records = world.outbox.slice(0, how.count);
      // Kept: the sender forgets that it has sent them, and will again.
      if (!how.kept) world.outbox.splice(0, how.count);
      const sent = how.twice ? [...records, ...records] : [...records];
      if (how.backwards) sent.reverse();
      world.deliver(how.replica, formats[how.format](sent), how.kept ? [] : records);
    },
  ]);

const lose = fc
  .integer({ min: 1, max: 3 })
  .map((count): [string, Action] => [`lose ${count} records`, (world) => world.lose(count)]);

const weather = fc
  .oneof(
    fc.record({ outage: fc.boolean() }),
    fc.record({ tooMany: fc.integer({ min: 1, max: 4 }) }),
    fc.record({ lost: fc.integer({ min: 1, max: 2 }) }),
    fc.record({ latency: fc.nat(3) }),
  )
  .map((change): [string, Action] => [
    `weather ${JSON.stringify(change)}`,
    (world) => void Object.assign(world.weather, change),
  ]);

const restart = fc
  .nat(1)
  .map((replica): [string, Action] => [
    `kill and start ${replica}`,
    (world) => world.restart(replica),
  ]);

const sweep = fc
  .nat(1)
  .map((replica): [string, Action] => [`sweep ${replica}`, (world) => world.sweep(replica)]);

const nthGrant = ({ state }: World, nth: number) => {
  const grants = [...state.clientGrants.values()].filter((each) => each.audience === audience);
  return grants[nth % Math.max(grants.length, 1)];
};

/** An administrator gives a complete grant one more scope; nobody may take it away again. */
const widen = fc.nat(9).map((nth): [string, Action] => [
  `widen ${nth}`,
  (world) => {
    const grant = nthGrant(world, nth);
    const complete = scopes.every((scope) => grant?.scope.includes(scope));
    if (grant && complete) grant.scope = [...scopes, 'events:more'];
  },
]);

/** The grant was made by somebody else, or the catalog has gained scopes since: a sweep mends it. */
const outgrow = fc.nat(9).map((nth): [string, Action] => [
  `outgrow ${nth}`,
  (world) => {
    const grant = nthGrant(world, nth);
    if (!grant) return;
    grant.scope = ['events:more'];
    world.unheard.add(String(grant.client_id));
  },
]);

export interface Step {
  readonly action: [name: string, act: Action];
  /** Turns of the event loop that pass before the next. */
  readonly turns: number;
}

export const step: fc.Arbitrary<Step> = fc.record({
  action: fc.oneof(
    { weight: 5, arbitrary: register },
    { weight: 5, arbitrary: delivery },
    { weight: 1, arbitrary: lose },
    { weight: 3, arbitrary: weather },
    { weight: 2, arbitrary: restart },
    { weight: 2, arbitrary: sweep },
    { weight: 1, arbitrary: widen },
    { weight: 1, arbitrary: outgrow },
  ),
  turns: fc.nat(12),
});
