/** Lines that begin a stack trace, or stand in one, as runtimes print them. */
const frames: readonly RegExp[] = [
  // V8, .NET and Java indent them; a log that is trimmed does not.
  /^[ \t]+at\s+\S/,
  /^at\s+(?:async\s+|new\s+)?[\w$.<>[\]`]*[.<>/\\][^\n]*[(:]/,
  /^at\s+[^\n]*\([^()\n]*:\d+(?::\d+)?\)/,
  /^\s*(?:Traceback \(|Stack ?trace\b|stack backtrace:|Caused by:|goroutine \d+ |panic: )/i,
  /^\s*(?:-{2,}\s*(?:End of|Begin)\b.*\bstack|\.{3} \d+ (?:more|common frames))/i,
  /^\s*Exception in thread /,
  /^\s*thread '[^'\n]*' panicked/,
  // Python.
  /^\s*File "[^"\n]+", line \d+/,
  // PHP, gdb, Rust.
  /^\s*#\d+\s+\S/,
  /^\s*\d+:\s+(?:0x[\da-f]+|[\w<>]+::)/i,
  // Ruby, Go.
  /^\s*(?:from\s+)?(?:[^\s:"]*[/\\])?[\w.-]+\.[a-z]{1,5}:\d+(?::in\b|:\d+\b|\s*\+0x|\s*$)/i,
  // Firefox and Safari.
  /^[^\s@]*@[^\s@]+:\d+:\d+\s*$/,
];

/** A stack that somebody put into one line: where its first frame begins. */
const folded =
  /\s+at\s+(?:(?:async|new)\s+)?[^\s()]*\s*\([^\s()]*:\d+(?::\d+)?\)|\s+at\s+[^\s()]*[./\\][^\s()]*:\d+:\d+|\s*\(?Traceback \(most recent call last\)|\s*\([^\s()]*\.[a-z]{1,5}:\d+(?::\d+)?\)|\s+in [^\s()]*[/\\][^\s()]*(?:\.[a-z]{1,5}:(?:line )?\d+| on line \d+)|(?:\\+n|\s)\s*File "[^"]+", line \d+|\\+[nt][\\nrt ]*at\s/i;

/** The text up to the first line that is of a stack trace, or the first frame within a line. */
export function withoutStack(text: string): string {
  const lines = text.split(/\r\n?|\n/);
  const first = lines.findIndex((line) => frames.some((frame) => frame.test(line)));
  const kept = first === -1 ? text : lines.slice(0, first).join('\n');
  const { index = kept.length } = folded.exec(kept) ?? {};
  return kept.slice(0, index);
}
