import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';

/** What a revision of the specification asks of a server, as the suite froze it. */
export interface Requirements {
  readonly revision: string;
  readonly required: readonly string[];
  /** Scenarios that are run and not counted by the suite, with its reason. */
  readonly notScored: ReadonlyMap<string, string>;
}

export const suite = 'node_modules/@modelcontextprotocol/conformance';

const requirementsSchema = z.object({
  server: z.array(z.string()),
  not_scored: z.array(z.object({ scenario: z.string(), leg: z.string(), reason: z.string() })),
});

/** Reads requirements/REVISION.yaml of the installed suite. */
export function readRequirements(revision: string): Requirements {
  const file = readFileSync(`${suite}/requirements/${revision}.yaml`, 'utf8');
  const { server, not_scored } = requirementsSchema.parse(parse(file));
  const ours = not_scored.filter(({ leg }) => leg === 'server');
  return {
    revision,
    required: server,
    notScored: new Map(ours.map(({ scenario, reason }) => [scenario, reason])),
  };
}
