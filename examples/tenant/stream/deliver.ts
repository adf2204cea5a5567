import { Agent } from 'undici';
import type { LogRecord, State } from '../state.ts';
import { wants } from './category.ts';
import { disturb } from './disturb.ts';
import { encode } from './encode.ts';
import { type Pace, post } from './post.ts';

export interface Delivery {
  /** Resolves when every log record so far was delivered (2xx) or given up for the time being. */
  delivered: () => Promise<void>;
  /** Sends the last `count` records of the log once more, as an at-least-once sender may. */
  redeliver: (count: number) => void;
  /** Stops at once; what is pending stays undelivered. */
  close: () => Promise<void>;
}

/** The records one stream still has to send, and the run that is sending them. */
interface Outbox {
  pending: LogRecord[];
  running: Promise<void> | undefined;
  timer: NodeJS.Timeout | undefined;
}

/** What was pending goes out together, at most this many records in one body. */
const batchSize = 100;

/** Delivers every record of the tenant's log to every active log stream, from now on. */
export function startDelivery(state: State, pace: Pace): Delivery {
  const agent = new Agent();
  const closing = new AbortController();
  const outboxes = new Map<string, Outbox>();

  function outboxOf(id: string): Outbox {
    const outbox = outboxes.get(id) ?? { pending: [], running: undefined, timer: undefined };
    outboxes.set(id, outbox);
    return outbox;
  }

  function add(record: LogRecord): void {
    for (const stream of state.logStreams.values()) {
      if (stream.status !== 'active' || !wants(stream, record)) continue;
      const outbox = outboxOf(stream.id);
      outbox.pending.push(record);
      run(stream.id, outbox);
    }
  }

  function run(id: string, outbox: Outbox): void {
    clearTimeout(outbox.timer);
    outbox.running ??= empty(id, outbox);
  }

  async function empty(id: string, outbox: Outbox): Promise<void> {
    // One turn of the event loop, so that records written together travel together.
    await new Promise(setImmediate);
    while (outbox.pending.length > 0 && !closing.signal.aborted) {
      if (await sendBatch(id, outbox)) continue;
      outbox.timer = setTimeout(() => run(id, outbox), pace.later);
      break;
    }
    outbox.running = undefined;
  }

  /**
   * True when the batch is off the list; a stream that is gone or paused has nothing left to send.
   * A batch of several bodies (JSONOBJECT) that fails half-way is sent again from its start.
   */
  async function sendBatch(id: string, outbox: Outbox): Promise<boolean> {
    const stream = state.logStreams.get(id);
    if (stream?.status !== 'active') {
      outbox.pending.length = 0;
      return true;
    }
    const batch = outbox.pending.slice(0, batchSize);
    const records = disturb(batch, state.faults.delivery);
    const bodies = records.length > 0 ? encode(records, stream.sink.httpContentFormat) : [];
    for (const body of bodies) {
      if (!(await post(agent, stream, body, pace, closing.signal))) return false;
    }
    outbox.pending.splice(0, batch.length);
    return true;
  }

  state.events.on('log', add);
  return {
    delivered: async () => {
      const running = () => [...outboxes.values()].flatMap((outbox) => outbox.running ?? []);
      while (running().length > 0) await Promise.all(running());
    },
    redeliver: (count) => {
      for (const record of state.logs.slice(-count)) add(record);
    },
    close: async () => {
      state.events.off('log', add);
      closing.abort();
      await Promise.all([...outboxes.values()].map(({ running }) => running));
      for (const { timer } of outboxes.values()) clearTimeout(timer);
      await agent.destroy();
    },
  };
}
