import { allows } from '../calls/authorize.ts';
import type { Caller } from '../calls/caller.ts';
import type { Config } from '../config.ts';
import type { Catalog } from '../tools/catalog.ts';
import { codes, type Params, ProtocolError } from './message.ts';
import { createToolList } from './tool-list.ts';
import type { ToolResult } from './tool-result.ts';
import { negotiate } from './versions.ts';

/** What a method knows of its request. */
export interface Context {
  readonly caller: Caller | undefined;
  /** Calls a tool as this request. */
  readonly call: (tool: string, input: unknown) => Promise<ToolResult>;
}

export type Method = (params: Params, context: Context) => object | Promise<object>;

const serverInfo = {
  name: 'openai-auth0-gateway',
  title: 'openai-auth0-gateway',
  version: '0.1.0',
};

/** The methods of protocol 2025-11-25 and older that a gateway of tools serves. */
export function createMethods(
  { TOOLS_LIST }: Pick<Config, 'TOOLS_LIST'>,
  catalog: Catalog,
): ReadonlyMap<string, Method> {
  const list = createToolList(catalog);
  return new Map<string, Method>([
    [
      'initialize',
      ({ protocolVersion }) => ({
        protocolVersion: negotiate(protocolVersion),
        capabilities: { tools: {} },
        serverInfo,
      }),
    ],
    ['ping', () => ({})],
    [
      'tools/list',
      (_params, { caller }) => ({
        tools: list(TOOLS_LIST === 'all' ? () => true : (tool) => allows(caller, tool)),
      }),
    ],
    [
      'tools/call',
      ({ name, arguments: input = {} }, { call }) => {
        if (typeof name === 'string') return call(name, input);
        throw new ProtocolError(codes.invalidParams, 'tools/call needs the name of a tool');
      },
    ],
  ]);
}
