import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { note } from './seed.ts';
import type { State } from './state.ts';
import type { Delivery } from './stream/deliver.ts';

const count = z.int().min(0);

const faults = z
  .strictObject({
    outage: z.union([
      z.literal(false),
      z.strictObject({ how: z.enum(['unavailable', 'hang']), prefix: z.string().default('/') }),
    ]),
    latencyMs: count,
    rateLimitPerSecond: count,
    tooMany: count,
    delivery: z
      .strictObject({
        duplicate: z.boolean(),
        reorder: z.boolean(),
        noise: count,
        drop: z.boolean(),
      })
      .partial(),
  })
  .partial();

/** Unlike the Management API's PATCH this one may do what a real tenant forbids. */
const settings = z
  .strictObject({
    flags: z.strictObject({ enable_dynamic_client_registration: z.boolean() }),
    dynamic_client_registration_security_mode: z.enum(['strict', 'permissive']),
    resource_parameter_profile: z.enum(['audience', 'compatibility']),
    authorization_response_iss_parameter_supported: z.boolean(),
    client_id_metadata_document_supported: z.boolean(),
    default_audience: z.string(),
  })
  .partial();

/** Where documents of MCP clients are fetched from: this tenant never leaves the machine. */
const documents = z.record(z.url(), z.url({ hostname: /^127\.0\.0\.1$/ }));

const change = z.strictObject({ faults, settings, documents }).partial();
const repeat = z.strictObject({ count: z.int().min(1).default(1) });

/**
 * `/__tenant`: how another process looks at the pretend tenant and breaks it on purpose.
 * `GET` shows it, `PATCH {faults?, settings?, documents?}` merges, `POST /rotate` changes the signing key,
 * `POST /redeliver {count?}` sends the last log records again. No token: the tenant is on loopback.
 */
export function createSwitchboard(
  state: State,
  delivery: Delivery,
): (req: IncomingMessage, res: ServerResponse) => Promise<void> {
  const overview = () => ({
    pretend: true,
    people: [...state.people.values()].map((person) => ({
      email: person.email,
      password: person.password,
      note: note(person),
    })),
    settings: state.settings,
    faults: state.faults,
    documents: Object.fromEntries(state.documents),
  });

  const actions: Record<string, (body: unknown) => unknown> = {
    'GET /__tenant': overview,
    'PATCH /__tenant': (body) => {
      merge(state, change.parse(body));
      return overview();
    },
    'POST /__tenant/rotate': () => {
      state.events.emit('rotate');
      return {};
    },
    'POST /__tenant/redeliver': (body) => {
      delivery.redeliver(repeat.parse(body).count);
      return {};
    },
  };

  return async (req, res) => {
    const action = actions[`${req.method} ${req.url}`];
    if (action === undefined) return send(res, 404, { error: 'not_found' });
    try {
      return send(res, 200, action(JSON.parse((await text(req)) || '{}')));
    } catch (error) {
      return send(res, 400, { error: 'invalid_request', error_description: String(error) });
    }
  };
}

function merge({ faults, settings, documents }: State, wanted: z.infer<typeof change>): void {
  const { delivery, ...otherFaults } = wanted.faults ?? {};
  Object.assign(faults.delivery, delivery);
  Object.assign(faults, otherFaults);
  for (const [url, from] of Object.entries(wanted.documents ?? {})) documents.set(url, from);
  const { flags, ...otherSettings } = wanted.settings ?? {};
  Object.assign(settings.flags, flags);
  Object.assign(settings, otherSettings);
}

function send(res: ServerResponse, status: number, body: unknown): void {
  res.writeHead(status, { 'content-type': 'application/json' });
  res.end(JSON.stringify(body));
}
