import type { FetchLike } from '@modelcontextprotocol/client';
import { openDoor } from '../door.ts';
import { fixOf } from '../fixes.ts';
import { inventInput } from '../invent.ts';
import type { ListedTool } from '../listed-tool.ts';
import { type Refused, told } from '../refusal.ts';
import { type Done, StepFailed } from '../step.ts';

export interface Challenged {
  readonly resourceMetadataUrl: URL;
  /** Scope the challenge names, space separated. */
  readonly scope: string | undefined;
  /** What is listed without a token; empty = nothing is. */
  readonly listed: readonly ListedTool[];
}

const expected =
  '401 with WWW-Authenticate: Bearer resource_metadata="…" and no error (RFC 9728 §5.1)';

const unnamed =
  'A missing token is answered with the address of the metadata and without an error (RFC 6750 §3.1); see that no proxy removes WWW-Authenticate.';

/** Asks without a token: initialize, or where that is public, a tool that is not. */
export async function challenge(url: URL, fetch: FetchLike): Promise<Done<Challenged>> {
  const door = openDoor(url, fetch, () => undefined);
  try {
    const listed = await door.list();
    if (listed.kind === 'refused') return judge(listed, 'initialize', []);
    const tool = listed.tools.find(({ open }) => !open);
    if (tool === undefined) {
      throw new StepFailed({
        expected: 'a tool that needs a token',
        came: `only public tools: ${listed.tools.map(({ name }) => name).join(', ')}`,
        fix: 'Nothing to sign in for: give a tool scopes in the catalog.',
      });
    }
    const called = await door.call(tool.name, inventInput(tool.inputSchema));
    if (called.kind === 'refused') return judge(called, tool.name, listed.tools);
    throw new StepFailed({
      expected,
      came: `${tool.name} answered without a token`,
      fix: 'The gateway lists this tool as protected and does not protect it; a missing token must be HTTP 401.',
    });
  } finally {
    await door.close();
  }
}

function judge(refused: Refused, what: string, listed: readonly ListedTool[]): Done<Challenged> {
  const { resourceMetadataUrl, scope, error } = refused.challenge;
  const bearer = /^bearer /i.test(refused.header);
  const clean = refused.status === 401 && bearer && error === undefined;
  if (clean && resourceMetadataUrl !== undefined) {
    const detail = `${what} without a token: 401, metadata at ${resourceMetadataUrl}`;
    return { value: { resourceMetadataUrl, scope, listed }, detail };
  }
  throw new StepFailed({
    expected,
    came: `${told(refused)}, WWW-Authenticate: ${refused.header || 'none'}`,
    fix: refused.status === 401 ? unnamed : fixOf(refused),
  });
}
