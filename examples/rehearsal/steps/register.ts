import { RegistrationRejectedError } from '@modelcontextprotocol/client';
import { shorten } from '../http.ts';
import type { Asked, Session } from '../session.ts';
import { type Done, StepFailed, skip } from '../step.ts';

const fixes: Readonly<Record<number, string>> = {
  403: 'The tenant allows no more applications, or no registration: delete dead clients and check the flag enable_dynamic_client_registration.',
  404: 'Switch on Dynamic Client Registration in the tenant (flag enable_dynamic_client_registration).',
  429: 'The tenant limits registrations: wait, then try again.',
};

/** Registers as ChatGPT does (RFC 7591) and makes the first authorization request. */
export async function register(
  session: Session,
  scope: string | undefined,
  given: string | undefined,
): Promise<Done<Asked>> {
  const asked = await session.ask(scope).catch(explain);
  if (given !== undefined) return skip(asked, `client ${given} was registered earlier`);
  const detail = `client ${asked.clientId}, redirect ${session.redirectUri}`;
  return { value: asked, detail };
}

function explain(error: unknown): never {
  if (!(error instanceof RegistrationRejectedError)) throw error;
  throw new StepFailed({
    expected: 'a client (RFC 7591 §3.2.1: 201)',
    came: `HTTP ${error.status} ${shorten(error.body)}`,
    fix: fixes[error.status] ?? 'The body of the answer names the field the tenant does not like.',
  });
}
