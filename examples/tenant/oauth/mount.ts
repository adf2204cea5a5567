import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { State } from '../state.ts';
import { authorize } from './authorize.ts';
import { discovery } from './discovery.ts';
import { interact } from './interaction.ts';
import { newSigningKey } from './keys.ts';
import { machineGrant, withBasic } from './machine.ts';
import { readFields, sendJson, withForm } from './message.ts';
import { createProvider } from './provider.ts';
import { register } from './register.ts';
import { newSecret } from './resource.ts';
import { createStore } from './store.ts';
import { userinfo } from './userinfo.ts';

/**
 * What oidc-provider may see of its own accord: it would also take `/Authorize` and `/authorize/`, and so
 * requests that Auth0 refuses.
 */
const passed =
  /^(OPTIONS .*|GET \/authorize\/[\w-]+|POST \/oidc\/logout\/confirm|GET \/\.well-known\/jwks\.json)$/;

const notFound = (_req: IncomingMessage, res: ServerResponse) =>
  sendJson(res, 404, { error: 'not_found', error_description: 'Not Found' });

type Handler = (req: IncomingMessage, res: ServerResponse) => Promise<void> | void;

/**
 * The authorization server of a pretend tenant. `issuer` ends in `/`. Handles every path: those of Auth0 that
 * clients use, the pages below `/u/` that people see; all else is 404. A `rotate` event of the state makes a new
 * signing key, which is in use when `emit` returns; the old one is gone from the JWKS.
 */
export async function createOAuth(
  state: State,
  issuer: string,
): Promise<{ handle: (req: IncomingMessage, res: ServerResponse) => void }> {
  const lasting = {
    store: createStore(state),
    secret: newSecret(),
    cookieKey: randomBytes(32).toString('hex'),
  };
  const start = () => {
    const signing = newSigningKey();
    const provider = createProvider(state, issuer, signing, lasting);
    return { signing, provider, serve: provider.callback() };
  };
  let server = start();
  state.events.on('rotate', () => {
    server = start();
  });

  const metadata: Handler = (_req, res) => {
    res.setHeader('access-control-allow-origin', '*');
    sendJson(res, 200, discovery(state, issuer));
  };

  const who: Handler = async (req, res) => {
    const keys = { signing: server.signing, secret: lasting.secret };
    const claims = await userinfo(state, issuer, keys, req.headers.authorization);
    if (claims === undefined) res.setHeader('www-authenticate', 'Bearer error="invalid_token"');
    sendJson(res, claims === undefined ? 401 : 200, claims ?? { error: 'invalid_token' });
  };

  const token: Handler = async (req, res) => {
    const { resource: _, ...fields } = await readFields(req);
    if (fields['grant_type'] === 'client_credentials') {
      const request = withBasic(fields, req.headers.authorization);
      const { status, body } = await machineGrant(state, issuer, server.signing, request);
      return sendJson(res, status, body);
    }
    // The API is the one of the authorization request.
    return server.serve(withForm(req, fields), res);
  };

  const routes: Record<string, Handler> = {
    'GET /.well-known/openid-configuration': metadata,
    'GET /.well-known/oauth-authorization-server': metadata,
    'GET /authorize': (req, res) => {
      authorize(state, issuer, server.serve, req, res);
    },
    'POST /oauth/token': token,
    'POST /oauth/revoke': async (req, res) =>
      server.serve(withForm(req, await readFields(req)), res),
    'POST /oidc/register': async (req, res) => {
      const { status, body } = await register(state, req);
      sendJson(res, status, body);
    },
    'GET /userinfo': who,
    'POST /userinfo': who,
  };

  return {
    handle: (req, res) => {
      const { pathname } = new URL(String(req.url), issuer);
      const asked = `${req.method} ${pathname}`;
      const other = passed.test(asked) ? server.serve : notFound;
      const handler = pathname.startsWith('/u/')
        ? () => interact(state, server.provider, req, res)
        : (routes[asked] ?? other);
      Promise.resolve(handler(req, res)).catch((error: Error) => {
        sendJson(res, 400, { error: 'invalid_request', error_description: error.message });
      });
    },
  };
}
