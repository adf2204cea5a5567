import { formatStep, formatSummary } from '../rehearsal/print.ts';
import { rehearse } from '../rehearsal/rehearse.ts';
import type { SecurityMode } from '../tenant/state.ts';
import type { Line } from './gateway-process.ts';
import { type Stage, setStage } from './stage.ts';

export interface DemoOptions {
  /** Ends after the rehearsals instead of staying up. */
  readonly once: boolean;
  /** The gateway's entry: src/main.ts or dist/main.js. */
  readonly entry: string;
  /** Who logs in: alice@example.com, or bob@example.com who lacks the role. */
  readonly user: string;
  /** Takes any free ports instead of 8080, 9999 and 8081. */
  readonly anyPort: boolean;
  readonly write: (text: string) => void;
  /** Resolves when the person has seen enough. */
  readonly untilStopped: () => Promise<void>;
}

const modes: readonly { readonly mode: SecurityMode; readonly story: string }[] = [
  {
    mode: 'strict',
    story: `A tenant as Auth0 makes them since April 2026: whoever registers itself is a strict
third-party client. It can log nobody in until the login connection is a domain connection
and the client has a grant of its own. The gateway makes both when it hears of ChatGPT.`,
  },
  {
    mode: 'permissive',
    story: `An older tenant: a client that registers itself is third-party, but may be changed.
The gateway makes it first-party, public with PKCE, and enables the login connection for it.`,
  },
];

const told = ['client_id', 'recipe', 'outcome', 'tool', 'sub', 'code', 'status', 'ms'] as const;

/** Every MCP client asks once whether there is a stream (GET), and every machine client is seen. */
const besideThePoint: ReadonlySet<unknown> = new Set(['method_not_allowed', 'ignored']);

/** A log line of the gateway as the story tells it: what it did for clients and calls. */
export function retell(line: Line): string {
  const { outcome, granted, code } = line;
  if (outcome === undefined && granted === undefined) return '';
  if (besideThePoint.has(outcome) || besideThePoint.has(code)) return '';
  // The outcome of a call says no more than its code or status.
  const facts = told.filter(
    (name) => line[name] !== undefined && !(name === 'outcome' && granted !== undefined),
  );
  const words = facts.map((name) => `${name}=${line[name]}`).join(' ');
  return `     gateway · ${line['message']} ${words}\n`;
}

const invitation = ({ url, tenant, backend }: Stage): string => `
Everything stays up; Ctrl-C ends it.

  ${url}/      open: the gateway's page
  ${url}/mcp   paste: the connector URL, for ChatGPT or any MCP client that runs here
  ${tenant.origin}/__tenant   the pretend tenant: its people and its switches
  ${backend.url}   the tools; POST to /listEvents there yourself and be refused: unsigned

  Log in as alice@example.com (has the role) or bob@example.com (has not),
  password: correct horse

  Play it again:   npm run rehearse -- ${url}
`;

async function playAll(stage: Stage, { user, write }: DemoOptions): Promise<boolean> {
  const { settings } = stage.tenant.state;
  let ok = true;
  for (const { mode, story } of modes) {
    settings.dynamic_client_registration_security_mode = mode;
    write(`\n── ${mode} ${'─'.repeat(70 - mode.length)}\n${story}\n\n`);
    const rehearsed = await rehearse(stage.url, { user }, (step) => write(formatStep(step, false)));
    write(formatSummary(rehearsed));
    ok &&= rehearsed.ok;
  }
  settings.dynamic_client_registration_security_mode = 'strict';
  return ok;
}

/**
 * Sets up a pretend tenant, the sample tools and the gateway, plays ChatGPT through them in both
 * kinds of tenant, and stays up.
 * @returns the exit code: 0 when both rehearsals went through.
 */
export async function playDemo(options: DemoOptions): Promise<number> {
  const { once, entry, anyPort, write, untilStopped } = options;
  write(`A pretend Auth0 tenant, a few tools, and the gateway between them. What follows is what
happens when somebody adds the gateway to ChatGPT: the steps are ChatGPT's, played by the
official MCP client; the lines marked "gateway" are the gateway's own log.\n`);
  const stage = await setStage({
    entry,
    onLine: (line) => write(retell(line)),
    ports: anyPort
      ? { gateway: 0, tenant: 0, backend: 0 }
      : { gateway: 8080, tenant: 9999, backend: 8081 },
  });
  try {
    const ok = await playAll(stage, options);
    if (!once) {
      write(invitation(stage));
      await untilStopped();
    }
    return ok ? 0 : 1;
  } finally {
    await stage.close();
  }
}
