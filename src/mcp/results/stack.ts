/** Lines of a stack trace as runtimes print them. */
const frames: readonly RegExp[] = [
  // V8, .NET and the JVM indent them; what came through a log may not be indented any more.
  /^[ \t]+at\s+\S/,
  /^at\s+(?:async\s+|new\s+)?[\w$[\]`]*[.<>/\\][^\n]*[(:]/,
  /^at\s+[^\n(]*\([^()\n]*:\d+(?::\d+)?\)/,
  /^\s*(?:Traceback \(|stack ?trace(?:back)?\b|stack backtrace:|Caused by:|goroutine \d+ |panic: )/i,
  /^\s*(?:-{2,}\s*(?:end of|begin)\b.*\bstack|\.{3} \d+ (?:more|common frames))/i,
  /^\s*(?:Exception in thread |thread '[^'\n]*' panicked)/,
  // Python.
  /^\s*File "[^"\n]+", line \d+/,
  // PHP, gdb, Dart.
  /^\s*#\d+\s+(?:\{main\}|0x|\S*[/\\(]|\S+ \(\S+:\d+)/,
  // Rust, Swift, Elixir.
  /^\s*\d+:\s+(?:0x[\da-f]+|[\w<>]+::)/i,
  /^\s*\d+\s+\S+\s+0x[\da-f]+/i,
  /^\s*\([a-z]\w* \d[\w.-]*\) /,
  // Ruby, Go.
  /^\s*(?:from\s+)?(?:[^\s:"]*[/\\])?[\w.-]+\.[a-z]{1,5}:\d+(?::in\b|:\d+\b|\s*\+0x|\s*$)/i,
  // Firefox, Safari.
  /^[^\s@]*@[^\s@]+:\d+:\d+\s*$/,
];

/** Frames that somebody put into one line. */
const folded: readonly RegExp[] = [
  /\sat\s+(?:(?:async|new)\s+)?[^\s()]*\s*\((?:<anonymous>|native|[^\s()]*(?:\.[a-z]|[/\\]|node:)[^\s()]*:\d+(?::\d+)?)\)/i,
  /\sat\s+[^\s()]*[./\\][^\s()]*:\d+:\d+/i,
  /\sat\s+[^\s()]+ line \d+/i,
  /\sin [^\s()]*[/\\][^\s()]*(?:\.[a-z]{1,5}:(?:line )?\d+| on line \d+)/i,
  /\([^\s()]*\.[a-z]{1,5}:\d+(?::\d+)?\)/i,
  /Traceback \(most recent call last\)/,
  /\\+[nt][\\nrt ]*at\s/,
];

/** The text up to the first line of a stack trace, or up to the first frame within a line. */
export function withoutStack(text: string): string {
  const lines = text.split(/\r\n?|\n/);
  const first = lines.findIndex((line) => frames.some((frame) => frame.test(line)));
  const above = first === -1 ? text : lines.slice(0, first).join('\n');
  const ends = folded.map((frame) => above.search(frame)).filter((index) => index !== -1);
  return above.slice(0, Math.min(above.length, ...ends));
}
