import { isScalar, isSeq, parseDocument } from 'yaml';
import type { Requirements } from './requirements.ts';

/** A failure that is meant to be: of a scenario, or of one check of it. */
export interface Expected {
  readonly scenario: string;
  readonly check?: string;
  readonly reason: string;
}

/**
 * Reads a list of expected failures as the suite does, `server: - SCENARIO` or `- SCENARIO:CHECK`,
 * and the comment of each entry as its reason.
 * @throws {Error} when an entry has no reason.
 */
export function parseExpected(yaml: string): Expected[] {
  const list = parseDocument(yaml).get('server');
  if (!isSeq(list)) throw new Error('the list of expected failures has no server');
  return list.items.map((item) => {
    if (!isScalar(item)) throw new Error(`${item} is no scenario`);
    const [scenario = '', check] = String(item.value).split(':');
    const reason = item.comment?.trim();
    if (!reason) throw new Error(`${item.value} stands there without a reason`);
    return { scenario, ...(check === undefined ? {} : { check }), reason };
  });
}

/** Entries about a scenario that none of these revisions runs. */
export const unknown = (
  entries: readonly Expected[],
  revisions: readonly Requirements[],
): Expected[] =>
  entries.filter(
    ({ scenario }) =>
      !revisions.some(
        ({ required, notScored }) => required.includes(scenario) || notScored.has(scenario),
      ),
  );
