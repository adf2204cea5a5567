import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { State } from '../state.ts';
import { isStrict } from './access.ts';
import { refuse, translate } from './authorize.ts';
import { discovery } from './discovery.ts';
import { interact } from './interaction.ts';
import { newSigningKey } from './keys.ts';
import { machineGrant, withBasic } from './machine.ts';
import { readFields, sendJson, sendPage, withForm } from './message.ts';
import { errorPage } from './pages.ts';
import { createProvider } from './provider.ts';
import { register } from './register.ts';
import { newSecret } from './resource.ts';
import { createStore } from './store.ts';
import { userinfo } from './userinfo.ts';

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
      authorize(state, issuer, req, res, server.serve);
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
      const handler = pathname.startsWith('/u/')
        ? () => interact(state, server.provider, req, res)
        : (routes[`${req.method} ${pathname}`] ?? server.serve);
      Promise.resolve(handler(req, res)).catch((error: Error) => {
        sendJson(res, 400, { error: 'invalid_request', error_description: error.message });
      });
    },
  };
}

/** Refuses what Auth0 refuses and leaves the rest to oidc-provider, in its terms. */
function authorize(
  state: State,
  issuer: string,
  req: IncomingMessage,
  res: ServerResponse,
  serve: Handler,
): void {
  const { searchParams: params } = new URL(String(req.url), issuer);
  const client = state.clients.get(String(params.get('client_id')));
  const target = String(params.get('redirect_uri'));
  // An unknown client or redirect URI is oidc-provider's to refuse, on a page.
  if (client?.callbacks.includes(target)) {
    const refused = refuse(state, client, params);
    if (refused !== undefined && isStrict(client)) {
      const status = refused.error === 'invalid_request' ? 400 : 403;
      sendPage(res, status, errorPage(refused.error, refused.description));
      return;
    }
    if (refused !== undefined) {
      const back = new URL(target);
      back.searchParams.set('error', refused.error);
      back.searchParams.set('error_description', refused.description);
      const also = params.get('state');
      if (also !== null) back.searchParams.set('state', also);
      if (state.settings.authorization_response_iss_parameter_supported) {
        back.searchParams.set('iss', issuer);
      }
      res.writeHead(302, { location: back.href }).end();
      return;
    }
    req.url = `/authorize?${translate(state, client, params)}`;
  }
  serve(req, res);
}
