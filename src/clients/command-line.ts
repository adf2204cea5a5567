import { parseArgs } from 'node:util';
import { documents } from './documents.ts';
import { isPin, type Pin, pins } from './pin.ts';

export const usage = `usage: npm run clients -- COMMAND [--json] [--dry-run]
  list                 every client: kind, verdict, connection, grant, last use
  show ID              one client, and what its verdict means
  promote ID           promote one client now, if its verdict allows
  sweep                promote whatever no event told of, and do the chores
  retire               delete clients nobody used for RETIRE_UNUSED_DAYS
  pin ID WORD          WORD: ${Object.keys(pins).join(', ')}, or none to take the pin away
  cimd import NAME     import or renew the metadata document of ${Object.keys(documents).join(', ')}
--json: for machines. --dry-run: tells what would be, changes nothing.
Reads the gateway's own environment. Exit codes: 0 done, 1 refused or failed for good,
64 wrong usage, 69 the tenant is away (try again), 78 wrong settings.
`;

type Words =
  | { readonly name: 'list' | 'sweep' | 'retire' }
  | { readonly name: 'show' | 'promote'; readonly id: string }
  | { readonly name: 'pin'; readonly id: string; readonly pin: Pin | undefined }
  | { readonly name: 'import'; readonly of: keyof typeof documents };

/** What the arguments ask for; undefined when they are not understood. */
export type Command = Words & { readonly json: boolean; readonly dryRun: boolean };

type Read = (rest: readonly string[]) => Words | undefined;

const bare =
  (name: 'list' | 'sweep' | 'retire'): Read =>
  (rest) =>
    rest.length === 0 ? { name } : undefined;

const ofOne =
  (name: 'show' | 'promote'): Read =>
  ([id, ...rest]) =>
    id === undefined || rest.length > 0 ? undefined : { name, id };

const isDocument = (name: string): name is keyof typeof documents => Object.hasOwn(documents, name);

const commands = new Map<string | undefined, Read>([
  ['list', bare('list')],
  ['sweep', bare('sweep')],
  ['retire', bare('retire')],
  ['show', ofOne('show')],
  ['promote', ofOne('promote')],
  [
    'pin',
    ([id, word, ...rest]) => {
      if (id === undefined || word === undefined || rest.length > 0) return undefined;
      if (word === 'none') return { name: 'pin', id, pin: undefined };
      return isPin(word) ? { name: 'pin', id, pin: word } : undefined;
    },
  ],
  [
    'cimd',
    ([verb, name, ...rest]) => {
      if (verb !== 'import' || name === undefined || rest.length > 0) return undefined;
      return isDocument(name) ? { name: 'import', of: name } : undefined;
    },
  ],
]);

const options = { json: { type: 'boolean' }, 'dry-run': { type: 'boolean' } } as const;

/** Reads the arguments after the program's name. */
export function readCommand(args: readonly string[]): Command | undefined {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    const [name, ...rest] = positionals;
    const words = commands.get(name)?.(rest);
    const { json = false, 'dry-run': dryRun = false } = values;
    return words && { ...words, json, dryRun };
  } catch {
    return undefined;
  }
}
