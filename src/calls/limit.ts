import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../config.ts';
import { Refusal } from '../errors.ts';
import type { Target } from '../tools/target.ts';
import { countedAddress } from './address.ts';
import { type Count, type Counter, createCounter } from './count.ts';
import { type Shared, shareCounts } from './share.ts';

/** One request on its way through authentication. */
export interface Visit {
  /**
   * Before a token that is not known yet is verified: takes one of the address's requests.
   * @throws {Refusal} `too_many_requests` once the address has none left.
   */
  readonly beforeVerify: () => void;
  /** Authentication refused: counts for the address, unless the fault is not the client's. */
  refused(refusal: Refusal): Promise<void>;
  /** Counts for the caller, or for the address of who has no token. @throws {Refusal} */
  passed(): Promise<void>;
}

/** What a call counts with once its tool is known. */
export interface Counted {
  /** Counts for the tool's own limit, if it has one. @throws {Refusal} `too_many_requests` */
  readonly count: (tool: Target) => Promise<void>;
}

export interface Limits {
  visit(request: FastifyRequest, reply: FastifyReply): Visit;
  tool(tool: Target, request: FastifyRequest, reply: FastifyReply): Promise<void>;
  /** Whether counters are shared: `off` without REDIS_URL, `down` while every replica counts alone. */
  shared(): 'off' | 'up' | 'down';
  close(): void;
}

declare module 'fastify' {
  interface FastifyInstance {
    limits: Limits;
  }
}

const windowMs = 60_000;
/** ChatGPT's users share addresses: a 401 that starts a refresh must not become a 429. */
const addressFactor = 10;

interface Policy {
  readonly name: 'caller' | 'address' | 'tool';
  readonly most: number;
}

const append = (reply: FastifyReply, name: string, item: string): void => {
  const before = reply.getHeader(name);
  reply.header(name, before === undefined ? item : `${before}, ${item}`);
};

/**
 * Tells the client where it stands (draft-ietf-httpapi-ratelimit-headers-11).
 * @throws {Refusal} `too_many_requests` when it went too far.
 */
function judge({ name, most }: Policy, { count, msLeft }: Count, reply: FastifyReply): void {
  const seconds = Math.max(1, Math.ceil(msLeft / 1000));
  append(reply, 'ratelimit-policy', `"${name}";q=${most};w=${windowMs / 1000}`);
  append(reply, 'ratelimit', `"${name}";r=${Math.max(0, most - count)};t=${seconds}`);
  if (count > most) {
    throw new Refusal('too_many_requests', { reason: name, retryAfter: seconds });
  }
}

const unlimited: Visit = {
  beforeVerify() {},
  async refused() {},
  async passed() {},
};

const callerKey = ({ caller }: FastifyRequest): string =>
  `caller\n${caller?.clientId}\n${caller?.subject}`;
const addressKey = ({ ip }: FastifyRequest): string => `address\n${countedAddress(ip)}`;

/** @param shared counters of all replicas; undefined = this process counts alone. */
function createLimits(perMinute: number, shared: Shared | undefined): Limits {
  // Apart, so that a flood of addresses pushes out no caller.
  const callers = createCounter(windowMs);
  const strangers = createCounter(windowMs);

  /** A count that is too high already is not asked of Redis again: a flood stays here. */
  const tally = async (policy: Policy, counter: Counter, key: string, own = counter.add(key)) => {
    if (own.count > policy.most) return own;
    const all = await shared?.count(key);
    if (all) counter.set(key, all);
    return all ?? own;
  };

  const byCaller: Policy = { name: 'caller', most: perMinute };
  const byAddress: Policy = { name: 'address', most: perMinute * addressFactor };

  const visit = (request: FastifyRequest, reply: FastifyReply): Visit => {
    let taken: Count | undefined;
    return {
      beforeVerify() {
        const own = strangers.add(addressKey(request));
        if (own.count > byAddress.most) judge(byAddress, own, reply);
        taken = own;
      },
      async refused({ code, status }) {
        if (code === 'too_many_requests') return;
        const key = addressKey(request);
        if (status < 500) judge(byAddress, await tally(byAddress, strangers, key, taken), reply);
        else if (taken) strangers.add(key, -1);
      },
      async passed() {
        if (taken) strangers.add(addressKey(request), -1);
        const [policy, counter, keyOf] = request.caller
          ? ([byCaller, callers, callerKey] as const)
          : ([byAddress, strangers, addressKey] as const);
        judge(policy, await tally(policy, counter, keyOf(request)), reply);
      },
    };
  };

  return {
    visit: perMinute === 0 ? () => unlimited : visit,
    async tool({ name, rateLimitPerMinute }, request, reply) {
      if (rateLimitPerMinute === undefined) return;
      const most = rateLimitPerMinute * (request.caller ? 1 : addressFactor);
      const [counter, keyOf] = request.caller ? [callers, callerKey] : [strangers, addressKey];
      const policy: Policy = { name: 'tool', most };
      const key = `tool\n${name}\n${keyOf(request)}`;
      judge(policy, await tally(policy, counter, key), reply);
    },
    shared() {
      if (!shared) return 'off';
      return shared.up() ? 'up' : 'down';
    },
    close: () => shared?.close(),
  };
}

/**
 * Who may ask how often. A caller (client and person) counts for itself, who has no valid token
 * for its address (IPv6: its /64), a call also for its tool where the catalog says so.
 * `onShared` is told when Redis comes and goes.
 */
export async function startLimits(
  { RATE_LIMIT_PER_MINUTE, REDIS_URL: url, OAUTH_AUDIENCE: scope }: Config,
  onShared: (up: boolean, error: unknown) => void,
): Promise<Limits> {
  const sharing = { scope, windowMs, onChange: onShared };
  const shared = url === undefined ? undefined : await shareCounts({ ...sharing, url });
  return createLimits(RATE_LIMIT_PER_MINUTE, shared);
}
