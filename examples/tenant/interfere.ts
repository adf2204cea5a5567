import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Faults } from './state.ts';

/**
 * Plays the faults that concern every request: waits `latencyMs`, then answers 503 or leaves the
 * request hanging where an outage covers its path. True when the request goes on to its endpoint.
 * `closing` ends the wait.
 */
export async function interfere(
  { latencyMs, outage }: Faults,
  req: IncomingMessage,
  res: ServerResponse,
  closing: AbortSignal,
): Promise<boolean> {
  if (latencyMs > 0) await sleep(latencyMs, undefined, { signal: closing }).catch(() => {});
  if (outage === false || !String(req.url).startsWith(outage.prefix)) return !closing.aborted;
  if (outage.how === 'unavailable') {
    res.writeHead(503, { 'content-type': 'text/plain' });
    res.end('Service Unavailable');
  }
  return false;
}
