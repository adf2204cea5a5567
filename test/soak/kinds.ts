import { bearer } from '../send.ts';
import {
  bad,
  call,
  dribble,
  fine,
  type Kind,
  leave,
  person,
  smuggle,
  withToken,
} from './traffic.ts';

const deep = `{"nonce":${'['.repeat(5000)}${']'.repeat(5000)}}`;

/** Everything that comes to a gateway in a bad week. */
export const kinds: readonly Kind[] = [
  {
    name: 'read over REST',
    weight: 30,
    right: ['200 '],
    timed: true,
    forwarded: true,
    call: call('read'),
  },
  {
    name: 'read over MCP',
    weight: 30,
    right: ['200 '],
    timed: true,
    forwarded: true,
    call: call('read', true),
  },
  {
    name: 'write over REST',
    weight: 15,
    right: ['200 '],
    timed: true,
    forwarded: true,
    call: call('write'),
  },
  { name: 'slow backend', weight: 4, right: ['200 '], forwarded: true, call: call('unhurried') },
  { name: 'slow body', weight: 2, right: ['200 '], forwarded: true, call: dribble },
  {
    name: 'beyond its deadline',
    weight: 1,
    right: ['504 upstream_timeout', '503 upstream_unavailable'],
    forwarded: true,
    call: call('late'),
  },
  { name: 'client leaves', weight: 3, right: [], forwarded: true, call: leave },
  {
    name: 'greedy caller',
    weight: 12,
    right: ['200 ', '429 too_many_requests', '429 too_many_requests caller'],
    forwarded: true,
    call: call('read', false, () => 'auth0|greedy'),
  },
  { name: 'no token', weight: 3, right: ['401 missing_token'], call: bad(() => ({})) },
  {
    name: 'expired',
    weight: 3,
    right: ['401 invalid_token expired'],
    call: bad(withToken({ exp: 1_700_000_000 })),
  },
  {
    name: 'wrong audience',
    weight: 2,
    right: ['401 invalid_token wrong_audience'],
    call: bad(withToken({ aud: 'https://other.example' })),
  },
  {
    name: 'forged',
    weight: 3,
    right: ['401 invalid_token bad_signature'],
    call: bad((tenant) => bearer(tenant.forged({ sub: person() }))),
  },
  {
    name: 'alg none',
    weight: 1,
    right: ['401 invalid_token unsupported_algorithm'],
    call: bad(withToken({}, { alg: 'none' })),
  },
  {
    name: 'withdrawn key',
    weight: 2,
    right: ['401 invalid_token unknown_key', '503 keys_unavailable'],
    async call(world) {
      const token = world.tenant.withdrawn();
      return token === undefined ? undefined : bad(() => bearer(token))(world);
    },
  },
  {
    name: 'Basic',
    weight: 1,
    right: ['400 invalid_request'],
    call: bad(() => ({ authorization: 'Basic eDp5' })),
  },
  {
    name: 'too little scope',
    weight: 3,
    right: ['403 insufficient_scope'],
    call: bad(withToken({ scope: 'events:other' })),
  },
  {
    name: 'foreign page',
    weight: 2,
    right: ['403 origin_not_allowed'],
    call: bad((tenant) => ({ ...fine(tenant), origin: 'https://evil.example' })),
  },
  {
    name: 'unknown tool',
    weight: 2,
    right: ['404 unknown_tool'],
    call: bad(fine, '/tools/nothing'),
  },
  {
    name: 'wrong input',
    weight: 3,
    right: ['400 invalid_input'],
    call: bad(fine, '/tools/read', '{"nonce":7}'),
  },
  {
    name: 'broken JSON',
    weight: 2,
    right: ['400 invalid_request'],
    call: bad(fine, '/tools/read', '{"nonce":'),
  },
  {
    name: 'deep JSON',
    weight: 1,
    right: ['400 invalid_request'],
    call: bad(fine, '/tools/read', deep),
  },
  {
    name: 'large body',
    weight: 1,
    right: ['413 body_too_large'],
    call: bad(fine, '/tools/read', ' '.repeat(100_000)),
  },
  {
    name: 'compressed',
    weight: 1,
    right: ['415 unsupported_media_type'],
    call: bad((tenant) => ({ ...fine(tenant), 'content-encoding': 'gzip' })),
  },
  { name: 'two lengths', weight: 1, right: ['400 '], call: smuggle },
];
