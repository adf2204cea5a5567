import t from 'tap';
import { bearer, parsed, send } from '../send.ts';
import { setStage } from '../stage.ts';
import { speak, toBytes } from './wire.ts';

/** Names that mean something to a file system, a URL parser, an object or a person's eye. */
const names = [
  '..',
  '.',
  '../listEvents',
  '..%2flistEvents',
  '..%2FlistEvents',
  '%2e%2e/listEvents',
  '%2e%2e%2flistEvents',
  '%252e%252e%252flistEvents',
  '..%5clistEvents',
  'listEvents%2f..%2faddEvent',
  'listEvents/../addEvent',
  'listEvents/',
  '/listEvents',
  'listEvents%00',
  '%00listEvents',
  'listEvents%00.json',
  'listEvents%0d%0aHost:%20evil.example',
  'listEvents%0a',
  'listEvents%20',
  '%20listEvents',
  '+listEvents',
  'listEvents;admin=1',
  'listEvents%3Fadmin=1',
  'listEvents%23x',
  'listEvents.json',
  'listEvents~',
  'LISTEVENTS',
  'listevents',
  'list%D0%95vents',
  'list%EF%BC%A5vents',
  'listEvents%E2%80%8B',
  '%EF%BB%BFlistEvents',
  'list%45%CC%81vents',
  '%E2%80%AElistEvents',
  '%c0%ae%c0%ae%c0%aflistEvents',
  '%ff%fe',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'prototype',
  ':toolName',
  '*',
  '%2a',
  '{}',
  'undefined',
  'null',
  'listEvents,addEvent',
  'http:%2f%2fevil.example',
  '%5b::1%5d',
  '$(id)',
  '%27%20OR%201=1--',
  'a'.repeat(100),
  'a'.repeat(101),
  '%61'.repeat(3000),
  'é'.repeat(40),
];

const unlimited = { env: { RATE_LIMIT_PER_MINUTE: '0' } };

t.test('a name that is no tool of the catalog reaches nothing over REST', async (t) => {
  const { gateway, issuer, backend } = await setStage(t, unlimited);
  const { authorization } = bearer(await issuer.token());
  for (const name of names) {
    for (const target of [`/tools/${name}`, `/tools/${name}?x=${name}`, `/tools/x/../${name}`]) {
      const headers = [
        ['Host', 'a'],
        ['Authorization', authorization],
        ['Content-Type', 'application/json'],
        ['Content-Length', '2'],
        ['Connection', 'close'],
      ] as const;
      const bytes = toBytes({ method: 'POST', target, headers, body: '{}' });
      const [answer] = await speak(gateway.url, bytes, 10_000);
      t.ok(
        [400, 404, 431].includes(answer?.status ?? 0),
        `${target.slice(0, 60)}: ${answer?.status}`,
      );
      t.notMatch(answer?.body, backend.url, 'not a word of the backend');
    }
  }
  t.same(backend.received, []);
});

t.test('nor over MCP, where a name is any string', async (t) => {
  const { mcp, backend, gateway } = await setStage(t, unlimited);
  const decoded = names.map((name) => {
    try {
      return decodeURIComponent(name);
    } catch {
      return name;
    }
  });
  for (const name of [...decoded, 'a'.repeat(500_000), '\ud800', '\u0000']) {
    const got = await mcp('tools/call', { name, arguments: {} });
    t.match(parsed(got), { error: { code: -32602, data: { error: 'unknown_tool' } } });
    t.notMatch(got.text, 'evil.example', 'the name is not said again');
  }
  t.same(backend.received, []);
  const logged = gateway.lines.filter(({ code }) => code === 'unknown_tool');
  t.ok(logged.every(({ tool }) => String(tool).length <= 64, 'nor does it fill the log'));
});

t.test(
  'a good name, percent-encoded, is the same tool at the same path of the backend',
  async (t) => {
    const { gateway, issuer, backend } = await setStage(t, unlimited);
    const headers = bearer(await issuer.token());
    const got = await send(`${gateway.url}/tools/%6c%69stEvents?a=..`, { body: {}, headers });
    t.equal(got.status, 200);
    t.match(backend.received, [{ path: '/listEvents', headers: { 'x-tool-name': 'listEvents' } }]);
  },
);

t.test('no spelling of a protected path leaves its protection', async (t) => {
  const { gateway, backend } = await setStage(t, unlimited);
  const doors = ['/mcp', '/tools/listEvents', '/auth/me'];
  const spellings = doors.flatMap((door) => [
    door,
    door.toUpperCase(),
    `/${door}`,
    `${door}/`,
    `${door}//`,
    `${door}?`,
    `${door}?/.well-known/`,
    `${door}#`,
    `${door};a`,
    `${door}%00`,
    `${door}/..`,
    `${door}/.well-known/oauth-protected-resource`,
    `/.well-known/..${door}`,
    `/.well-known/%2e%2e${door}`,
    `/health/live/..${door}`,
    `/.${door}`,
    `/%2e${door}`,
    door.replace(/[a-z]/, (letter) => `%${letter.charCodeAt(0).toString(16)}`),
    `http://a${door}`,
  ]);
  for (const target of spellings) {
    for (const method of ['POST', 'GET']) {
      const headers = [
        ['Host', 'a'],
        ['Content-Type', 'application/json'],
        ['Content-Length', '2'],
      ] as const;
      const [answer] = await speak(gateway.url, toBytes({ method, target, headers, body: '{}' }));
      t.ok(
        [400, 401, 404, 405].includes(answer?.status ?? 0),
        `${method} ${target}: ${answer?.status}`,
      );
    }
  }
  t.same(backend.received, []);
});
