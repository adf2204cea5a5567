import { createParser } from 'eventsource-parser';
import type { Pool } from 'undici';
import { bearer } from '../send.ts';

/** One call, as one of a crowd makes it. */
export interface Call {
  /** Undefined = without a token. */
  readonly token: string | undefined;
  readonly era: 'legacy' | 'modern';
  readonly tool: string;
  readonly input: object;
  /** Also the progress token, where progress is wanted: many clients count both from the start. */
  readonly id: string | number;
  readonly progress: boolean;
}

/** What was answered to it: one JSON-RPC message, or several by server-sent events. */
export interface Answered {
  readonly status: number;
  readonly type: string;
  readonly messages: readonly unknown[];
}

const version = { legacy: '2025-11-25', modern: '2026-07-28' } as const;

/** Sends the call over one of the pool's connections, behind whatever is under way there. */
export async function make(pool: Pool, call: Call): Promise<Answered> {
  const { token, era, tool, input, id, progress } = call;
  const modern = { 'mcp-method': 'tools/call', 'mcp-name': tool };
  const { statusCode, headers, body } = await pool.request({
    path: '/mcp',
    method: 'POST',
    idempotent: true,
    blocking: false,
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': version[era],
      ...(era === 'modern' ? modern : {}),
      ...(token === undefined ? {} : bearer(token)),
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id,
      method: 'tools/call',
      params: {
        name: tool,
        arguments: input,
        _meta: { ...(era === 'modern' ? envelope : {}), ...(progress && { progressToken: id }) },
      },
    }),
  });
  const type = String(headers['content-type']);
  const text = await body.text();
  const messages = type.startsWith('text/event-stream') ? events(text) : [JSON.parse(text)];
  return { status: statusCode, type, messages };
}

const envelope = {
  'io.modelcontextprotocol/protocolVersion': version.modern,
  'io.modelcontextprotocol/clientInfo': { name: 'crowd', version: '1.0.0' },
  'io.modelcontextprotocol/clientCapabilities': {},
};

function events(text: string): unknown[] {
  const messages: unknown[] = [];
  const parser = createParser({ onEvent: ({ data }) => void messages.push(JSON.parse(data)) });
  parser.feed(text);
  return messages;
}
