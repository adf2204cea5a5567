import { makeClient } from '../../../examples/tenant/oauth/registration.ts';
import { seed } from '../../../examples/tenant/seed.ts';
import {
  type Client,
  emptyState,
  type SecurityMode,
  type State,
} from '../../../examples/tenant/state.ts';
import { deliver } from '../../../src/clients/deliver.ts';
import { callFailure, type Operation } from '../../../src/clients/failure.ts';
import { recognise } from '../../../src/clients/recognise.ts';
import { createSweep, type Sweep } from '../../../src/clients/sweep.ts';
import { type Clients, createWork } from '../../../src/clients/work.ts';
import { loadConfig } from '../../../src/config.ts';
import { type Json, registration, wrapped } from '../records.ts';
import { directApi, type Pass } from './direct.ts';

export const audience = 'https://gateway.test/mcp';
export const scopes = ['events:read', 'events:write'];
const origin = 'https://tenant.test';
const management = { clientId: 'gateway_machine', clientSecret: 'a secret of the pretend tenant' };

const config = loadConfig({
  OAUTH_ISSUER: `${origin}/`,
  OAUTH_AUDIENCE: audience,
  FUNCTIONS_BASE: 'http://127.0.0.1:1',
  TOOL_SCOPES_JSON: '{}',
  PROMOTE_CLIENTS: 'chatgpt,inspector',
});

const nothing = (): void => {};
const log = { debug: nothing, info: nothing, warn: nothing, error: nothing };

/** How requests go wrong; counts run down. */
export interface Weather {
  /** All requests fail without an answer. */
  outage: boolean;
  /** So many are refused by the limit. */
  tooMany: number;
  /** So many are done, and their answer is lost. */
  lost: number;
  /** Turns of the event loop each takes. */
  latency: number;
}

/** A gateway process: it ends between any two of its requests. */
interface Process {
  readonly clients: Clients;
  readonly sweep: Sweep;
  alive: boolean;
}

export interface World {
  readonly state: State;
  readonly weather: Weather;
  /** Log records the stream has not delivered yet. */
  readonly outbox: Json[];
  /** Every client there is, with what it is to become. */
  readonly eligible: Map<string, Client>;
  readonly others: Map<string, Client>;
  /** Clients no event tells of (any more): the sweep has to find them. */
  readonly unheard: Set<string>;
  /** Takes so many records from the outbox; they are lost. */
  lose(count: number): void;
  register(client: Partial<Client> & { redirects: readonly string[] }, eligible: boolean): void;
  /** Delivers to one of the two replicas; what is not at its end comes again. */
  deliver(replica: number, body: string, records: readonly Json[]): void;
  sweep(replica: number): void;
  restart(replica: number): void;
  /** Waits for so many turns of the event loop. */
  turns(count: number): Promise<void>;
  /** Waits until nothing that lives is under way. */
  settled(): Promise<void>;
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise(setImmediate);
}

/** Never: what a process that was killed waits for. */
const never = <T>(): Promise<T> => new Promise(nothing);

/** A tenant, its log stream, and two replicas of the gateway, all in this process and without a clock. */
export function createWorld(mode: SecurityMode): World {
  const state = emptyState(mode);
  seed(state, origin, { audience, scopes: [...scopes, 'events:more'], management });
  const weather: Weather = { outage: false, tooMany: 0, lost: 0, latency: 0 };
  const outbox: Json[] = [];
  const eligible = new Map<string, Client>();
  const others = new Map<string, Client>();
  const unheard = new Set<string>();
  const underWay = new Map<Promise<void>, { process: Process; records: readonly Json[] }>();
  let logId = 0;

  function passOf(isAlive: () => boolean): Pass {
    return async <T>(operation: Operation, ask: () => T): Promise<T> => {
      await turns(weather.latency);
      if (!isAlive()) return never();
      if (weather.outage) throw callFailure(operation);
      if (weather.tooMany > 0) {
        weather.tooMany -= 1;
        throw callFailure(operation, 429);
      }
      const answer = ask();
      await turns(1);
      if (!isAlive()) return never();
      if (weather.lost === 0) return answer;
      weather.lost -= 1;
      throw callFailure(operation);
    };
  }

  function start(): Process {
    const metrics = { clientOutcome: nothing, delivery: nothing, sweep: nothing };
    const api = directApi(
      state,
      passOf(() => process.alive),
    );
    const parts = { config, catalog: { scopes }, log, metrics, now: () => 1_800_000_000_000 };
    const clients = createWork(api, parts);
    const sweep = createSweep({ SWEEP_INTERVAL: 1 }, clients, log);
    const process: Process = { clients, sweep, alive: true };
    return process;
  }

  const replicas = [start(), start()];
  const at = (replica: number): Process => replicas[replica % 2] ?? start();

  function track(process: Process, work: Promise<void>, records: readonly Json[] = []): void {
    const whole = work.finally(() => underWay.delete(whole));
    underWay.set(whole, { process, records });
  }

  return {
    state,
    weather,
    outbox,
    eligible,
    others,
    unheard,
    lose(count) {
      for (const record of outbox.splice(0, count)) {
        const event = recognise(record['data'] as Json);
        if (event) unheard.add(event.clientId);
      }
    },
    register({ redirects, ...fields }, isEligible) {
      const made = makeClient(mode, {
        client_name: 'ChatGPT',
        redirect_uris: redirects,
        token_endpoint_auth_method: 'none',
      });
      if ('error' in made) throw new Error(made.error_description);
      const client = Object.assign(made, fields);
      state.clients.set(client.client_id, client);
      (isEligible ? eligible : others).set(client.client_id, structuredClone(client));
      logId += 1;
      const event = {
        logId: `900${logId}`,
        clientId: client.client_id,
        caller: management.clientId,
      };
      outbox.push(wrapped(registration(event)));
    },
    deliver(replica, body, records) {
      const process = at(replica);
      const { tally, done } = deliver(process.clients, body);
      const answered = done.then(() => {
        if (tally.pending > 0 && process.alive) outbox.push(...records);
      });
      track(process, answered, records);
    },
    sweep(replica) {
      const process = at(replica);
      track(process, process.sweep.run());
    },
    restart(replica) {
      at(replica).alive = false;
      for (const [work, { process, records }] of underWay) {
        if (process.alive) continue;
        underWay.delete(work);
        // Never answered: the stream has them still.
        outbox.push(...records);
      }
      replicas[replica % 2] = start();
    },
    turns,
    async settled() {
      while (underWay.size > 0) await Promise.all(underWay.keys());
    },
  };
}
