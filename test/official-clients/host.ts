import { randomBytes } from 'node:crypto';

/** One of ChatGPT's own addresses: the only kind that is promoted unless settings say more. */
const redirectUri = 'https://chatgpt.com/connector/oauth/officialClients';

/** What the OAuth half of an official client keeps; both packages call it the same, with types of their own. */
export interface Kept {
  client?: Record<string, unknown> & { client_id: string };
  tokens?: Tokens;
  discovery?: { authorizationServerUrl: string };
}

interface Tokens {
  access_token: string;
  token_type: string;
  refresh_token?: string;
  scope?: string;
  [more: string]: unknown;
}

/** The program an official client lives in: a memory, and a browser that notes where it was sent. */
export interface Host {
  readonly kept: Kept;
  /** Authorization requests so far, oldest first. */
  readonly asked: readonly URL[];
  /** The last of them. */
  readonly last: () => URL;
  /** An `OAuthClientProvider` of both packages. */
  readonly provider: ReturnType<typeof provide>;
}

/** A host that knows nothing yet. */
export function createHost(): Host {
  const kept: Kept = {};
  const asked: URL[] = [];
  const provider = provide(kept, asked);
  return { kept, asked, last: () => new URL(String(asked.at(-1))), provider };
}

function provide(kept: Kept, asked: URL[]) {
  let verifier = '';
  return {
    redirectUrl: redirectUri,
    clientMetadata: {
      client_name: 'official client',
      redirect_uris: [redirectUri],
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
    },
    state: () => randomBytes(16).toString('base64url'),
    clientInformation: () => kept.client,
    saveClientInformation: (client: { client_id: string }) => {
      kept.client = { ...client };
    },
    tokens: () => kept.tokens,
    saveTokens: (tokens: { access_token: string; token_type: string }) => {
      kept.tokens = { ...tokens };
    },
    redirectToAuthorization: (url: URL) => {
      asked.push(url);
    },
    discoveryState: () => kept.discovery,
    saveDiscoveryState: (discovery: { authorizationServerUrl: string }) => {
      kept.discovery = { ...discovery };
    },
    codeVerifier: () => verifier,
    saveCodeVerifier: (given: string) => {
      verifier = given;
    },
  };
}
