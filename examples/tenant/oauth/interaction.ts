import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Provider } from 'oidc-provider';
import { writeLog } from '../logs.ts';
import type { Client, State } from '../state.ts';
import { findClient, usableConnections } from './access.ts';
import { noScope } from './admit.ts';
import { about, origin } from './log.ts';
import { readFields, sendPage } from './message.ts';
import { consentPage, errorPage, loginPage } from './pages.ts';
import { grantAll } from './prompts.ts';

type Details = Awaited<ReturnType<Provider['interactionDetails']>>;
type Result = Parameters<Provider['interactionFinished']>[2];

/** One visit of a person's browser to a page below `/u/`. */
interface Visit {
  state: State;
  provider: Provider;
  details: Details;
  client: Client;
  req: IncomingMessage;
  res: ServerResponse;
}

/** Shows the login or consent page an authorization request waits for, and takes its form. */
export async function interact(
  state: State,
  provider: Provider,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const details = await provider.interactionDetails(req, res).catch(() => undefined);
  const client = findClient(state, String(details?.params['client_id']));
  if (details === undefined || client === undefined) {
    sendPage(res, 400, errorPage('invalid_request', 'This login has expired: start again.'));
    return;
  }
  const visit = { state, provider, details, client, req, res };
  const result = await (details.prompt.name === 'login' ? logIn(visit) : consent(visit));
  if (result !== undefined) await provider.interactionFinished(req, res, result);
}

async function logIn({ state, client, req, res }: Visit): Promise<Result | undefined> {
  const people = [...state.people.values()];
  const show = (status: number) => {
    const connections = usableConnections(state, client);
    sendPage(res, status, loginPage(client.name, connections, people, status !== 200));
  };
  if (req.method !== 'POST') {
    show(200);
    return undefined;
  }
  const { username, password } = await readFields(req);
  const person = people.find((each) => each.email === username && each.password === password);
  const who = { ...about(state, client.client_id), ...origin(req), user_name: username };
  if (person === undefined) {
    writeLog(state, { type: 'f', description: 'Wrong email or password.', ...who });
    show(401);
    return undefined;
  }
  writeLog(state, { type: 's', description: '', ...who, user_id: person.user_id });
  return { login: { accountId: person.user_id } };
}

async function consent({
  provider,
  details,
  client,
  req,
  res,
}: Visit): Promise<Result | undefined> {
  const { params } = details;
  if (req.method !== 'POST') {
    const scopes = String(params['scope']).split(' ');
    const shown = scopes.filter((scope) => scope !== noScope);
    const { protocol, host } = new URL(String(params['redirect_uri']));
    sendPage(res, 200, consentPage(client.name, host || protocol, shown));
    return undefined;
  }
  const { action } = await readFields(req);
  if (action !== 'accept') {
    return { error: 'access_denied', error_description: 'User did not authorize the request' };
  }
  const parties = {
    accountId: String(details.session?.accountId),
    clientId: String(params['client_id']),
  };
  return { consent: { grantId: (await grantAll(provider, parties, params)).id } };
}
