import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { makeKey, type SigningKey } from '../fixtures/keys.ts';
import { claims, compact } from '../fixtures/tokens.ts';
import { audience, nowSeconds } from '../issuer.ts';

type Changes = Readonly<Record<string, unknown>>;

/** A tenant that changes its signing key and goes away for a while, as tenants do. */
export interface SoakTenant {
  readonly issuer: string;
  /** While true every connection is cut. */
  down: boolean;
  rotations: number;
  /** The next key becomes the current one; the one before it is published a while longer. */
  rotate(): Promise<void>;
  /** A token of the current key. */
  token(changes?: Changes, header?: Changes): string;
  /** A token of a key that is no longer published, once the gateway must know that. */
  withdrawn(): string | undefined;
  /** A token that says it is of the current key and is not. */
  forged(changes?: Changes): string;
  close(): void;
}

export async function startTenant(): Promise<SoakTenant> {
  let serial = 0;
  const newKey = (): Promise<SigningKey> => makeKey(`key-${serial++}`);
  const foreign = await newKey();
  let [previous, current, next] = await Promise.all([newKey(), newKey(), newKey()]);
  let gone: SigningKey | undefined;
  let goneAt = Number.POSITIVE_INFINITY;
  let fetchedAt = 0;
  const server = createServer((request, response) => {
    if (tenant.down) return void request.socket.destroy();
    if (request.url === '/.well-known/jwks.json') fetchedAt = performance.now();
    const keys = [previous, current, next].map(({ jwk }) => jwk);
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const sign = (key: SigningKey, kid: string, changes: Changes = {}, header: Changes = {}) => {
    const iat = nowSeconds();
    const all = claims({ iss: issuer, aud: audience, iat, exp: iat + 900, ...changes });
    return compact({ alg: 'RS256', typ: 'JWT', kid, ...header }, all, key.rs256);
  };
  const tenant: SoakTenant = {
    issuer,
    down: false,
    rotations: 0,
    async rotate() {
      const made = await newKey();
      [gone, previous, current, next] = [previous, current, next, made];
      goneAt = performance.now();
      tenant.rotations += 1;
    },
    token: (changes, header) => sign(current, current.kid, changes, header),
    // A second after the read: the answer has arrived by then.
    withdrawn: () =>
      gone && fetchedAt > goneAt && performance.now() > fetchedAt + 1000
        ? sign(gone, gone.kid)
        : undefined,
    forged: (changes) => sign(foreign, current.kid, changes),
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
  return tenant;
}
