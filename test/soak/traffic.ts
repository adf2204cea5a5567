import { randomInt, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as after } from 'node:timers/promises';
import { bearer, send } from '../send.ts';
import type { SoakTenant } from './tenant.ts';

/** What a call was answered: a status and the code and reason of a refusal. */
export interface Answered {
  readonly status: number;
  readonly code: string;
  /** True when the answer names the caller and the call it is for. */
  readonly mine: boolean;
}

/** One kind of traffic. */
export interface Kind {
  readonly name: string;
  /** How often, among the others. */
  readonly weight: number;
  /** Undefined = nothing was to be asked, or nobody waited for the answer. */
  call(world: World): Promise<Answered | undefined>;
  /** The answers that are right, as `status code`. */
  readonly right: readonly string[];
  /** True for one that reaches the backend, so that a bad moment of it excuses a failure. */
  readonly forwarded?: boolean;
  /** True for one whose time is the gateway's own. */
  readonly timed?: boolean;
}

export interface World {
  readonly url: string;
  readonly tenant: SoakTenant;
}

interface Body {
  readonly error?: string;
  readonly reason?: string;
  readonly nonce?: string;
  readonly user?: string;
}

/** The body of an answer, through either door. */
function readBody(body: string): Body {
  try {
    const whole = JSON.parse(body) as Body & {
      result?: { structuredContent?: Body; isError?: boolean };
      error?: { data?: Body };
    };
    if (whole.result?.isError) return { error: 'is_error' };
    return whole.result?.structuredContent ?? Object(whole.error).data ?? whole;
  } catch {
    return {};
  }
}

const answered = (status: number, body: string, nonce = '', user = ''): Answered => {
  const said = readBody(body);
  const code = [said.error, said.reason].filter((word) => typeof word === 'string').join(' ');
  return { status, code, mine: said.nonce === nonce && said.user === user };
};

/** So many that none of them reaches the limit. */
const people = 80;
export const person = (): string => `auth0|person-${randomInt(people)}`;
const good = (): string => `good-${randomUUID()}`;

/** A call that should be served, over one of the doors. */
export function call(tool: string, mcp = false, who = person): Kind['call'] {
  return async ({ url, tenant }) => {
    const [sub, nonce] = [who(), good()];
    const headers = bearer(tenant.token({ sub }));
    const params = { name: tool, arguments: { nonce } };
    const rpc = { jsonrpc: '2.0', id: 1, method: 'tools/call', params };
    const path = mcp ? '/mcp' : `/tools/${tool}`;
    const got = await send(`${url}${path}`, { body: mcp ? rpc : { nonce }, headers });
    return answered(got.status, got.text, nonce, sub);
  };
}

/** A call that must be refused. */
export const bad =
  (headers: (tenant: SoakTenant) => Record<string, string>, path = '/tools/read', body?: string) =>
  async ({ url, tenant }: World): Promise<Answered> => {
    const nonce = `bad-${randomUUID()}`;
    const sent = { body: body ?? { nonce }, headers: headers(tenant) };
    const got = await send(`${url}${path}`, sent);
    return answered(got.status, got.text);
  };

export const withToken =
  (changes: object, header: object = {}) =>
  (tenant: SoakTenant) =>
    bearer(tenant.token({ sub: person(), ...changes }, { ...header }));
export const fine = withToken({});

/** Sends its body a byte at a time. */
export async function dribble({ url, tenant }: World): Promise<Answered> {
  const [sub, nonce] = [person(), good()];
  const body = JSON.stringify({ nonce });
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  const { authorization } = bearer(tenant.token({ sub }));
  socket.write(
    `POST /tools/read HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: ${authorization}\r\n` +
      `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`,
  );
  const answer = text(socket);
  for (const char of body) {
    socket.write(char);
    await after(20);
  }
  const [head = '', rest = ''] = (await answer).split('\r\n\r\n');
  const length = Number(/^content-length: (\d+)$/im.exec(head)?.[1]);
  // A long answer comes in chunks; here none is long, so it is one that broke off.
  if (rest.length !== length) throw new Error('the answer broke off');
  return answered(Number(head.split(' ')[1]), rest, nonce, sub);
}

/** Goes away before it is answered. */
export async function leave({ url, tenant }: World): Promise<undefined> {
  const headers = bearer(tenant.token({ sub: person() }));
  const signal = AbortSignal.timeout(randomInt(1, 150));
  const body = { nonce: good() };
  await send(`${url}/tools/unhurried`, { body, headers, signal }).catch(() => {});
}

/** Two lengths in one request. */
export async function smuggle({ url, tenant }: World): Promise<Answered> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  const { authorization } = fine(tenant) as { authorization: string };
  const head = `POST /tools/read HTTP/1.1\r\nHost: a\r\nAuthorization: ${authorization}\r\n`;
  socket.write(`${head}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`);
  const [chunk] = await once(socket, 'data');
  socket.destroy();
  return { status: Number(String(chunk).split(' ')[1]), code: '', mine: false };
}
