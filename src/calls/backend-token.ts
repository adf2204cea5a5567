import type { Config } from '../config.ts';
import { Refusal } from '../errors.ts';
import { ExchangeError } from './answer.ts';
import { createGoogleTokens } from './google-token.ts';
import { type Limits, watch } from './watch.ts';

/** The value of the Authorization header for the backend; '' = none. At once where it is known. */
export type BackendToken = (limits: Limits) => string | Promise<string>;

type Settings = Pick<
  Config,
  'BACKEND_AUTH' | 'BACKEND_TOKEN' | 'BACKEND_AUDIENCE' | 'FUNCTIONS_BASE'
>;

/** Waits for a token no longer than the call may last. */
function within(limits: Limits, token: Promise<string>): Promise<string> {
  return new Promise((resolve, reject) => {
    const stop = watch(limits, (over) => reject(new ExchangeError(over, false)));
    token
      .then(resolve, (cause) =>
        reject(new Refusal('upstream_failed', { reason: 'backend_auth', cause })),
      )
      .finally(stop);
  });
}

/**
 * How the gateway itself is known to the backend, beside the signature (BACKEND_AUTH).
 * @throws {Refusal} `upstream_failed`, reason `backend_auth`; {@link ExchangeError} when the
 * limits of the call end first.
 */
export function createBackendToken(settings: Settings): BackendToken {
  const { BACKEND_AUTH, BACKEND_TOKEN, BACKEND_AUDIENCE, FUNCTIONS_BASE } = settings;
  if (BACKEND_AUTH === 'none') return () => '';
  if (BACKEND_AUTH === 'bearer') return () => `Bearer ${BACKEND_TOKEN}`;
  const tokens = createGoogleTokens(BACKEND_AUDIENCE ?? new URL(FUNCTIONS_BASE).origin);
  return (limits) => {
    const token = tokens();
    return typeof token === 'string' ? token : within(limits, token);
  };
}
