import { styleText } from 'node:util';
import type { Rehearsed } from './rehearse.ts';
import { type StepResult, stepIds } from './step.ts';

const marks = {
  passed: { word: 'ok  ', colour: 'green' },
  skipped: { word: 'skip', colour: 'gray' },
  failed: { word: 'FAIL', colour: 'red' },
} as const;

const widest = Math.max(...stepIds.map((id) => id.length));

const span = (ms: number): string => (ms < 1000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`);

/** Lines of at most 90 characters, where words are not longer. */
const wrap = (text: string): string[] => text.match(/\S.{0,89}(?=\s|$)|\S+/g) ?? [];

/** One step as a line, a failed one with what to do below; `colour` = ANSI. */
export function formatStep(step: StepResult, colour: boolean): string {
  const mark = marks[step.outcome];
  const word = colour ? styleText(mark.colour, mark.word, { validateStream: false }) : mark.word;
  const head = `${word} ${step.id.padEnd(widest)} ${span(step.ms).padStart(8)}`;
  if (step.outcome !== 'failed') return `${head}  ${step.detail}\n`;
  const lines = (['expected', 'came', 'fix'] as const).map((part) => {
    const text = wrap(step[part]).join(`\n${' '.repeat(15)}`);
    return `     ${part.padEnd(9)} ${text}\n`;
  });
  return `${head}\n${lines.join('')}`;
}

/** The whole in one line. */
export function formatSummary({ ok, steps }: Rehearsed): string {
  const total = span(steps.reduce((sum, { ms }) => sum + ms, 0));
  if (ok) return `\nThe rehearsal went through in ${total}: ChatGPT can be connected.\n`;
  return `\nStopped at ${steps.at(-1)?.id} after ${total}.\n`;
}

/** The whole as JSON, after the steps. */
export function summarize(url: string, { ok, steps }: Rehearsed): Record<string, unknown> {
  const ms = steps.reduce((sum, step) => sum + step.ms, 0);
  const failed = steps.find(({ outcome }) => outcome === 'failed')?.id ?? null;
  return { summary: true, ok, url, steps: steps.length, failed, ms };
}
