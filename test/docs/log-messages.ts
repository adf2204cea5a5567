/** The text between the parenthesis at `start` and the one that closes it. */
function argumentsAt(source: string, start: number): string {
  let depth = 0;
  for (let i = start; i < source.length; i++) {
    if (source[i] === '(') depth += 1;
    if (source[i] === ')') depth -= 1;
    if (depth === 0) return source.slice(start + 1, i);
  }
  return '';
}

/**
 * What a source file logs: the last argument of each call of a logger, where it is written out.
 * What is put into a template stands as `…`.
 */
export function logMessages(source: string): string[] {
  const found: string[] = [];
  for (const { index, 0: call } of source.matchAll(
    /\blog(?:\.(?:debug|info|warn|error)|\[.*?\])\(/g,
  )) {
    const text = argumentsAt(source, index + call.length - 1);
    const [, , single, double, template] =
      /(^|,\s*)(?:'([^']*)'|"([^"]*)"|`([^`]*)`),?\s*$/.exec(text) ?? [];
    const message = single ?? double ?? template;
    if (message !== undefined) found.push(message.replace(/\$\{[^}]*\}/g, '…'));
  }
  return found;
}
