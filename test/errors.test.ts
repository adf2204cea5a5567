import Fastify from 'fastify';
import t from 'tap';
import {
  type Code,
  challenge,
  invalidToken,
  Refusal,
  refusalBody,
  refusalHeaders,
  type TokenReason,
  tokenReasons,
  toRefusal,
} from '../src/errors.ts';

const statuses: Record<Code, number> = {
  missing_token: 401,
  invalid_token: 401,
  invalid_webhook_secret: 401,
  invalid_metrics_token: 401,
  insufficient_scope: 403,
  origin_not_allowed: 403,
  invalid_request: 400,
  invalid_input: 400,
  unknown_tool: 404,
  not_found: 404,
  method_not_allowed: 405,
  body_too_large: 413,
  unsupported_media_type: 415,
  too_many_requests: 429,
  internal: 500,
  tenant_unreachable: 502,
  upstream_failed: 502,
  keys_unavailable: 503,
  overloaded: 503,
  upstream_unavailable: 503,
  upstream_timeout: 504,
};
const codes = Object.keys(statuses) as Code[];
const reasons = Object.keys(tokenReasons) as TokenReason[];
const metadata = 'https://gateway.example.com/.well-known/oauth-protected-resource';

t.test('each code has its status and says something', async (t) => {
  for (const code of codes) {
    const refusal = new Refusal(code);
    t.equal(refusal.status, statuses[code], code);
    t.match(refusal.message, /^[A-Z].+\.$/, code);
    t.equal(refusal.name, 'Refusal');
  }
});

t.test('each reason of an invalid token has its own words', async (t) => {
  const cause = new Error('detail for the log');
  t.equal(new Set(Object.values(tokenReasons)).size, reasons.length);
  for (const reason of reasons) {
    const refusal = invalidToken(reason, cause);
    t.match(refusal, { code: 'invalid_token', status: 401, cause, message: tokenReasons[reason] });
    t.equal(refusal.detail.reason, reason);
  }
});

t.test('the reasons are those of the contract', async (t) => {
  t.same(reasons.sort(), [
    'ACCESS_TOKEN_IS_ENCRYPTED_JWE',
    'ACCESS_TOKEN_NOT_JWS',
    'bad_signature',
    'expired',
    'malformed',
    'no_subject',
    'not_yet_valid',
    'sender_constrained',
    'unknown_key',
    'unsupported_algorithm',
    'wrong_audience',
    'wrong_issuer',
    'wrong_organization',
  ]);
});

t.test('where no audience was requested the description says the fix', async (t) => {
  for (const reason of ['ACCESS_TOKEN_IS_ENCRYPTED_JWE', 'ACCESS_TOKEN_NOT_JWS'] as const) {
    t.match(tokenReasons[reason], /no audience was requested.*resource_parameter_profile/);
  }
});

t.test('the body: code, description, reason where there is one, request id', async (t) => {
  t.strictSame(refusalBody(new Refusal('unknown_tool'), 'req-1'), {
    error: 'unknown_tool',
    error_description: 'There is no tool of this name.',
    request_id: 'req-1',
  });
  t.strictSame(refusalBody(invalidToken('expired', new Error('secret detail')), 'req-2'), {
    error: 'invalid_token',
    error_description: 'The access token has expired.',
    reason: 'expired',
    request_id: 'req-2',
  });
});

t.test('more detail does not replace what a refusal says', async (t) => {
  const cause = new Error('first');
  const first = new Refusal('insufficient_scope', { scope: ['a'], description: 'Said.', cause });
  const second = first.with({ scope: ['b'], description: 'Other.', cause: 'other', retryAfter: 3 });
  t.match(second, { code: 'insufficient_scope', message: 'Said.', cause });
  t.same(second.detail, { scope: ['a'], description: 'Said.', cause, retryAfter: 3 });
  t.equal(first.detail.retryAfter, undefined, 'the first is as it was');
  const plain = new Refusal('missing_token').with({ scope: ['a'] });
  t.equal(plain.message, new Refusal('missing_token').message);
  t.same(plain.detail.scope, ['a']);
});

t.test('RFC 6750 §3.1: a missing token gets a challenge without an error', async (t) => {
  t.equal(
    challenge(new Refusal('missing_token', { scope: ['a:read', 'b'] }), metadata),
    `Bearer resource_metadata="${metadata}", scope="a:read b"`,
  );
  t.equal(
    challenge(new Refusal('missing_token', { scope: [] }), metadata),
    `Bearer resource_metadata="${metadata}"`,
  );
});

t.test('an invalid token and too little scope get one with an error', async (t) => {
  t.equal(
    challenge(invalidToken('expired'), metadata),
    `Bearer resource_metadata="${metadata}", error="invalid_token", error_description="The access token has expired."`,
  );
  t.equal(
    challenge(new Refusal('insufficient_scope', { scope: ['a', 'b'] }), metadata),
    `Bearer resource_metadata="${metadata}", error="insufficient_scope", error_description="The access token lacks a scope that this call needs.", scope="a b"`,
  );
});

t.test('no other refusal asks for a login', async (t) => {
  const asking = codes.filter((code) => challenge(new Refusal(code), metadata) !== undefined);
  t.same(asking.sort(), ['insufficient_scope', 'invalid_token', 'missing_token']);
});

t.test('RFC 6750 §3: descriptions in a challenge hold only characters it allows', async (t) => {
  const spoken = [new Refusal('insufficient_scope'), ...reasons.map((r) => invalidToken(r))];
  for (const { message } of spoken) t.match(message, /^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/);
});

t.test('headers: retry-after in whole seconds, at least one', async (t) => {
  const after = (retryAfter: number) =>
    refusalHeaders(new Refusal('too_many_requests', { retryAfter }))['retry-after'];
  t.same([0, 0.2, 1, 1.1, 30].map(after), ['1', '1', '1', '2', '30']);
  t.same(refusalHeaders(new Refusal('internal')), {});
  const headers = { allow: 'POST' };
  t.same(refusalHeaders(new Refusal('method_not_allowed', { headers })), headers);
});

t.test('thrown values become refusals', async (t) => {
  const ours = new Refusal('unknown_tool');
  t.equal(toRefusal(ours), ours);
  const odd = Object.assign(new Error(), { code: 'constructor' });
  const thrown = [new Error('connect 10.0.0.7 refused'), odd, 'text', undefined, null, 7, {}];
  for (const error of thrown) {
    const refusal = toRefusal(error);
    t.match(refusal, { code: 'internal', status: 500 });
    t.equal(refusal.cause, error, 'kept for the log');
    t.notMatch(JSON.stringify(refusalBody(refusal, 'req-1')), '10.0.0.7');
  }
  for (const [statusCode, code] of Object.entries({
    399: 'internal',
    400: 'invalid_request',
    499: 'invalid_request',
    500: 'internal',
  })) {
    t.equal(toRefusal(Object.assign(new Error(), { statusCode: Number(statusCode) })).code, code);
  }
});

t.test("the framework's own errors are told in our words", async (t) => {
  const app = Fastify({ bodyLimit: 10 });
  t.teardown(() => app.close());
  app.setErrorHandler((error, _request, reply) => {
    const refusal = toRefusal(error);
    return reply.code(refusal.status).headers(refusalHeaders(refusal)).send(refusal.code);
  });
  app.post('/', async () => 'served');
  const post = async (type: string, payload: string) => {
    const answer = await app.inject({
      method: 'POST',
      url: '/',
      headers: { 'content-type': type },
      payload,
    });
    return [answer.statusCode, answer.body];
  };
  t.same(await post('application/json', '{}'), [200, 'served']);
  t.same(await post('application/json', '{"a":"too much"}'), [413, 'body_too_large']);
  t.same(await post('text/xml', '<a/>'), [415, 'unsupported_media_type']);
  t.same(await post('application/json', '{'), [400, 'invalid_request']);
});
