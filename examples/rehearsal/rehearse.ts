import { openDoor } from './door.ts';
import { apiScopes, firstScope } from './first-scope.ts';
import { createFetch } from './http.ts';
import { defaults, type RehearsalOptions } from './options.ts';
import { createSession } from './session.ts';
import { createPlay, type Play, type StepResult } from './step.ts';
import { anonymous, read } from './steps/call.ts';
import { challenge } from './steps/challenge.ts';
import { login } from './steps/login.ts';
import { modern, pinned } from './steps/modern.ts';
import { promotion } from './steps/promotion.ts';
import { register } from './steps/register.ts';
import { resourceMetadata } from './steps/resource-metadata.ts';
import { tooLittleScope, write } from './steps/scope.ts';
import { serverMetadata } from './steps/server-metadata.ts';
import { stepUp } from './steps/step-up.ts';
import { token } from './steps/token.ts';
import { toolsList } from './steps/tools-list.ts';
import { widgets } from './steps/widgets.ts';
import { choosePerson, chooseRedirect, isPretend } from './tenant.ts';

export interface Rehearsed {
  /** True when no step failed. */
  readonly ok: boolean;
  /** Up to the first that failed. */
  readonly steps: readonly StepResult[];
}

/**
 * Plays ChatGPT against the gateway at `url`, from the first request without a token to a call
 * that needed more scope. Never rejects for what the gateway or the tenant does: that is a
 * failed step, and the last one. `report` is told each step as it ends.
 * Throws a TypeError when `url` is no URL.
 */
export async function rehearse(
  url: string,
  options: Partial<RehearsalOptions> = {},
  report: (step: StepResult) => void = () => {},
): Promise<Rehearsed> {
  const steps: StepResult[] = [];
  const play = createPlay((step) => {
    steps.push(step);
    report(step);
  });
  const endpoint = new URL(url);
  if (endpoint.pathname === '/') endpoint.pathname = '/mcp';
  const ok = await dance(endpoint, { ...defaults, ...options }, play).then(
    () => true,
    // Reported by `play` before it got here.
    () => false,
  );
  return { ok, steps };
}

async function dance(url: URL, options: RehearsalOptions, play: Play): Promise<void> {
  const fetch = createFetch(options.userAgent);
  const challenged = await play('challenge', () => challenge(url, fetch));
  const { resourceMetadataUrl, listed } = challenged;
  const { resource, issuer, scopes } = await play('resource-metadata', () =>
    resourceMetadata(url, resourceMetadataUrl, fetch),
  );
  const { pretend, returnsIssuer } = await play('server-metadata', async () => {
    const done = await serverMetadata(issuer, url, fetch, options.clientId === undefined);
    const pretend = await isPretend(issuer, fetch);
    return { ...done, value: { ...done.value, pretend } };
  });

  const redirectUri = chooseRedirect(options.redirect, pretend);
  const person = choosePerson(redirectUri, pretend, options);
  const { clientId } = options;
  const session = createSession({ url, resourceMetadataUrl, issuer, redirectUri, clientId, fetch });
  const scope = firstScope(options.scope, listed, [...scopes, ...apiScopes(challenged.scope)]);
  const asked = await play('register', () => register(session, scope, clientId));
  await play('promotion', () =>
    promotion(asked, fetch, { gateway: url, redirectUri, timeout: options.timeout }),
  );
  const expected = { issuer, returnsIssuer, redirectUri };
  const back = await play('login', () => login(asked, person, expected));
  const wanted = { issuer, resource, scopes: apiScopes(scope) };
  const granted = await play('token', () => token(session, back, wanted));

  const door = openDoor(url, fetch, session.accessToken);
  try {
    const tools = await play('tools-list', () => toolsList(door));
    await play('widgets', () => widgets(door, tools, granted, { url, fetch }));
    const call = await play('read', () => read(door, tools, granted, options.read));
    const again = () => openDoor(url, fetch, session.accessToken, pinned);
    await play('modern', () => modern(again, call, door.version()));
    const denied = await play('too-little-scope', () =>
      tooLittleScope(door, tools, granted, options.write),
    );
    const more = { granted, person, expected, wanted };
    await play('step-up', () => stepUp(session, denied, more));
    const forReal = pretend || options.write !== undefined;
    await play('write', () => write(door, denied, forReal));
  } finally {
    await door.close();
  }
  await play('anonymous', () => anonymous(url, fetch));
}
