import { randomBytes } from 'node:crypto';
import {
  auth,
  type FetchLike,
  type OAuthClientProvider,
  type OAuthDiscoveryState,
  type StoredOAuthClientInformation,
  type StoredOAuthTokens,
  StreamableHTTPClientTransport,
} from '@modelcontextprotocol/client';

export interface SessionOptions {
  readonly url: URL;
  readonly resourceMetadataUrl: URL;
  /** The tenant's, as its metadata has it. */
  readonly issuer: string;
  readonly redirectUri: string;
  /** Undefined = registers itself. */
  readonly clientId: string | undefined;
  readonly fetch: FetchLike;
}

/** One authorization request, ready for a person's browser. */
export interface Asked {
  readonly url: URL;
  readonly state: string;
  readonly clientId: string;
}

/** ChatGPT's side of OAuth: the official client's own flow, with a memory instead of a browser. */
export interface Session {
  readonly redirectUri: string;
  /** Discovers, registers (the first time) and makes an authorization request of this scope. */
  readonly ask: (scope: string | undefined) => Promise<Asked>;
  /** Redeems the code the tenant sent to the redirect URI; checks `iss` (RFC 9207). */
  readonly finish: (back: URL) => Promise<StoredOAuthTokens>;
  readonly accessToken: () => string | undefined;
}

interface Memory {
  asked: URL[];
  state: string;
  verifier: string;
  client?: StoredOAuthClientInformation;
  tokens?: StoredOAuthTokens;
  discovery?: OAuthDiscoveryState;
}

/** Starts a session with nothing in its memory but the client id it may be given. */
export function createSession(options: SessionOptions): Session {
  const { url, resourceMetadataUrl, issuer, redirectUri, clientId, fetch } = options;
  const memory: Memory = { asked: [], state: '', verifier: '' };
  if (clientId !== undefined) memory.client = { client_id: clientId, issuer };
  const provider = remember(memory, redirectUri);
  return {
    redirectUri,
    ask: async (scope) => {
      await auth(provider, {
        serverUrl: url,
        resourceMetadataUrl,
        fetchFn: fetch,
        // A refresh cannot widen the scope (RFC 6749 §6).
        forceReauthorization: true,
        ...(scope === undefined ? {} : { scope }),
      });
      return {
        url: new URL(String(memory.asked.at(-1))),
        state: memory.state,
        clientId: String(memory.client?.client_id),
      };
    },
    finish: async (back) => {
      const transport = new StreamableHTTPClientTransport(url, { fetch, authProvider: provider });
      await transport.finishAuth(back.searchParams);
      return { access_token: '', token_type: '', ...memory.tokens };
    },
    accessToken: () => memory.tokens?.access_token,
  };
}

function remember(memory: Memory, redirectUri: string): OAuthClientProvider {
  return {
    redirectUrl: redirectUri,
    clientMetadata: {
      client_name: 'ChatGPT',
      redirect_uris: [redirectUri],
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
    },
    state: () => {
      memory.state = randomBytes(16).toString('base64url');
      return memory.state;
    },
    clientInformation: () => memory.client,
    saveClientInformation: (client) => {
      memory.client = client;
    },
    tokens: () => memory.tokens,
    saveTokens: (tokens) => {
      memory.tokens = tokens;
    },
    redirectToAuthorization: (url) => {
      memory.asked.push(url);
    },
    codeVerifier: () => memory.verifier,
    saveCodeVerifier: (verifier) => {
      memory.verifier = verifier;
    },
    discoveryState: () => memory.discovery,
    saveDiscoveryState: (state) => {
      memory.discovery = state;
    },
  };
}
