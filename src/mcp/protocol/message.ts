/** One JSON-RPC 2.0 message of a client. */
export type Message =
  | {
      readonly kind: 'request';
      readonly id: string | number;
      readonly method: string;
      readonly params: Params;
    }
  | { readonly kind: 'notification'; readonly method: string }
  | { readonly kind: 'response' }
  | { readonly kind: 'invalid' };

export type Params = Readonly<Record<string, unknown>>;

export const codes = {
  parseError: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internalError: -32603,
  /** Until 2025-11-25; `invalidParams` since. */
  resourceNotFound: -32002,
  headerMismatch: -32020,
  missingCapability: -32021,
  unsupportedVersion: -32022,
  /** Ours: `data` is the body of the refusal. Closed to new uses since 2026-07-28. */
  refused: -32001,
} as const;

export const isObject = (value: unknown): value is Params =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isId = (value: unknown): value is string | number =>
  typeof value === 'string' || Number.isInteger(value);

/** Tells what a body is (JSON-RPC 2.0 §4). Batches are invalid: MCP has none since 2025-06-18. */
export function readMessage(body: unknown): Message {
  if (!isObject(body) || body['jsonrpc'] !== '2.0') return { kind: 'invalid' };
  const { id, method, params = {} } = body;
  if (method === undefined && ('result' in body || 'error' in body)) return { kind: 'response' };
  if (typeof method !== 'string' || !isObject(params)) return { kind: 'invalid' };
  if (id === undefined) return { kind: 'notification', method };
  return isId(id) ? { kind: 'request', id, method, params } : { kind: 'invalid' };
}

/** The id of a body, as far as it has one. */
export const idOf = (body: unknown): string | number | null =>
  isObject(body) && isId(body['id']) ? body['id'] : null;

export const success = (id: string | number, result: object) => ({ jsonrpc: '2.0', id, result });

/** `id`: null where the legacy era cannot know it (JSON-RPC 2.0 §5), absent in the modern one. */
export const failure = (
  id: string | number | null | undefined,
  code: number,
  message: string,
  data?: object,
) => ({ jsonrpc: '2.0', id, error: { code, message, ...(data ? { data } : {}) } });

/** An error of the protocol, answered with HTTP 200 unless it says otherwise. */
export class ProtocolError extends Error {
  readonly code: number;
  readonly status: number;
  readonly data: object | undefined;

  constructor(
    code: number,
    message: string,
    { status = 200, data }: { status?: number; data?: object } = {},
  ) {
    super(message);
    this.name = 'ProtocolError';
    this.code = code;
    this.status = status;
    this.data = data;
  }
}
