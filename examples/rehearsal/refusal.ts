import { extractWWWAuthenticateParams } from '@modelcontextprotocol/client';
import { z } from 'zod';
import { parseJson, shorten } from './http.ts';

/** The parts of a WWW-Authenticate challenge (RFC 6750 §3, RFC 9728 §5.1). */
export type Challenge = ReturnType<typeof extractWWWAuthenticateParams>;

/** A gateway's no to an MCP request. */
export interface Refused {
  readonly kind: 'refused';
  readonly status: number;
  /** WWW-Authenticate as it came, or empty. */
  readonly header: string;
  readonly challenge: Challenge;
  /** `error` of the body, of the JSON-RPC error's data, or its code. */
  readonly error: string;
  readonly description: string;
  /** The gateway's word for what is wrong with a token. */
  readonly reason: string;
  /** The versions a gateway names that does not speak the client's (-32022). */
  readonly supported: readonly string[];
}

/** One POST to the MCP endpoint and what came back. */
export interface Exchange {
  readonly status: number;
  readonly header: string;
  readonly text: string;
}

const words = z.looseObject({
  error: z.string(),
  error_description: z.string().catch(''),
  reason: z.string().catch(''),
});
const rpcError = z.looseObject({
  error: z.looseObject({
    code: z.number(),
    message: z.string().catch(''),
    data: z.unknown().optional(),
  }),
});
const versions = z.looseObject({ supported: z.array(z.string()) });

/** The challenge in the text of a header. */
export const readChallenge = (header: string): Challenge =>
  extractWWWAuthenticateParams(new Response(null, { headers: { 'www-authenticate': header } }));

/** What an exchange says no with; undefined when it says no such thing. */
export function refusalOf(exchange: Exchange): Refused | undefined {
  const { status, header, text } = exchange;
  const json = parseJson(text);
  const rpc = rpcError.safeParse(json);
  if (status < 400 && !rpc.success) return undefined;
  const own = words.safeParse(json);
  const { data } = Object(rpc.data?.error) as { data?: unknown };
  const said = words.safeParse(data).data ?? own.data;
  const code = rpc.data?.error.code ?? '';
  return {
    kind: 'refused',
    status,
    header,
    challenge: readChallenge(header),
    error: said?.error ?? String(code),
    description: said?.error_description || rpc.data?.error.message || shorten(text),
    reason: said?.reason ?? '',
    supported: versions.safeParse(data).data?.supported ?? [],
  };
}

/** A refusal in one line. */
export function told({ status, error, reason, description }: Refused): string {
  const code = [error, reason].filter((word) => word !== '').join('/');
  return shorten([`HTTP ${status}`, code, description].filter((part) => part !== '').join(' '));
}
