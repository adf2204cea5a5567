import { parseArgs } from 'node:util';
import { z } from 'zod';

/** A tool call named on the command line. */
export interface NamedCall {
  readonly name: string;
  /** Undefined = invented from the tool's input schema. */
  readonly input: Record<string, unknown> | undefined;
}

/** How a rehearsal talks with the person who logs in to a real tenant. */
export interface Terminal {
  readonly say: (text: string) => void;
  readonly ask: (question: string) => Promise<string>;
}

export interface RehearsalOptions {
  /** Who logs in at a pretend tenant. */
  readonly user: string;
  readonly password: string;
  /** Scope of the first login; undefined = that of the first read-only tool. */
  readonly scope: string | undefined;
  readonly read: NamedCall | undefined;
  readonly write: NamedCall | undefined;
  /** `chatgpt`, `inspector` or a redirect URI; undefined = chatgpt at a pretend tenant, else inspector. */
  readonly redirect: string | undefined;
  /** A client registered earlier; undefined = register one. */
  readonly clientId: string | undefined;
  /** Seconds to wait for the promotion. */
  readonly timeout: number;
  /** Seconds to wait for a person to log in at a real tenant. */
  readonly loginTimeout: number;
  readonly userAgent: string;
  readonly terminal: Terminal;
}

export const defaults: RehearsalOptions = {
  user: 'alice@example.com',
  password: 'correct horse',
  scope: undefined,
  read: undefined,
  write: undefined,
  redirect: undefined,
  clientId: undefined,
  timeout: 20,
  loginTimeout: 300,
  userAgent: 'openai-mcp/1.0.0 (rehearsal)',
  terminal: { say: () => {}, ask: async () => '' },
};

export const help = `Plays ChatGPT against a gateway, step by step, with the official MCP client;
one step more speaks the newer protocol 2026-07-28, where the gateway does.

  npm run rehearse -- URL [options]

  URL                   the MCP endpoint as pasted into ChatGPT; /mcp is added to a bare origin
  --scope "A B"         scope of the first login (default: that of the first read-only tool)
  --read NAME[:JSON]    the read-only tool to call, with its arguments
  --write NAME[:JSON]   the tool that needs more scope; without it none that writes is called
                        for real unless the tenant is a pretend one
  --redirect R          chatgpt, inspector (http://localhost:6274/oauth/callback) or a redirect URI
                        (default: chatgpt at a pretend tenant, inspector at a real one)
  --client-id ID        use a client registered earlier instead of registering one
  --user, --password    who logs in at a pretend tenant (${defaults.user})
  --timeout S           seconds to wait for the promotion (${defaults.timeout})
  --login-timeout S     seconds to wait for you to log in at a real tenant (${defaults.loginTimeout})
  --user-agent UA       (${defaults.userAgent})
  --json                one JSON object per step and one for the whole
  --help

Each run registers a client in the tenant unless --client-id is given.
Exit code: 0 every step passed, 1 a step failed, 2 wrong use.
`;

export type CommandLine =
  | { readonly kind: 'help' }
  | { readonly kind: 'wrong'; readonly problem: string }
  | {
      readonly kind: 'run';
      readonly url: string;
      readonly json: boolean;
      readonly options: Partial<RehearsalOptions>;
    };

const text = { type: 'string' } as const;
const flag = { type: 'boolean', default: false } as const;

/** Reads the command line (without node and script). */
export function parseCommandLine(argv: string[]): CommandLine {
  try {
    const { values, positionals } = parseArgs({
      args: argv,
      allowPositionals: true,
      options: {
        user: { ...text, default: defaults.user },
        password: { ...text, default: defaults.password },
        scope: text,
        read: text,
        write: text,
        redirect: text,
        'client-id': text,
        timeout: { ...text, default: String(defaults.timeout) },
        'login-timeout': { ...text, default: String(defaults.loginTimeout) },
        'user-agent': { ...text, default: defaults.userAgent },
        json: flag,
        help: flag,
      },
    });
    if (values.help) return { kind: 'help' };
    const [url, more] = positionals;
    if (url === undefined || more !== undefined) throw new Error('Name one URL.');
    if (!/^https?:$/.test(URL.parse(url)?.protocol ?? '')) throw new Error(`${url} is not a URL.`);
    const options = {
      user: values.user,
      password: values.password,
      scope: values.scope,
      read: readCall('--read', values.read),
      write: readCall('--write', values.write),
      redirect: readRedirect(values.redirect),
      clientId: values['client-id'],
      timeout: readSeconds('--timeout', values.timeout),
      loginTimeout: readSeconds('--login-timeout', values['login-timeout']),
      userAgent: values['user-agent'],
    };
    return { kind: 'run', url, json: values.json, options };
  } catch (error) {
    return { kind: 'wrong', problem: (error as Error).message };
  }
}

function readSeconds(name: string, given: string): number {
  const seconds = Number(given);
  if (!(seconds > 0)) throw new Error(`${name} takes seconds, not ${given}.`);
  return seconds;
}

function readRedirect(given: string | undefined): string | undefined {
  const named = given === undefined || given === 'chatgpt' || given === 'inspector';
  if (named || URL.canParse(given)) return given;
  throw new Error(`--redirect takes chatgpt, inspector or a URI, not ${given}.`);
}

function readCall(name: string, given: string | undefined): NamedCall | undefined {
  if (given === undefined) return undefined;
  const colon = given.indexOf(':');
  if (colon < 0) return { name: given, input: undefined };
  return { name: given.slice(0, colon), input: parseObject(name, given.slice(colon + 1)) };
}

function parseObject(name: string, json: string): Record<string, unknown> {
  try {
    const value = z.record(z.string(), z.unknown()).safeParse(JSON.parse(json));
    if (value.success) return value.data;
  } catch {
    // Said below, with the name of the option.
  }
  throw new Error(`${name}: what follows the colon must be a JSON object.`);
}
