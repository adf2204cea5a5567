import { invalidToken, Refusal } from '../errors.ts';
import type { VerifyToken } from '../verify/access-token.ts';
import type { TokenCache } from '../verify/cache.ts';
import { type Caller, toCaller } from './caller.ts';
import type { ScopeRules } from './scopes.ts';

/** What a request presents to say who calls. */
export interface Credentials {
  /** Raw header list, name and value in turn, as node:http gives it. */
  readonly rawHeaders: readonly string[];
  /** The parsed query of the URL. */
  readonly query: Readonly<Record<string, unknown>>;
  /** Called before a token that is not known yet is verified; what it throws stops that. */
  readonly beforeVerify: () => void;
}

export type Authenticate = (credentials: Credentials) => Promise<Caller | undefined>;

const invalid = (description: string): Refusal => new Refusal('invalid_request', { description });

/** RFC 6750 §2: one token, in one Authorization header, nowhere else. */
function bearerToken({ rawHeaders, query }: Credentials): string | undefined {
  if ('access_token' in query) {
    throw invalid('Send the access token in the Authorization header, not in the URL.');
  }
  const isValue = (_: string, i: number): boolean =>
    i % 2 === 1 && rawHeaders[i - 1]?.toLowerCase() === 'authorization';
  const [header, another] = rawHeaders.filter(isValue);
  if (header === undefined) return undefined;
  if (another !== undefined) throw invalid('Send one Authorization header, not several.');
  // The proof stands in a header of its own (RFC 9449 §7.1), which nobody here could judge.
  if (/^dpop /i.test(header)) throw invalidToken('sender_constrained');
  const token = /^bearer +([A-Za-z0-9._~+/-]+=*)$/i.exec(header)?.[1];
  if (token === undefined)
    throw invalid('The Authorization header must be: Bearer, a space, a token.');
  return token;
}

/**
 * Makes the function that turns the credentials of a request into its caller.
 * It returns undefined when there are none, and throws a {@link Refusal}: `invalid_request`,
 * `invalid_token` with its reason, `keys_unavailable`.
 * @param onCaller told of the client of every token that was verified; must neither wait nor throw
 */
export function createAuthenticate(
  verify: VerifyToken,
  cache: TokenCache<Caller>,
  rules: ScopeRules,
  onCaller: (clientId: string) => void = () => {},
): Authenticate {
  return async (credentials) => {
    const token = bearerToken(credentials);
    if (token === undefined) return undefined;
    const known = cache.get(token);
    if (known) return known;
    credentials.beforeVerify();
    const epoch = cache.epoch();
    const claims = await verify(token);
    const caller = toCaller(claims, rules);
    cache.set(token, caller, claims.exp, epoch);
    onCaller(caller.clientId);
    return caller;
  };
}
