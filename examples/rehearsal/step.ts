import { shorten } from './http.ts';

/** The steps in their order. Scripts read them, so they stay as they are. */
export const stepIds = [
  'challenge',
  'resource-metadata',
  'server-metadata',
  'register',
  'promotion',
  'login',
  'token',
  'tools-list',
  'widgets',
  'read',
  'modern',
  'too-little-scope',
  'step-up',
  'write',
  'anonymous',
] as const;

export type StepId = (typeof stepIds)[number];

export interface Failure {
  readonly expected: string;
  readonly came: string;
  /** What to do about it, most likely cause first. */
  readonly fix: string;
}

/** How a step ended; `ms` = milliseconds it took. */
export type StepResult =
  | {
      readonly id: StepId;
      readonly outcome: 'passed' | 'skipped';
      readonly ms: number;
      readonly detail: string;
    }
  | ({ readonly id: StepId; readonly outcome: 'failed'; readonly ms: number } & Failure);

/** Thrown by a step that did not see what it must see. */
export class StepFailed extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.came);
    this.name = 'StepFailed';
    this.failure = failure;
  }
}

/** What a step gives: a value for the steps after it and a line for the reader. */
export interface Done<T> {
  readonly value: T;
  readonly detail: string;
  readonly skipped?: true;
}

/** A step that has nothing to do here, and why. */
export const skip = <T>(value: T, detail: string): Done<T> => ({ value, detail, skipped: true });

export type Play = <T>(id: StepId, step: () => Promise<Done<T>>) => Promise<T>;

/** Runs steps and reports each; an error of any kind is reported as a failure and thrown on. */
export function createPlay(report: (step: StepResult) => void): Play {
  return async (id, step) => {
    const start = performance.now();
    const ms = () => Math.round(performance.now() - start);
    try {
      const { value, detail, skipped } = await step();
      report({ id, outcome: skipped ? 'skipped' : 'passed', ms: ms(), detail });
      return value;
    } catch (error) {
      const { failure } = asFailed(error);
      report({ id, outcome: 'failed', ms: ms(), ...failure });
      throw error;
    }
  };
}

/** What usually is behind an error of fetch or of the client. */
const guesses: readonly (readonly [RegExp, string])[] = [
  [
    /ECONN|ENOTFOUND|EAI_AGAIN|timeout|timed out|certificate|socket/i,
    'Check that it runs, that this address is right and that nothing stands between.',
  ],
  [
    /^Invalid result for /,
    'The gateway answers this method, but not as MCP says: see the field the error names.',
  ],
  [/content type/i, 'Give the URL of the MCP endpoint itself; it usually ends in /mcp.'],
];
const unknown =
  'Nothing is known about this failure; the log of the gateway at this time may tell more.';

/** An error nobody planned for as a failure, with all its causes: fetch hides the reason in them. */
function asFailed(error: unknown): StepFailed {
  if (error instanceof StepFailed) return error;
  const came = shorten(causes(error).join(': '));
  const [, fix = unknown] = guesses.find(([pattern]) => pattern.test(came)) ?? [];
  return new StepFailed({ expected: 'an answer', came, fix });
}

function causes(error: unknown): string[] {
  if (!(error instanceof Error)) return [String(error)];
  const { code } = error as { code?: unknown };
  const own = error.message || String(code);
  return error.cause === undefined ? [own] : [own, ...causes(error.cause)];
}
