/** `fetch` as both official packages take it. */
export type Fetch = (url: string | URL, init?: RequestInit) => Promise<Response>;

/** One request of a client, with what it was answered. */
export interface Exchange {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly body: string;
  readonly status: number;
  readonly challenge: string;
}

export interface Wire {
  readonly fetch: Fetch;
  readonly exchanges: readonly Exchange[];
  /** Those to this path, wherever the server. */
  readonly to: (path: string) => readonly Exchange[];
}

/** A wire that notes every request of a client once its answer has begun. */
export function createWire(): Wire {
  const exchanges: Exchange[] = [];
  return {
    exchanges,
    to: (path) => exchanges.filter(({ url }) => url.pathname === path),
    fetch: async (url, init = {}) => {
      const response = await fetch(url, init);
      exchanges.push({
        method: init.method ?? 'GET',
        url: new URL(url),
        headers: new Headers(init.headers),
        body: String(init.body ?? ''),
        status: response.status,
        challenge: response.headers.get('www-authenticate') ?? '',
      });
      return response;
    },
  };
}
