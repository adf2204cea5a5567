import type { FetchLike } from '@modelcontextprotocol/client';
import { type Door, openDoor, type Page } from '../door.ts';
import { fixOf } from '../fixes.ts';
import { covered, type ListedTool, type NamedWidget } from '../listed-tool.ts';
import { type Refused, told } from '../refusal.ts';
import { type Done, StepFailed, skip } from '../step.ts';

/** A page and everything that names it. */
interface Named {
  readonly uri: string;
  readonly by: readonly { readonly tool: ListedTool; readonly key: NamedWidget['key'] }[];
}

const app = 'text/html;profile=mcp-app';
const older = 'text/html+skybridge';

/** Codes of what is not there: method, resource in this protocol, resource in others. */
const missing = /^-3260[12]$|^-32002$/;

/**
 * Reads the page of every tool that names one, as a host does before it shows a result in it:
 * with the token, and without one where a public tool names it.
 */
export async function widgets(
  door: Door,
  tools: readonly ListedTool[],
  granted: readonly string[],
  { url, fetch }: { readonly url: URL; readonly fetch: FetchLike },
): Promise<Done<void>> {
  const all = collect(tools);
  if (all.length === 0) return skip(undefined, 'no tool names a widget');
  const details: string[] = [];
  for (const named of all) details.push(check(named, await door.read(named.uri), granted));
  const open = all.filter(({ by }) => by.some(({ tool }) => tool.open));
  if (open.length > 0)
    await readOpen(
      openDoor(url, fetch, () => undefined),
      open,
    );
  const bare = open.map(({ uri }) => `${uri} without a token too`);
  return { value: undefined, detail: [...details, ...bare].join(', ') };
}

function collect(tools: readonly ListedTool[]): Named[] {
  const names = tools.flatMap((tool) => tool.widgets.map(({ uri, key }) => ({ uri, tool, key })));
  return [...Map.groupBy(names, ({ uri }) => uri)].map(([uri, by]) => ({ uri, by }));
}

const isOlder = (key: NamedWidget['key']): boolean => key === '_meta["openai/outputTemplate"]';

/** What every failure of a page expects. */
const pageOf = ({ uri, by }: Named): string => {
  const names = by.map(({ tool, key }) => `${tool.name} (${key})`);
  return `the page ${uri} of ${[...new Set(names)].join(', ')}`;
};

/** Gives a line for the reader. Throws StepFailed where no host would show the page. */
function check(named: Named, answer: Page | Refused, granted: readonly string[]): string {
  const { uri, by } = named;
  if (answer.kind === 'refused') return explain(named, answer, granted);
  const fail = (came: string, fix: string): never => {
    throw new StepFailed({ expected: pageOf(named), came, fix });
  };
  const standard = by.filter(({ key }) => !isOlder(key));
  if (standard.length > 0 && !uri.startsWith('ui://')) {
    return fail(
      uri,
      'Give the resource, and the tool that names it, a URI that begins with ui://.',
    );
  }
  const [one, ...more] = answer.contents;
  if (one === undefined || more.length > 0) {
    return fail(
      `${answer.contents.length} contents`,
      'The answer to resources/read must have one item in contents: the whole page.',
    );
  }
  if (!('text' in one)) {
    return fail(
      'bytes (blob)',
      'The page must come as text: name a text type, and let it be UTF-8.',
    );
  }
  const types = standard.length > 0 ? [app] : [older, app];
  if (types.includes(String(one.mimeType))) return `${uri} (${one.mimeType})`;
  return fail(
    `mimeType ${one.mimeType ?? 'none'}`,
    `Set the mimeType of the resource to ${types.join(' or ')}, to the letter: hosts compare it.`,
  );
}

function explain(named: Named, refused: Refused, granted: readonly string[]): string {
  const { uri, by } = named;
  const { error, scope } = refused.challenge;
  const scoped = error === 'insufficient_scope';
  // A page may be as closed as the tool it belongs to.
  if (scoped && by.every(({ tool }) => !covered(tool, granted))) {
    return `${uri} (needs ${scope}, as its tool does)`;
  }
  const [first] = by.map(({ tool }) => tool.name);
  const fix = missing.test(refused.error)
    ? `Add a resource of the URI ${uri} to the catalog, or take the name out of the _meta of ${first}.`
    : scoped
      ? `Let the page need no more than the tool: take scopes off its resource (it holds nobody's data), or make it "public": true.`
      : fixOf(refused);
  throw new StepFailed({ expected: pageOf(named), came: told(refused), fix });
}

/** Reads the pages of public tools as somebody who did not sign in. */
async function readOpen(door: Door, open: readonly Named[]): Promise<void> {
  try {
    const met = await door.connect();
    for (const named of open) {
      const answer = met.kind === 'refused' ? met : await door.read(named.uri);
      if (answer.kind === 'page') continue;
      throw new StepFailed({
        expected: `${pageOf(named)} without a token, as the tool is public`,
        came: told(answer),
        fix: 'It needs a token: set "public": true on its resource, as on the tool.',
      });
    }
  } finally {
    await door.close();
  }
}
