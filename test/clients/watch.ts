import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Test } from 'tap';
import type { Tenant } from '../../examples/tenant/tenant.ts';

export interface Seen {
  /** `GET /clients/:id`, without ids and queries. */
  readonly request: string;
  readonly status: number;
  /** `performance.now()` of the answer. */
  readonly at: number;
}

/** The path of an endpoint, whichever thing it is asked about. */
export const withoutIds = (path: string): string =>
  path.replace(/^\/api\/v2/, '').replace(/\/(tpc_|con_|cgr_)?[A-Za-z0-9]{16,}/g, '/:id');

/** Every answer of the tenant's Management API from now on, in order. */
export function watchApi(t: Test, { domain }: Tenant): Seen[] {
  const seen: Seen[] = [];
  function see(message: unknown): void {
    const { request, response } = message as { request: IncomingMessage; response: ServerResponse };
    const [path = ''] = String(request.url).split('?');
    if (request.headers.host !== domain || !path.startsWith('/api/v2/')) return;
    const { statusCode: status } = response;
    seen.push({ request: `${request.method} ${withoutIds(path)}`, status, at: performance.now() });
  }
  subscribe('http.server.response.finish', see);
  t.teardown(() => unsubscribe('http.server.response.finish', see));
  return seen;
}

/** How often each request was made. */
export function count(seen: readonly Seen[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { request } of seen) counts[request] = (counts[request] ?? 0) + 1;
  return counts;
}
