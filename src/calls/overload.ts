import { totalmem } from 'node:os';
import { getHeapStatistics } from 'node:v8';
import underPressure from '@fastify/under-pressure';
import type { FastifyInstance } from 'fastify';
import { Refusal } from '../errors.ts';

/** Beyond any of these, calls get 503; 0 or absent = not watched. */
export interface Pressure {
  /** Mean delay of the event loop between two looks, milliseconds. */
  readonly maxEventLoopDelay?: number;
  /** Bytes. */
  readonly maxRssBytes?: number;
  /** Bytes. */
  readonly maxHeapUsedBytes?: number;
  /** Milliseconds between two looks (500). */
  readonly sampleInterval?: number;
  /** Milliseconds after the start in which a lagging loop is nothing but the start (2000). */
  readonly settleMs?: number;
}

/** How much of its memory a process may use before it is in danger. */
const safeShare = 0.9;
/** A loop that had nothing to do for more than half of the time is not what came too late. */
const busyShare = 0.5;
/** Seconds after which a refused client may come again. */
const retryAfter = 10;

/**
 * What a process bears.
 * @param maxEventLoopDelay milliseconds.
 * @param memoryLimit bytes of its container; 0 = none.
 */
export function pressureWithin(maxEventLoopDelay: number, memoryLimit: number): Pressure {
  const memory = Math.min(totalmem(), memoryLimit || Number.POSITIVE_INFINITY);
  return {
    maxEventLoopDelay,
    maxRssBytes: memory * safeShare,
    maxHeapUsedBytes: getHeapStatistics().heap_size_limit * safeShare,
  };
}

/**
 * Refuses every request of this scope with `overloaded` while the process is under pressure.
 * A process that was frozen (Cloud Run between requests, a laptop asleep) wakes with a great
 * delay of its event loop and nothing to do: that is no pressure.
 */
export async function shedOverload(
  scope: FastifyInstance,
  { settleMs = 2000, ...pressure }: Pressure,
): Promise<void> {
  let settledAt = Number.POSITIVE_INFINITY;
  scope.addHook('onReady', async () => {
    settledAt = performance.now() + settleMs;
  });
  await scope.register(underPressure, {
    sampleInterval: 500,
    ...pressure,
    eventLoopUtilizationMode: 'interval',
    pressureHandler: async (_request, _reply, type) => {
      const late = type === underPressure.TYPE_EVENT_LOOP_DELAY;
      if (late && performance.now() < settledAt) return;
      if (late && scope.memoryUsage().eventLoopUtilized < busyShare) return;
      throw new Refusal('overloaded', { reason: late ? 'event_loop' : 'memory', retryAfter });
    },
  });
}
