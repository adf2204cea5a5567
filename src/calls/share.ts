import { hash } from 'node:crypto';
import type { Result } from 'ioredis';
import type { Count } from './count.ts';

declare module 'ioredis' {
  interface RedisCommander<Context> {
    countOnce(key: string, windowMs: number): Result<[count: number, msLeft: number], Context>;
  }
}

/** Counters that several gateways share. */
export interface Shared {
  /** Counts once for all replicas; undefined while Redis is away: count alone, then. */
  count(key: string): Promise<Count | undefined>;
  up(): boolean;
  close(): void;
}

export interface Sharing {
  /** `redis://` or `rediss://`. */
  readonly url: string;
  /** Whose counters they are: gateways of different scope on one Redis do not meet. */
  readonly scope: string;
  /** Milliseconds. */
  readonly windowMs: number;
  /** Told of each change, and of the first connection or the first failure. */
  readonly onChange: (up: boolean, error: unknown) => void;
}

/** A script runs as one: no counter is left without its end. */
const countOnce = {
  numberOfKeys: 1,
  lua: `local count = redis.call('incr', KEYS[1])
if count == 1 then redis.call('pexpire', KEYS[1], ARGV[1]) end
return { count, redis.call('pttl', KEYS[1]) }`,
};

/** How long a call waits for Redis at most, milliseconds. */
const deadlineMs = 50;
/** How often Redis is asked whether it is well, so that no call has to find out, milliseconds. */
const probeMs = 1000;
/** A connection that owes an answer for so long is given up, milliseconds. */
const silenceMs = 1000;

/** Milliseconds until the attempt after so many; never more than two seconds apart. */
const retryMs = (attempts: number): number => Math.min(2000, 50 * 2 ** attempts);

/**
 * Rejects when a promise takes too long. It looks at what has arrived before it gives up: an
 * answer that waited for a busy event loop of ours is not late.
 */
function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = () => reject(new Error(`no answer within ${ms} ms`));
    const timer = setTimeout(() => setImmediate(late), ms);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** Connects in the background; nothing here ever throws or makes a call wait beyond the deadline. */
export async function shareCounts(sharing: Sharing): Promise<Shared> {
  const { url, scope, windowMs, onChange } = sharing;
  // 70 modules that only a shared counter needs.
  const { Redis } = await import('ioredis');
  const redis = new Redis(url, {
    scripts: { countOnce },
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    connectTimeout: 2000,
    socketTimeout: silenceMs,
    retryStrategy: retryMs,
  });
  let up: boolean | undefined;
  let lastError: unknown;

  const say = (now: boolean, error?: unknown): void => {
    if (up === now) return;
    up = now;
    onChange(now, error);
  };
  redis.on('error', (error) => {
    lastError = error;
  });
  redis.on('ready', () => say(true));
  redis.on('close', () => say(false, lastError));
  const probe = (): Promise<void> =>
    within(deadlineMs, redis.ping()).then(
      () => say(true),
      (error) => say(false, error),
    );
  const probing = setInterval(probe, probeMs).unref();

  return {
    async count(key) {
      if (!up) return undefined;
      // Who reads Redis learns neither people nor addresses from the names of its keys.
      const name = `gateway:limit:${hash('sha256', `${scope}\n${key}`, 'base64url')}`;
      try {
        const [count, msLeft] = await within(deadlineMs, redis.countOnce(name, windowMs));
        return { count, msLeft };
      } catch (error) {
        say(false, error);
        return undefined;
      }
    },
    up: () => up === true,
    close() {
      clearInterval(probing);
      // What is known is not told: the connection that closes now is no news.
      up = false;
      redis.disconnect();
    },
  };
}
