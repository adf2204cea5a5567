import { buildDiscoveryUrls, type FetchLike } from '@modelcontextprotocol/client';
import { z } from 'zod';
import { type JsonAnswer, readJson } from '../http.ts';
import { type Done, StepFailed } from '../step.ts';

export interface Server {
  /** True when `iss` comes with each authorization response (RFC 9207). */
  readonly returnsIssuer: boolean;
}

const document = z.looseObject({
  issuer: z.string(),
  authorization_endpoint: z.url(),
  token_endpoint: z.url(),
  jwks_uri: z.string().optional(),
  registration_endpoint: z.string().optional(),
  code_challenge_methods_supported: z.array(z.string()).default([]),
  authorization_response_iss_parameter_supported: z.boolean().default(false),
});

type Document = z.output<typeof document>;

/** What the mirror at the gateway must repeat; the rest may lag behind while it is cached. */
const mirrored = ['issuer', 'authorization_endpoint', 'token_endpoint', 'jwks_uri'] as const;

/** Reads the tenant's metadata (RFC 8414, OpenID Connect Discovery) and the gateway's copies of it. */
export async function serverMetadata(
  issuer: string,
  gateway: URL,
  fetch: FetchLike,
  mayRegister: boolean,
): Promise<Done<Server>> {
  const metadata = await readFirst(issuer, fetch);
  const { registration_endpoint: registration, code_challenge_methods_supported: methods } =
    metadata;
  if (!methods.includes('S256')) {
    throw new StepFailed({
      expected: 'code_challenge_methods_supported with S256',
      came: methods.join(' ') || 'none',
      fix: 'ChatGPT does not go on without PKCE: the tenant must advertise it.',
    });
  }
  if (mayRegister && registration === undefined) {
    throw new StepFailed({
      expected: 'a registration_endpoint (RFC 8414 §2)',
      came: 'Incompatible auth server: does not support dynamic client registration',
      fix: 'Switch on Dynamic Client Registration in the tenant (flag enable_dynamic_client_registration), or give --client-id.',
    });
  }
  const copies = await compareCopies(metadata, gateway, fetch);
  const returnsIssuer = metadata.authorization_response_iss_parameter_supported;
  const iss = returnsIssuer ? 'iss in responses' : 'no iss in responses';
  return { value: { returnsIssuer }, detail: `${issuer}, S256, ${iss}, ${copies}` };
}

async function readFirst(issuer: string, fetch: FetchLike): Promise<Document> {
  const came: string[] = [];
  for (const { url } of buildDiscoveryUrls(issuer)) {
    const answer = await readJson(fetch, url);
    const read = document.safeParse(answer.json);
    if (answer.status !== 200 || !read.success) {
      came.push(`${url}: ${told(answer, read.error)}`);
      continue;
    }
    if (read.data.issuer === issuer) return read.data;
    throw new StepFailed({
      expected: `issuer ${issuer} at ${url} (RFC 8414 §3.3, to the letter)`,
      came: `issuer ${read.data.issuer}`,
      fix: 'Let OAUTH_ISSUER be what the tenant calls itself, with the slash at the end.',
    });
  }
  throw new StepFailed({
    expected: `metadata of the authorization server ${issuer}`,
    came: came.join('; '),
    fix: 'Check OAUTH_ISSUER: the domain of the tenant, or its custom domain.',
  });
}

const told = (answer: JsonAnswer, error: z.ZodError | undefined): string =>
  answer.status === 200 && error ? z.prettifyError(error) : `HTTP ${answer.status}`;

async function compareCopies(metadata: Document, gateway: URL, fetch: FetchLike): Promise<string> {
  let copies = 0;
  for (const name of ['oauth-authorization-server', 'openid-configuration']) {
    const answer = await readJson(fetch, `${gateway.origin}/.well-known/${name}`);
    // A gateway need not mirror its tenant.
    if (answer.status === 404) continue;
    const copy = document.safeParse(answer.json);
    const differing = mirrored.find((field) => copy.data?.[field] !== metadata[field]);
    if (differing === undefined) {
      copies += 1;
      continue;
    }
    throw new StepFailed({
      expected: `${differing} ${metadata[differing]} at ${answer.url}, as the tenant says`,
      came: copy.data?.[differing] ?? `HTTP ${answer.status}`,
      fix: 'The gateway must reach the tenant (OAUTH_ISSUER) and repeat its metadata unchanged.',
    });
  }
  return copies > 0 ? 'mirrored by the gateway' : 'not mirrored';
}
