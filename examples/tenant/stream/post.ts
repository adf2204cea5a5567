import { setTimeout as sleep } from 'node:timers/promises';
import { type Agent, request } from 'undici';
import type { LogStream } from '../state.ts';

/** How patiently a stream delivers. All times in milliseconds. */
export interface Pace {
  /** Auth0 documents 3. */
  attempts: number;
  /** Pause before the second attempt; doubles with each further one. */
  backoff: number;
  /** The longest pause a `retry-after` can ask for. */
  longestRetryAfter: number;
  /** How long the receiver may take to answer. */
  timeout: number;
  /** Pause until what was given up is tried again. */
  later: number;
}

export const usualPace: Pace = {
  attempts: 3,
  backoff: 250,
  longestRetryAfter: 2000,
  timeout: 10_000,
  later: 5000,
};

/**
 * Posts one body to a stream's endpoint until it is answered with 2xx. False = every attempt failed.
 * The Authorization header is what the operator typed, nothing added (Auth0, "Custom Log Streams").
 */
export async function post(
  agent: Agent,
  { sink }: LogStream,
  body: string,
  pace: Pace,
  signal: AbortSignal,
): Promise<boolean> {
  const headers: Record<string, string> = { 'content-type': sink.httpContentType };
  if (sink.httpAuthorization !== undefined) headers['authorization'] = sink.httpAuthorization;
  for (const { header, value } of sink.httpCustomHeaders ?? []) headers[header] = value;

  for (let attempt = 1; attempt <= pace.attempts; attempt += 1) {
    const pause = await tryOnce(agent, sink.httpEndpoint, headers, body, pace, signal);
    if (pause === undefined) return true;
    if (attempt < pace.attempts && !signal.aborted) {
      await sleep(pause ?? pace.backoff * 2 ** (attempt - 1), undefined, { signal }).catch(
        () => {},
      );
    }
    if (signal.aborted) return false;
  }
  return false;
}

/** undefined = delivered; otherwise the pause the receiver asked for, in ms, or null. */
async function tryOnce(
  dispatcher: Agent,
  url: string,
  headers: Record<string, string>,
  body: string,
  pace: Pace,
  closing: AbortSignal,
): Promise<number | null | undefined> {
  const signal = AbortSignal.any([closing, AbortSignal.timeout(pace.timeout)]);
  try {
    const answer = await request(url, { dispatcher, method: 'POST', headers, body, signal });
    await answer.body.dump();
    if (answer.statusCode >= 200 && answer.statusCode < 300) return undefined;
    const seconds = Number(answer.headers['retry-after']);
    return Number.isNaN(seconds) ? null : Math.min(seconds * 1000, pace.longestRetryAfter);
  } catch {
    return null;
  }
}
