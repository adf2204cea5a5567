import {
  SdkError,
  SdkErrorCode,
  UnsupportedProtocolVersionError,
} from '@modelcontextprotocol/client';
import type { Door } from '../door.ts';
import { fixOf } from '../fixes.ts';
import { type Refused, told } from '../refusal.ts';
import { type Done, StepFailed, skip } from '../step.ts';
import { type Call, findCall, mustAnswer } from './call.ts';

/** The revision without `initialize`: every request says all of itself, in headers too. */
const version = '2026-07-28';

/** Errors only a gateway of this revision makes: a header that differs, a capability that lacks. */
const itsOwn: readonly string[] = ['-32020', '-32021'];

/** Statuses that say nothing about the protocol: the token, a limit, a gateway in trouble. */
const unrelated = (status: number): boolean => [401, 403, 429].includes(status) || status >= 500;

/** How the official client is told to speak nothing else. */
export const pinned = { pin: version };

/**
 * Makes the read-only call once more as a client of 2026-07-28: server/discover, list, call.
 * Skipped where the gateway does not speak it; one that claims to must.
 * `open` gives a door that is `pinned`, `spoken` is the revision agreed on without it.
 */
export async function modern(
  open: () => Door,
  call: Call | undefined,
  spoken: string | undefined,
): Promise<Done<void>> {
  const door = open();
  try {
    const other = await discover(door);
    if (other !== undefined) {
      const versions = other.supported.join(', ') || spoken;
      return skip(undefined, `speaks ${versions} only (${other.came})`);
    }
    const listed = await door.list();
    if (listed.kind === 'refused') throw refusedAt('tools/list', listed);
    const found = `${version}: server/discover, tools/list (${listed.tools.length})`;
    if (call === undefined) return { value: undefined, detail: `${found}, none to call` };
    const { name } = call.tool;
    await mustAnswer(door, findCall({ name, input: call.input }, listed.tools));
    return { value: undefined, detail: `${found}, an answer of ${name}` };
  } finally {
    await door.close();
  }
}

/** What a gateway says that does not speak this revision. */
interface Other {
  /** Empty = it does not say. */
  readonly supported: readonly string[];
  readonly came: string;
}

/** Connects; undefined when the gateway speaks this revision. */
async function discover(door: Door): Promise<Other | undefined> {
  const met = await door.connect().catch(explain);
  if (!('kind' in met)) return met;
  if (met.kind === 'connected') return undefined;
  const claims = met.supported.includes(version) || itsOwn.includes(met.error);
  if (claims || unrelated(met.status)) throw refusedAt('server/discover', met);
  return { supported: met.supported, came: told(met) };
}

/** An error of the client about an answer that refused nothing. */
function explain(error: unknown): Other {
  if (error instanceof UnsupportedProtocolVersionError) {
    const { supported } = error;
    return { supported, came: 'as server/discover says' };
  }
  const unread = error instanceof SdkError && error.code === SdkErrorCode.EraNegotiationFailed;
  if (!unread || error.cause !== undefined) throw error;
  throw new StepFailed({
    expected: 'an answer to server/discover with supportedVersions and capabilities',
    came: error.message,
    fix: 'The gateway answers server/discover, but not as MCP 2026-07-28 says: correct the answer, or refuse the method (-32601).',
  });
}

const refusedAt = (method: string, refused: Refused): StepFailed =>
  new StepFailed({
    expected: `an answer to ${method} in ${version}`,
    came: told(refused),
    fix: fixOf(refused),
  });
