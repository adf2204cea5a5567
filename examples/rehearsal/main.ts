import { createInterface } from 'node:readline/promises';
import { help, parseCommandLine } from './options.ts';
import { formatStep, formatSummary, summarize } from './print.ts';
import { rehearse } from './rehearse.ts';

const { stdin, stdout, stderr } = process;
const line = parseCommandLine(process.argv.slice(2));

if (line.kind === 'help') stdout.write(help);
else if (line.kind === 'wrong') {
  stderr.write(`${line.problem}\n\n${help}`);
  process.exitCode = 2;
} else {
  const { url, json } = line;
  // What is for the person must not stand between the lines of JSON.
  const say = (text: string) => stderr.write(`${text}\n`);
  const ask = async (question: string) => {
    const terminal = createInterface({ input: stdin, output: stderr });
    const answer = await terminal.question(question);
    terminal.close();
    return answer;
  };
  const colour = stdout.isTTY === true;
  const rehearsed = await rehearse(url, { ...line.options, terminal: { say, ask } }, (step) =>
    stdout.write(json ? `${JSON.stringify(step)}\n` : formatStep(step, colour)),
  );
  stdout.write(json ? `${JSON.stringify(summarize(url, rehearsed))}\n` : formatSummary(rehearsed));
  process.exitCode = rehearsed.ok ? 0 : 1;
}
