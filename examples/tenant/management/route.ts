import { unescape as percentDecode } from 'node:querystring';
import type { State } from '../state.ts';

/** One authenticated request, as an endpoint sees it. */
export interface Call {
  state: State;
  /** The `:id` of the path, percent-decoded; empty where the path has none. */
  id: string;
  query: URLSearchParams;
  /** Parsed JSON; undefined when there was no body. */
  body: unknown;
  /** client_id of the machine that calls. */
  caller: string;
}

export interface Answer {
  status: number;
  body?: unknown;
}

export interface Route {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below `/api/v2`; may contain one `:id`. */
  path: string;
  /** The scope without which the endpoint answers 403. */
  scope: string;
  run: (call: Call) => Answer | Promise<Answer>;
  /** Description of the `sapi` log record a success leaves; absent = leaves none (reads). */
  log?: string;
}

/**
 * Finds the endpoint for a method and a path below `/api/v2`.
 * Returns it with the decoded `:id`, or undefined when there is none.
 */
export function findRoute(
  routes: readonly Route[],
  method: string,
  path: string,
): { route: Route; id: string } | undefined {
  for (const route of routes) {
    if (route.method !== method) continue;
    const found = new RegExp(`^${route.path.replace(':id', '(?<id>[^/]+)')}$`).exec(path);
    if (found !== null) return { route, id: percentDecode(String(found.groups?.['id'] ?? '')) };
  }
  return undefined;
}
