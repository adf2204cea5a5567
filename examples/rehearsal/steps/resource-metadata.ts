import { isDeepStrictEqual } from 'node:util';
import { checkResourceAllowed, type FetchLike } from '@modelcontextprotocol/client';
import { z } from 'zod';
import { type JsonAnswer, readJson } from '../http.ts';
import { type Done, StepFailed } from '../step.ts';

export interface Resource {
  /** Sent to the tenant verbatim (RFC 8707). */
  readonly resource: string;
  readonly issuer: string;
  readonly scopes: readonly string[];
}

const document = z.looseObject({
  resource: z.url(),
  authorization_servers: z.array(z.url()).min(1),
  scopes_supported: z.array(z.string()).default([]),
});

/** Reads the metadata (RFC 9728) where the challenge says and where clients guess, and compares. */
export async function resourceMetadata(
  url: URL,
  named: URL,
  fetch: FetchLike,
): Promise<Done<Resource>> {
  const path = `/.well-known/oauth-protected-resource`;
  const guesses = [`${url.origin}${path}${url.pathname}`, `${url.origin}${path}`];
  const first = await readDocument(fetch, named.href);
  for (const guess of guesses) {
    const same = await readDocument(fetch, guess);
    if (!isDeepStrictEqual(first.json, same.json)) {
      throw new StepFailed({
        expected: `the same document at ${named} and ${guess}`,
        came: 'two that differ',
        fix: 'Clients use whichever they try first: let one gateway answer at all three places.',
      });
    }
  }
  const { resource, authorization_servers: servers, scopes_supported: scopes } = first.document;
  if (!checkResourceAllowed({ requestedResource: url, configuredResource: resource })) {
    throw new StepFailed({
      expected: `a resource that covers ${url} (RFC 9728 §3.3)`,
      came: resource,
      fix: `Let OAUTH_AUDIENCE, and the identifier of the API in the tenant, be ${url}; or use the URL that the resource names.`,
    });
  }
  const issuer = String(servers[0]);
  const more = servers.length > 1 ? ` (the first of ${servers.length})` : '';
  const detail = `resource ${resource}, authorization server ${issuer}${more}, scopes ${scopes.join(' ') || 'none'}`;
  return { value: { resource, issuer, scopes }, detail };
}

async function readDocument(
  fetch: FetchLike,
  url: string,
): Promise<JsonAnswer & { document: z.output<typeof document> }> {
  const answer = await readJson(fetch, url);
  const read = document.safeParse(answer.json);
  if (answer.status === 200 && read.success) return { ...answer, document: read.data };
  throw new StepFailed({
    expected: `protected resource metadata at ${url} (RFC 9728 §2)`,
    came:
      read.success || answer.status !== 200 ? `HTTP ${answer.status}` : z.prettifyError(read.error),
    fix: 'Check that the reverse proxy lets /.well-known/ through and that PUBLIC_URL is the address people use.',
  });
}
