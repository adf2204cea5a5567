import t from 'tap';
import { callFailure, type Operation } from '../../src/clients/failure.ts';
import { failed } from '../../src/clients/promote.ts';

type Row = [Operation, number | undefined, code: string, retry: boolean, fix: RegExp | undefined];

const rows: Row[] = [
  ['client', 404, 'client_http_404', false, undefined],
  ['client', 401, 'client_http_401', false, /MGMT_CLIENT_SECRET/],
  ['client_list', 403, 'client_list_http_403', false, /scope read:clients\./],
  ['token', 401, 'token_http_401', false, /MGMT_CLIENT_SECRET/],
  ['token', 403, 'token_http_403', false, /Authorize the application/],
  ['promote', 400, 'promote_http_400', false, /PROMOTION/],
  ['promote', 403, 'promote_http_403', false, /scope update:clients\./],
  ['conn_lookup', 403, 'conn_lookup_http_403', false, /scope read:connections\./],
  ['conn_domain', 403, 'conn_domain_http_403', false, /scope update:connections\./],
  ['conn_enable', 404, 'conn_enable_http_404', false, undefined],
  ['grant_lookup', 403, 'grant_lookup_http_403', false, /scope read:client_grants\./],
  ['grant', 400, 'grant_http_400', false, /scopes of the catalog/],
  ['grant', 403, 'grant_http_403', false, /create:client_grants and update:client_grants/],
  ['grant', 404, 'grant_http_404', false, /OAUTH_AUDIENCE/],
  ['grant', 409, 'grant_http_409', false, undefined],
  ['grant', 408, 'grant_http_408', true, undefined],
  ['grant', 429, 'grant_http_429', true, undefined],
  ['grant', 500, 'grant_http_500', true, undefined],
  ['grant', 503, 'grant_http_503', true, undefined],
  ['client', 200, 'client_http_200', true, undefined],
  ['client', undefined, 'client_unreachable', true, undefined],
];

for (const [operation, status, code, retry, fix] of rows) {
  t.test(code, async (t) => {
    const failure = callFailure(operation, status, 'said');
    t.equal(failure.code, code);
    t.equal(failure.retry, retry);
    t.equal(failure.message, 'said');
    if (fix) t.match(failure.fix, fix);
    else t.equal(failure.fix, undefined);
    t.match(failed(failure), { outcome: 'failed', code, retry, error_description: 'said' });
  });
}

t.test('an error that is none of ours is final', async (t) => {
  const internal = { outcome: 'failed', retry: false, code: 'internal' };
  t.strictSame(failed(new TypeError('a bug')), { ...internal, error_description: 'a bug' });
  t.strictSame(failed('text'), { ...internal, error_description: 'text' });
});
