/** What fills a cell; undefined and '' are shown as a dash. */
export type Cell = string | boolean | undefined;

/** Control characters would let a client's name move the cursor of whoever reads it. */
export const plain = (cell: Cell): string => {
  if (typeof cell === 'boolean') return cell ? 'yes' : 'no';
  const text = (cell ?? '').replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?');
  return text === '' ? '-' : text;
};

/** Lines of equal columns under a head; two blanks between, none at the end of a line. */
export function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const lines = [head.map((title) => title.toUpperCase()), ...rows.map((row) => row.map(plain))];
  const width = (i: number): number => Math.max(...lines.map((line) => String(line[i]).length));
  const widths = head.map((_, i) => width(i));
  const padded = lines.map((line) => widths.map((most, i) => String(line[i]).padEnd(most)));
  return padded.map((line) => `${line.join('  ').trimEnd()}\n`).join('');
}

/** One thing a line: names in a column, values beside them. */
export function sheet(entries: readonly (readonly [name: string, value: Cell])[]): string {
  const width = Math.max(...entries.map(([name]) => name.length));
  return entries.map(([name, value]) => `${name.padEnd(width)}  ${plain(value)}\n`).join('');
}
