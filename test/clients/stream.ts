import type { AddressInfo } from 'node:net';
import Fastify from 'fastify';
import type { Test } from 'tap';
import type { LogStream } from '../../examples/tenant/state.ts';
import { webhook } from '../../src/clients/webhook.ts';
import { createServer } from '../../src/server.ts';
import { type Rig, type RigOptions, rig, webhookSecret } from './rig.ts';

export interface Streamed extends Rig {
  /** The tenant's log stream to the webhook; it may be paused. */
  readonly stream: LogStream;
  /** Statuses the webhook answered with. */
  readonly answers: number[];
}

export interface StreamOptions extends RigOptions {
  readonly format?: LogStream['sink']['httpContentFormat'];
  /** Milliseconds the webhook works on a delivery. */
  readonly deadline?: number;
}

/** A pretend tenant that tells its log to a real webhook by real deliveries. */
export async function streamed(t: Test, options: StreamOptions = {}): Promise<Streamed> {
  const all = await rig(t, options);
  const answers: number[] = [];
  const app = await createServer(all.config, Fastify().log, () => {});
  app.addHook('onResponse', async (_request, reply) => void answers.push(reply.statusCode));
  app.register(webhook(all.config, all.clients, options.deadline));
  await app.listen({ port: 0, host: '127.0.0.1' });
  t.teardown(() => app.close());
  const { port } = app.server.address() as AddressInfo;
  const stream: LogStream = {
    id: 'lst_gateway',
    name: 'Gateway',
    type: 'http',
    status: 'active',
    sink: {
      httpEndpoint: `http://127.0.0.1:${port}/auth0-log-webhook`,
      httpAuthorization: webhookSecret,
      httpContentFormat: options.format ?? 'JSONLINES',
      httpContentType: 'text/plain',
    },
  };
  all.tenant.state.logStreams.set(stream.id, stream);
  return { ...all, stream, answers };
}
