import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import type { Teardown } from './gateway-process.ts';

/** A tenant reduced to its keys and documents: makes any token, tells any lie. */
export interface Issuer {
  readonly issuer: string;
  /** Bodies by path; a test may change or delete them. */
  readonly documents: Map<string, unknown>;
  /** The document of its keys. */
  readonly jwks: object;
  /** A key it does not sign with. */
  readonly otherKey: object;
  /** Paths asked for so far. */
  readonly asked: string[];
  /** While true every connection is cut: the tenant is down. */
  down: boolean;
  /** While true nobody is answered: the tenant hangs. */
  hanging: boolean;
  /** A signed access token; claims given win, undefined ones are left out. */
  token(claims?: JWTPayload, header?: { kid?: string }): Promise<string>;
}

/** The audience of every token that says nothing else. */
export const audience = 'https://gateway.example.com/mcp';
const subject = 'auth0|person';
export const client = 'tpc_client';

const { privateKey, publicKey } = await generateKeyPair('RS256');
const jwk = { ...(await exportJWK(publicKey)), kid: 'first', use: 'sig', alg: 'RS256' };

const other = await generateKeyPair('RS256');
const otherKey = { ...(await exportJWK(other.publicKey)), kid: 'second', use: 'sig', alg: 'RS256' };

export const nowSeconds = (): number => Math.floor(Date.now() / 1000);

/** Starts an issuer on loopback; gone with the test. */
export async function startIssuer(t: Teardown): Promise<Issuer> {
  const documents = new Map<string, unknown>();
  const asked: string[] = [];
  const server = createServer((request, response) => {
    if (issuer.down) return void request.socket.destroy();
    asked.push(request.url ?? '');
    if (issuer.hanging) return;
    const document = documents.get(request.url ?? '');
    response.statusCode = document === undefined ? 404 : 200;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(document ?? {}));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.close();
    server.closeAllConnections();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const jwks = { keys: [jwk] };
  documents.set('/.well-known/jwks.json', jwks);
  for (const name of ['oauth-authorization-server', 'openid-configuration']) {
    documents.set(`/.well-known/${name}`, { issuer: url, token_endpoint: `${url}oauth/token` });
  }
  const issuer: Issuer = {
    issuer: url,
    documents,
    jwks,
    otherKey,
    asked,
    down: false,
    hanging: false,
    token: (claims = {}, { kid = 'first' } = {}) => {
      const iat = nowSeconds();
      const usual = { iss: url, aud: audience, sub: subject, azp: client, iat, exp: iat + 3600 };
      const header = { alg: 'RS256', kid, typ: 'at+jwt' };
      return new SignJWT({ ...usual, scope: 'events:read', ...claims })
        .setProtectedHeader(header)
        .sign(privateKey);
    },
  };
  return issuer;
}
