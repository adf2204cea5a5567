import t from 'tap';
import { loadConfig } from '../src/config.ts';
import { type Env, least, problemsOf } from './fixtures/env.ts';

const load = (env: Env) => loadConfig({ ...least, ...env });
const token = 'backend-token-0123456789';

t.test('BACKEND_AUTH: nothing unless said', async (t) => {
  const none = { BACKEND_AUTH: 'none', BACKEND_TOKEN: undefined, BACKEND_AUDIENCE: undefined };
  t.match(load({}), none);
  const google = { BACKEND_AUTH: 'google-id-token', BACKEND_AUDIENCE: 'https://a.example' };
  t.match(load(google), google);
  t.match(load({ BACKEND_AUTH: 'google-id-token' }), { BACKEND_AUDIENCE: undefined });
  const bearer = { BACKEND_AUTH: 'bearer', BACKEND_TOKEN: token };
  t.match(load(bearer), bearer);
});

t.test('a token that is needed, and one that is good for nothing', async (t) => {
  const name = 'BACKEND_TOKEN';
  t.same(problemsOf({ BACKEND_AUTH: 'bearer' }), [
    { name, problem: 'is not set', fix: 'Set the token the backend wants (BACKEND_AUTH=bearer)' },
  ]);
  for (const BACKEND_AUTH of ['none', 'google-id-token']) {
    t.same(problemsOf({ BACKEND_AUTH, BACKEND_TOKEN: token }), [
      {
        name,
        problem: `is set, but BACKEND_AUTH is ${BACKEND_AUTH}`,
        fix: 'Unset it, or set BACKEND_AUTH=bearer',
      },
    ]);
  }
});

t.test('an audience is good for Google alone', async (t) => {
  const audience = { BACKEND_AUDIENCE: 'https://a.example' };
  const name = 'BACKEND_AUDIENCE';
  const fix = 'Unset it, or set BACKEND_AUTH=google-id-token';
  const bearer = { BACKEND_AUTH: 'bearer', BACKEND_TOKEN: token };
  for (const env of [{}, bearer]) t.match(problemsOf({ ...env, ...audience }), [{ name, fix }]);
});

t.test('a wrong BACKEND_AUTH is one problem, not three', async (t) => {
  const env = { BACKEND_AUTH: 'basic', BACKEND_TOKEN: token, BACKEND_AUDIENCE: 'a' };
  t.match(problemsOf(env), [{ name: 'BACKEND_AUTH', problem: /^is none of none, / }]);
  t.equal(problemsOf(env).length, 1);
});

t.test('a token that cannot stand in a header, or that anyone could guess', async (t) => {
  const of = (BACKEND_TOKEN: string) => problemsOf({ BACKEND_AUTH: 'bearer', BACKEND_TOKEN });
  for (const bad of ['Bearer backend-token-0123456789', `${token}\r\nx: y`, `${token}ä`, 'a=b='])
    t.match(of(bad), [{ name: 'BACKEND_TOKEN', problem: 'is not a bearer token' }], bad);
  t.match(of('short'), [{ name: 'BACKEND_TOKEN', problem: 'is shorter than 16 characters' }]);
  t.match(of('replace-with-random'), [{ problem: 'still holds a sample value' }]);
});
