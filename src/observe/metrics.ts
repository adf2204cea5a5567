import { timingSafeEqual } from 'node:crypto';
import type { FastifyPluginAsync } from 'fastify';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { Refusal } from '../errors.ts';

export interface Metrics {
  /**
   * One call of a tool, however it ended. A client may name any tool; only names of the catalog
   * become labels.
   * @returns the name it was counted under.
   */
  call(tool: string, outcome: string, reason: string): string;
  /** Seconds from the request to the answer of a call that was forwarded. */
  answered(tool: string, seconds: number): void;
  /** An answer that breaks the output schema of its tool. */
  violation(tool: string): void;
  /** One exchange with the backend; a retry is another one. */
  exchange(tool: string, outcome: string, seconds: number): void;
  refused(code: string, reason: string): void;
  clientOutcome(verdict: string, outcome: string): void;
  delivery(records: number, broken: number): void;
  sweep(found: number): void;
  /** Spans handed to the collector, or lost. */
  spans(count: number, outcome: 'exported' | 'lost'): void;
  retired(outcome: string, reason: string): void;
  /** `limit`: 0 = unknown; `level`: the warning that is reached, in percent. */
  quota(quota: { clients: number; limit: number; level: number }): void;
  /** Clients of dynamic registration that were used lately. */
  dcr(inUse: number): void;
  /** Clients that registered themselves and are refused. */
  foreign(clients: number): void;
  /** The Prometheus text format. */
  text(): Promise<string>;
}

/** What is asked at each scrape, and the names a label may have. */
export interface Sources {
  readonly tools: { has(name: string): boolean };
  /** Undefined = never read. */
  readonly keysAgeSeconds: () => number | undefined;
  /** True while the tenant does not give its keys. */
  readonly keysStale: () => boolean;
  /** How it stands between each tool and its backend. */
  readonly lanes: () => readonly Lane[];
  /** Whether counters of requests are shared between replicas. */
  readonly shared: () => keyof typeof sharedValues;
}

interface Lane {
  readonly tool: string;
  readonly breaker: (typeof breakerStates)[number];
  readonly busy: number;
  readonly waiting: number;
}

const breakerStates = ['closed', 'open', 'half_open'] as const;
const sharedValues = { off: -1, down: 0, up: 1 };

const prefix = 'gateway_';
const buckets = [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Counters of one gateway in a registry of its own; no subject and no token in any label. */
export function createMetrics(sources: Sources): Metrics {
  const { tools, keysAgeSeconds, keysStale, lanes, shared } = sources;
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const counter = (name: string, help: string, labelNames: string[] = []) =>
    new Counter({ name: prefix + name, help, labelNames, registers });
  const histogram = (name: string, help: string, labelNames: string[]) =>
    new Histogram({ name: prefix + name, help, labelNames, buckets, registers });
  const gauge = (
    name: string,
    help: string,
    collect: (this: Gauge) => void = () => {},
    labelNames: string[] = [],
  ) => new Gauge({ name: prefix + name, help, collect, labelNames, registers });

  const calls = counter('calls_total', 'Calls of tools', ['tool', 'outcome', 'reason']);
  const seconds = histogram('call_seconds', 'From the request to the answer', ['tool']);
  const upstream = histogram('upstream_seconds', 'Exchanges with the backend', ['tool', 'outcome']);
  const violations = counter('output_violations_total', 'Answers that break the output schema', [
    'tool',
  ]);
  const refusals = counter('refusals_total', 'Requests refused', ['code', 'reason']);
  const clients = counter('clients_total', 'Clients decided', ['verdict', 'outcome']);
  const records = counter('log_records_total', 'Log stream records received', ['kind']);
  const found = counter('sweep_clients_total', 'Clients a sweep put through promotion');
  const age = (name: string, help: string): (() => void) => {
    let last: number | undefined;
    gauge(name, `Age of ${help}; -1 = none yet`, function () {
      this.set(last === undefined ? -1 : (Date.now() - last) / 1000);
    });
    return () => {
      last = Date.now();
    };
  };
  const delivered = age('last_delivery_age_seconds', 'the last log stream delivery');
  const swept = age('last_sweep_age_seconds', 'the last completed sweep');
  const spans = counter('spans_total', 'Spans for the tracing collector', ['outcome']);
  const retired = counter('retired_clients_total', 'Unused clients', ['outcome', 'reason']);
  const held = gauge('tenant_clients', 'Applications in the tenant');
  const allowed = gauge('tenant_client_limit', 'Applications the plan allows; 0 = unknown');
  const level = gauge('tenant_client_level', 'Warning reached, percent of the limit: 0, 70 or 90');
  const foreign = gauge('foreign_clients', 'Self-registered clients that are refused');
  const registered = gauge('dcr_clients_in_use', 'Self-registered clients used within 30 days');
  gauge('keys_age_seconds', "Age of the tenant's keys; -1 = never read", function () {
    this.set(keysAgeSeconds() ?? -1);
  });
  gauge('keys_stale', "1 while the tenant's keys cannot be read", function () {
    this.set(Number(keysStale()));
  });
  gauge('redis_up', 'Counters are shared; 0 = not now, -1 = not configured', function () {
    this.set(sharedValues[shared()]);
  });
  const perTool = (name: string, help: string, countOf: (lane: Lane) => number): Gauge =>
    gauge(
      name,
      help,
      function () {
        for (const lane of lanes()) this.set({ tool: lane.tool }, countOf(lane));
      },
      ['tool'],
    );
  perTool('calls_busy', 'Calls at the backend', ({ busy }) => busy);
  perTool('calls_waiting', 'Calls that wait for a place', ({ waiting }) => waiting);
  gauge(
    'breaker_state',
    'The circuit breaker of a tool: 1 for the state it is in',
    function () {
      for (const { tool, breaker } of lanes()) {
        for (const state of breakerStates) this.set({ tool, state }, state === breaker ? 1 : 0);
      }
    },
    ['tool', 'state'],
  );
  return {
    call(named, outcome, reason) {
      const tool = tools.has(named) ? named : '(unknown)';
      calls.inc({ tool, outcome, reason });
      return tool;
    },
    answered: (tool, took) => seconds.observe({ tool }, took),
    violation: (tool) => violations.inc({ tool }),
    exchange: (tool, outcome, took) => upstream.observe({ tool, outcome }, took),
    refused: (code, reason) => refusals.inc({ code, reason }),
    clientOutcome: (verdict, outcome) => clients.inc({ verdict, outcome }),
    delivery(good, broken) {
      records.inc({ kind: 'good' }, good);
      records.inc({ kind: 'broken' }, broken);
      delivered();
    },
    sweep(count) {
      found.inc(count);
      swept();
    },
    spans: (count, outcome) => spans.inc({ outcome }, count),
    retired: (outcome, reason) => retired.inc({ outcome, reason }),
    quota(quota) {
      held.set(quota.clients);
      allowed.set(quota.limit);
      level.set(quota.level);
    },
    dcr: (inUse) => registered.set(inUse),
    foreign: (count) => foreign.set(count),
    text: () => registry.metrics(),
  };
}
function same(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** `GET /metrics`, for who carries METRICS_TOKEN; 404 without the setting. */
export function serveMetrics(metrics: Metrics, token: string | undefined): FastifyPluginAsync {
  return async (app) => {
    app.get('/metrics', async (request, reply) => {
      if (token === undefined) throw new Refusal('not_found');
      if (!same(request.headers.authorization ?? '', `Bearer ${token}`)) {
        throw new Refusal('invalid_metrics_token');
      }
      return reply.type('text/plain; version=0.0.4; charset=utf-8').send(await metrics.text());
    });
  };
}
