/** Log records of a tenant. Synthetic: no sample of a registration's full record is published. */
export type Json = Record<string, unknown>;

export interface Shape {
  logId?: string;
  clientId?: unknown;
  name?: string;
  caller?: string;
  type?: string;
  description?: string;
  method?: string;
  path?: string;
  status?: unknown;
}

/** The inner record of a registration; every part can be another. */
export function registration(shape: Shape = {}): Json {
  const logId = shape.logId ?? '90020261101020606888000000000001';
  return {
    date: '2026-11-01T02:06:06.888Z',
    type: shape.type ?? 'sapi',
    description: shape.description ?? 'Dynamic client registration',
    client_id: shape.caller ?? '',
    client_name: '',
    log_id: logId,
    details: {
      request: { method: shape.method ?? 'post', path: shape.path ?? '/oidc/register', body: {} },
      response: {
        statusCode: shape.status ?? 201,
        body: {
          client_id: 'clientId' in shape ? shape.clientId : 'tpc_new',
          client_name: shape.name ?? 'ChatGPT',
        },
      },
    },
  };
}

/** As a log stream sends it. */
export const wrapped = (data: Json): Json => ({ log_id: data['log_id'], data });
