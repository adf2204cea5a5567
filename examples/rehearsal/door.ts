import {
  type CallToolResult,
  Client,
  type FetchLike,
  type ReadResourceResult,
  StreamableHTTPClientTransport,
  type VersionNegotiationMode,
} from '@modelcontextprotocol/client';
import { parseJson } from './http.ts';
import { type ListedTool, readTools } from './listed-tool.ts';
import {
  type Challenge,
  type Exchange,
  type Refused,
  readChallenge,
  refusalOf,
} from './refusal.ts';

export interface Listed {
  readonly kind: 'tools';
  readonly tools: readonly ListedTool[];
}

export interface Called {
  readonly kind: 'result';
  readonly result: CallToolResult;
  /** Of `_meta["mcp/www_authenticate"]`, which ChatGPT reads. */
  readonly challenge: Challenge;
}

export interface Connected {
  readonly kind: 'connected';
}

export interface Page {
  readonly kind: 'page';
  readonly contents: ReadResourceResult['contents'];
}

/** The MCP endpoint as the official client sees it. */
export interface Door {
  /** To be done first, unless `list` is. */
  readonly connect: () => Promise<Connected | Refused>;
  /** Lists the tools; connects if that was not done yet. */
  readonly list: () => Promise<Listed | Refused>;
  /** Reads a resource. */
  readonly read: (uri: string) => Promise<Page | Refused>;
  readonly call: (name: string, input: Record<string, unknown>) => Promise<Called | Refused>;
  /** The revision of the protocol that was agreed on; undefined before. */
  readonly version: () => string | undefined;
  readonly close: () => Promise<void>;
}

/**
 * Opens the MCP endpoint with the official client: `legacy` is protocol 2025-11-25, as ChatGPT
 * speaks it. `token` is asked before each request; undefined = none is sent.
 */
export function openDoor(
  url: URL,
  fetch: FetchLike,
  token: () => string | undefined,
  mode: VersionNegotiationMode = 'legacy',
): Door {
  const exchanges: Exchange[] = [];
  const client = new Client(
    { name: 'rehearsal', version: '1.0.0' },
    { versionNegotiation: { mode } },
  );
  const transport = new StreamableHTTPClientTransport(url, {
    fetch: record(fetch, exchanges),
    authProvider: { token: async () => token() },
    onInsufficientScope: 'throw',
  });

  /** An error of the client stands for an answer it did not like: that answer says more. */
  async function attempt<T>(play: () => Promise<T>): Promise<T | Refused> {
    exchanges.length = 0;
    try {
      return await play();
    } catch (error) {
      const refused = exchanges.map(refusalOf).findLast((found) => found !== undefined);
      if (refused === undefined) throw error;
      return refused;
    }
  }

  return {
    connect: () =>
      attempt(async () => {
        await client.connect(transport);
        return { kind: 'connected' };
      }),
    list: () =>
      attempt(async () => {
        if (client.transport === undefined) await client.connect(transport);
        await client.listTools();
        return { kind: 'tools', tools: exchanges.flatMap(toolsOf) };
      }),
    read: (uri) =>
      attempt(async () => {
        const { contents } = await client.readResource({ uri });
        return { kind: 'page', contents };
      }),
    call: (name, input) =>
      attempt(async () => {
        const result = await client.callTool({ name, arguments: input });
        const [header = ''] = [result._meta?.['mcp/www_authenticate']].flat();
        return { kind: 'result', result, challenge: readChallenge(String(header)) };
      }),
    version: () => client.getNegotiatedProtocolVersion(),
    close: () => client.close(),
  };
}

/** Keeps each POST's answer as text: JSON, or the data lines of an event stream. */
function record(fetch: FetchLike, exchanges: Exchange[]): FetchLike {
  return async (url, init) => {
    const response = await fetch(url, init);
    if (init?.method !== 'POST') return response;
    const body = await response.clone().text();
    const lines = [...body.matchAll(/^data: ?(.*)$/gm)].map(([, line]) => line);
    exchanges.push({
      status: response.status,
      header: response.headers.get('www-authenticate') ?? '',
      text: lines.length > 0 ? lines.join('') : body,
    });
    return response;
  };
}

function toolsOf({ text }: Exchange): ListedTool[] {
  const result = Object(Object(parseJson(text)).result) as Record<string, unknown>;
  return 'tools' in result ? readTools(result) : [];
}
