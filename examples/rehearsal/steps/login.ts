import type { Person } from '../person.ts';
import type { Asked } from '../session.ts';
import { type Done, StepFailed } from '../step.ts';

export interface Expected {
  readonly issuer: string;
  readonly returnsIssuer: boolean;
  readonly redirectUri: string;
}

/** Sends the person to the tenant and checks what comes back: place, state, `iss` (RFC 9207 §2.4). */
export async function login(asked: Asked, person: Person, expected: Expected): Promise<Done<URL>> {
  const back = await person(asked.url);
  const query = back.searchParams;
  const home = new URL(expected.redirectUri);
  check(`the redirect URI ${home}`, home.origin + home.pathname, back.origin + back.pathname);
  check('the state that was sent', asked.state, query.get('state'));
  const iss = query.get('iss');
  if (iss !== null || expected.returnsIssuer) check('iss', expected.issuer, iss);
  const error = query.get('error');
  if (error === null) return { value: back, detail: `code returned to ${home.host}, state right` };
  throw new StepFailed({
    expected: 'a code',
    came: `${error}: ${query.get('error_description') ?? ''}`,
    fix:
      error === 'access_denied'
        ? 'The person declined, or an Action or Rule of the tenant did: see the log of the tenant (type f, fp).'
        : 'See the log of the tenant (Monitoring, Logs) for this login.',
  });
}

function check(what: string, expected: string, came: string | null): void {
  if (came === expected) return;
  throw new StepFailed({
    expected: `${what}: ${expected}`,
    came: came ?? 'nothing',
    fix: 'Paste the address of this very login; if it is, the tenant (or something between) changed the response.',
  });
}
