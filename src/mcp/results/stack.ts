import { beginningOf } from './beginning.ts';

/** A place in a source file, as stacks name it: with line and column, or with a known ending. */
const source = String.raw`(?:(?=[^\s()]*(?:[/\\]|\.\w|node:))[^\s()]*:\d+:\d+|(?=[^\s()]*[/\\])[^\s()]*\.\w{1,5}:(?:line )?\d+|[^\s()]*\.(?:[cm]?[jt]sx?|java|kt|scala|groovy|clj|py|rb|go|rs|php|cs|vb|fs|swift|dart|exs?|erl|cpp|pl|lua):(?:line )?\d+)`;

/** Lines of a stack trace as runtimes print them. */
const frames: readonly RegExp[] = [
  // V8, .NET and the JVM indent them; what came through a log may not be indented any more.
  new RegExp(
    String.raw`^[ \t]+at\s+\S|^at\s+(?:(?:async|new)\s+)?(?:[\w$[\]\`.<>]+\s*\()?${source}|^at\s+\w+(?:\.[\w$[\]\`<>]+)+\(`,
  ),
  /^\s*(?:Traceback \(|stack ?(?:trace|back)\w*\b|Caused by:|goroutine \d+ |panic: |Exception in thread |thread '[^']*' panicked|-{2,}.*\bstack|\.{3} \d+ (?:more|common frames))/i,
  // Python.
  /^\s*File "[^"]+", line \d+/,
  // PHP, gdb, Dart; Rust, Swift, Elixir.
  /^\s*#\d+\s+(?:\{main\}|0x|\S*[/\\(]|\S+ \(\S+:\d+)/,
  /^\s*\d+:?\s+(?:\S+\s+)?0x[\da-f]+|^\s*\d+:\s+[\w<>]+::|^\s*\([a-z]\w* \d[\w.-]*\) /i,
  // Ruby, Go; Firefox, Safari.
  /^\s*(?:from\s+)?(?:[^\s:"]*[/\\])?[\w.-]+\.[a-z]{1,5}:\d+(?::in\b|:\d+\b|\s*\+0x|\s*$)|^[^\s@]*@[^\s@]+:\d+:\d+\s*$/i,
];

/** Frames that somebody put into one line. */
const folded: readonly RegExp[] = [
  new RegExp(
    String.raw`(?:\sat\s+(?:(?:async|new)\s+)?[^\s()]*\s*)?\((?:<anonymous>|native|${source})\)`,
    'i',
  ),
  new RegExp(String.raw`\s(?:at|in)\s+${source}`, 'i'),
  /\sat\s+\S+ line \d+|\sin [^\s()]*[/\\][^\s()]* on line \d+/i,
  /Traceback \(most recent call last\)|\\+[nt][\\nrt ]*at\s/,
];

/** The beginning of a text up to the first line of a stack trace, or the first frame in a line. */
export function withoutStack(text: string): string {
  const read = beginningOf(text);
  const lines = read.split(/\r\n?|\n/);
  const first = lines.findIndex((line) => frames.some((frame) => frame.test(line)));
  const above = first === -1 ? read : lines.slice(0, first).join('\n');
  const ends = folded.map((frame) => above.search(frame)).filter((index) => index !== -1);
  return above.slice(0, Math.min(above.length, ...ends));
}
