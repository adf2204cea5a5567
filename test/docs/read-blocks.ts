import { readFileSync } from 'node:fs';

/** A fenced block of a Markdown file, and the text that follows it up to the next block or heading. */
export interface Block {
  readonly heading: string;
  readonly language: string;
  readonly text: string;
  readonly after: string;
}

/** Every fenced block of a Markdown file in order. */
export function readBlocks(path: string): Block[] {
  const blocks: Block[] = [];
  const fenced = /^(?:#+ (.+)|```(\w*)\n([\s\S]*?)^```\n([\s\S]*?)(?=^```|^#|(?![\s\S])))/gm;
  let heading = '';
  for (const [, title, language = '', text = '', after = ''] of readFileSync(path, 'utf8').matchAll(
    fenced,
  )) {
    if (title !== undefined) heading = title;
    else blocks.push({ heading, language, text, after });
  }
  return blocks;
}

export interface Expectation {
  readonly kind: string;
  readonly value: string;
}

/** "Expect: status `401`; header `allow: POST`; body `"x"`." as a list; undefined without such a line. */
export function readExpectations({ after }: Block): Expectation[] | undefined {
  const [, line] = /^Expect: ([\s\S]+?)\.(?:\n\n|\n?(?![\s\S]))/m.exec(after) ?? [];
  return line?.split(/;\s/).map((part) => {
    const [, kind = '', value = ''] = /^(status|header|body) `([^`]+)`$/.exec(part.trim()) ?? [];
    if (kind === '') throw new Error(`not understood: ${part}`);
    return { kind, value };
  });
}

/** Puts `$NAME` in. */
export const fill = (text: string, values: Readonly<Record<string, string>>): string =>
  text.replace(/\$([A-Z_]+)/g, (whole, name: string) => values[name] ?? whole);
