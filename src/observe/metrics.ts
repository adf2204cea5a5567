import { timingSafeEqual } from 'node:crypto';
import type { FastifyPluginAsync } from 'fastify';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { Refusal } from '../errors.ts';

export interface Metrics {
  call(tool: string, outcome: string, seconds: number): void;
  refused(code: string, reason: string): void;
  clientOutcome(verdict: string, outcome: string): void;
  delivery(records: number, broken: number): void;
  sweep(found: number): void;
  /** The Prometheus text format. */
  text(): Promise<string>;
}

const prefix = 'gateway_';

/** Counters of one gateway in a registry of its own; no subject and no token in any label. */
export function createMetrics(keysAgeSeconds: () => number | undefined): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const counter = (name: string, help: string, labelNames: string[] = []) =>
    new Counter({ name: prefix + name, help, labelNames, registers });
  const calls = counter('calls_total', 'Calls forwarded, by backend status', ['tool', 'status']);
  const refusals = counter('refusals_total', 'Requests refused', ['code', 'reason']);
  const clients = counter('clients_total', 'Clients decided', ['verdict', 'outcome']);
  const records = counter('log_records_total', 'Log stream records received', ['kind']);
  const found = counter('sweep_clients_total', 'Clients a sweep put through promotion');
  const gauge = (name: string, help: string, collect?: (this: Gauge) => void) =>
    new Gauge({ name: prefix + name, help, registers, ...(collect ? { collect } : {}) });
  const delivered = gauge('last_delivery_timestamp_seconds', 'Last log stream delivery');
  const swept = gauge('last_sweep_timestamp_seconds', 'Last completed sweep');
  gauge('keys_age_seconds', "Age of the tenant's keys; -1 = never read", function () {
    this.set(keysAgeSeconds() ?? -1);
  });
  const seconds = new Histogram({
    name: `${prefix}call_seconds`,
    help: 'Time from the start of a call to the answer of the backend',
    labelNames: ['tool'],
    buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers,
  });
  return {
    call(tool, status, took) {
      calls.inc({ tool, status });
      seconds.observe({ tool }, took);
    },
    refused: (code, reason) => refusals.inc({ code, reason }),
    clientOutcome: (verdict, outcome) => clients.inc({ verdict, outcome }),
    delivery(good, broken) {
      records.inc({ kind: 'good' }, good);
      records.inc({ kind: 'broken' }, broken);
      delivered.setToCurrentTime();
    },
    sweep(count) {
      found.inc(count);
      swept.setToCurrentTime();
    },
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
