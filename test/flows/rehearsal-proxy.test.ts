import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import t, { type Test } from 'tap';
import { rehearse } from '../../examples/rehearsal/rehearse.ts';
import { bind } from '../gateway.ts';
import { startWorld } from '../world.ts';

type Headers = IncomingMessage['headers'];

/** What a proxy answers itself; undefined = it passes the request on, with the headers as they are now. */
type Between = (headers: Headers) => object | undefined;

/** Tenant, backend and gateway as ever, but the gateway's public place is a proxy. Gives its URL. */
async function startBehind(t: Test, between: Between): Promise<string> {
  const { server, url } = await bind(t);
  const audience = `${url}/mcp`;
  const env = { PUBLIC_URL: url, OAUTH_AUDIENCE: audience };
  const { gateway, tenant } = await startWorld(t, { env });
  for (const api of tenant.state.apis.values()) {
    if (api.identifier !== `${gateway.url}/mcp`) continue;
    tenant.state.apis.set(audience, { ...api, identifier: audience });
  }
  for (const person of tenant.state.people.values()) {
    person.permissions = { [audience]: ['events:read', 'events:write'] };
  }
  server.on('request', async (req, res) => {
    const { method = '', headers } = req;
    const own = between(headers);
    if (own !== undefined) {
      res.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify(own));
      return;
    }
    const { connection: _, 'content-length': __, host: ___, ...rest } = headers;
    const answer = await fetch(`${gateway.url}${req.url}`, {
      method,
      headers: Object.entries(rest).map(([name, value]) => [name, String(value)]),
      redirect: 'manual',
      ...(method === 'POST' ? { body: await text(req) } : {}),
    });
    const { 'transfer-encoding': ____, ...back } = Object.fromEntries(answer.headers);
    res.writeHead(answer.status, back).end(await answer.text());
  });
  return audience;
}

for (const header of ['mcp-protocol-version', 'mcp-method', 'mcp-name']) {
  t.test(`a proxy takes ${header} away: the rehearsal stops at modern and says why`, async (t) => {
    const url = await startBehind(t, (headers) => {
      delete headers[header];
      return undefined;
    });
    const { ok, steps } = await rehearse(url);
    t.equal(ok, false);
    t.match(steps.at(-1), {
      id: 'modern',
      outcome: 'failed',
      came: /^HTTP 400 -32020/,
      fix: /in front of the gateway takes away or rewrites headers/,
    });
  });
}

t.test('a gateway that speaks 2025-11-25 only is rehearsed in it alone', async (t) => {
  const error = { code: -32000, message: 'Bad Request: Unsupported protocol version' };
  const url = await startBehind(t, (headers) =>
    headers['mcp-protocol-version'] === '2026-07-28'
      ? { jsonrpc: '2.0', id: null, error }
      : undefined,
  );
  const { ok, steps } = await rehearse(url);
  t.equal(ok, true);
  t.match(
    steps.find(({ id }) => id === 'modern'),
    { outcome: 'skipped', detail: `speaks 2025-11-25 only (HTTP 400 -32000 ${error.message})` },
  );
});
