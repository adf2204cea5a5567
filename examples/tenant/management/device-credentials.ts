import { z } from 'zod';
import { findClient } from '../oauth/access.ts';
import type { Kept, State } from '../state.ts';
import { answerList, paging } from './page.ts';
import { readQuery } from './read.ts';
import type { Answer, Call, Route } from './route.ts';

const listQuery = z.strictObject({
  ...paging,
  user_id: z.string().optional(),
  client_id: z.string().optional(),
  type: z.enum(['public_key', 'refresh_token', 'rotating_refresh_token']).optional(),
});

/** A living refresh token in Auth0's form. All tokens of this tenant rotate. */
function shown(state: State, [id, token]: [string, Kept], now: number): object[] {
  const living = token.consumed === undefined && Number(token.exp) > now;
  if (!id.startsWith('RefreshToken:') || !living) return [];
  return [
    {
      id: id.slice('RefreshToken:'.length),
      type: 'rotating_refresh_token',
      client_id: findClient(state, String(token.clientId))?.client_id,
      user_id: token.accountId,
    },
  ];
}

/** Without a `type` the rotating ones are left out, as Auth0 documents. */
function list({ state, query }: Call): Answer {
  const { user_id, client_id, type, ...form } = readQuery(listQuery, query);
  const wanted = Object.entries({ user_id, client_id, type: type ?? 'refresh_token' });
  const fits = (token: object) =>
    wanted.every(([name, value]) => value === undefined || Reflect.get(token, name) === value);
  const now = Date.now() / 1000;
  const found = [...state.kept].flatMap((each) => shown(state, each, now)).filter(fits);
  return { status: 200, body: answerList(found, form, 'device_credentials') };
}

export const deviceCredentialRoutes: Route[] = [
  { method: 'GET', path: '/device-credentials', scope: 'read:device_credentials', run: list },
];
