import { computeScopeUnion } from '@modelcontextprotocol/client';
import { apiScopes } from '../first-scope.ts';
import type { Person } from '../person.ts';
import type { Session } from '../session.ts';
import { type Done, skip } from '../step.ts';
import { type Expected, login } from './login.ts';
import type { Denied } from './scope.ts';
import { token, type Wanted } from './token.ts';

export interface StepUp {
  readonly granted: readonly string[];
  readonly person: Person;
  readonly expected: Expected;
  readonly wanted: Wanted;
}

/** Authorizes again for what the token has and what the challenge names, together. */
export async function stepUp(
  session: Session,
  denied: Denied | undefined,
  { granted, person, expected, wanted }: StepUp,
): Promise<Done<void>> {
  if (denied === undefined) return skip(undefined, 'no tool needed more scope');
  // Asking for the new scope alone would lose what the token has.
  const union = computeScopeUnion(granted.join(' '), denied.scopes.join(' '));
  const asked = await session.ask(union);
  const { value: back } = await login(asked, person, expected);
  const { value: held } = await token(session, back, { ...wanted, scopes: apiScopes(union) });
  return { value: undefined, detail: `scope ${held.join(' ')}` };
}
