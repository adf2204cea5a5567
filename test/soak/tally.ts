/** What is known at the end; every number is of answers unless it says otherwise. */
export interface Tally {
  readonly calls: Map<string, number>;
  /** By kind of traffic. */
  readonly refusals: Map<string, number>;
  /** Each wrong answer in words, the first of them. */
  readonly wrong: string[];
  wrongs: number;
  served: number;
  /** Milliseconds of calls that were served, of those whose time is the gateway's own. */
  readonly took: number[];
  /** Failures that a bad moment of the backend excuses. */
  excused: number;
}

export const createTally = (): Tally => ({
  calls: new Map(),
  refusals: new Map(),
  wrong: [],
  wrongs: 0,
  served: 0,
  took: [],
  excused: 0,
});

export const addTo = (counts: Map<string, number>, key: string): void =>
  void counts.set(key, (counts.get(key) ?? 0) + 1);

/** Wrong answers that are told in full. */
const told = 20;

export function addWrong(tally: Tally, what: string): void {
  tally.wrongs += 1;
  if (tally.wrong.length < told) tally.wrong.push(what);
}

/** The value below which the `share` of all lies; NaN of none. */
function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export interface Memory {
  readonly heap: number;
  readonly rss: number;
}

export interface Report {
  readonly seconds: number;
  readonly tally: Tally;
  /** After each tenth of the time. */
  readonly memory: readonly Memory[];
  readonly rotations: number;
  readonly badMoments: number;
  readonly outages: number;
}

const mebibytes = (bytes: number): string => (bytes / 1_048_576).toFixed(0);

/** The report as a table in Markdown. */
export function table({ seconds, tally, memory, rotations, badMoments, outages }: Report): string {
  const { calls, refusals, took, served, excused, wrongs } = tally;
  const total = [...calls.values()].reduce((sum, count) => sum + count, 0);
  const rows: [string, string | number][] = [
    ['seconds', seconds],
    ['calls', total],
    ['served', served],
    ['failed while the backend was unwell', excused],
    ['key rotations', rotations],
    ['bad moments of the backend', badMoments],
    ['outages of the tenant', outages],
    ['reads and writes, p50', `${quantile(took, 0.5).toFixed(1)} ms`],
    ['reads and writes, p99', `${quantile(took, 0.99).toFixed(1)} ms`],
    ['heap in use after each tenth, MiB', memory.map(({ heap }) => mebibytes(heap)).join(' ')],
    ['resident after each tenth, MiB', memory.map(({ rss }) => mebibytes(rss)).join(' ')],
    ...[...refusals].sort().map(([code, count]): [string, number] => [`refused: ${code}`, count]),
    ['wrong answers', wrongs],
  ];
  return ['| | |', '|---|---:|', ...rows.map(([name, value]) => `| ${name} | ${value} |`), ''].join(
    '\n',
  );
}
