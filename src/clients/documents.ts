import type { TenantClient } from './client.ts';
import type { McpClient } from './presets.ts';

/** Client ID metadata documents (CIMD) of MCP clients: the URL is the client id of their tokens. */
export const documents: Readonly<Partial<Record<McpClient, string>>> = {
  chatgpt: 'https://chatgpt.com/oauth/client.json',
};

/** Whose document the client was imported from, as far as its maker is one of `clients`. */
export const documentOwner = (
  { external_metadata_type: type, external_client_id: url }: TenantClient,
  clients: readonly McpClient[],
): McpClient | undefined =>
  type === 'cimd' ? clients.find((client) => documents[client] === url) : undefined;
