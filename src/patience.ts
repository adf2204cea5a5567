/** How long a client may take, in milliseconds, and what one connection may carry. */
export interface Patience {
  /** From the opening of a connection, or the first byte of a request, to its last header. */
  readonly headersTimeout: number;
  /** The same to the last byte of the body. */
  readonly requestTimeout: number;
  /** How often the two are looked after: a request may take so much longer. */
  readonly connectionsCheckingInterval: number;
  /** Between two requests; above the minute for which load balancers keep a connection. */
  readonly keepAliveTimeout: number;
  /** Without a byte either way; above the longest deadline a tool may have (ten minutes). */
  readonly connectionTimeout: number;
  /** The last of them is answered with `Connection: close`. */
  readonly maxRequestsPerSocket: number;
}

export const usualPatience: Patience = {
  headersTimeout: 15_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 5_000,
  keepAliveTimeout: 75_000,
  connectionTimeout: 660_000,
  maxRequestsPerSocket: 10_000,
};
