import { readFileSync } from 'node:fs';

/** One instruction of a Dockerfile, continuation lines joined: `RUN`, `npm ci`. */
export interface Instruction {
  readonly name: string;
  readonly text: string;
}

/** A build stage: what it starts from, what it is called, what it does. */
export interface Stage {
  readonly from: string;
  readonly name: string;
  readonly instructions: readonly Instruction[];
}

/** The stages of a Dockerfile in order. Heredocs and parser directives are not understood. */
export function readStages(path: string): Stage[] {
  const stages: (Stage & { instructions: Instruction[] })[] = [];
  const source = readFileSync(path, 'utf8').replace(/^\s*#.*\n/gm, '');
  for (const line of source.replaceAll('\\\n', ' ').split('\n')) {
    const [, name = '', text = ''] = /^([A-Z]+)\s+(.+)$/.exec(line.trim()) ?? [];
    if (name === 'FROM') {
      const [from = '', , stage = ''] = text.split(/\s+/);
      stages.push({ from, name: stage, instructions: [] });
    } else if (name !== '') {
      stages.at(-1)?.instructions.push({ name, text });
    }
  }
  return stages;
}

/** The texts of all instructions of that name. */
export const textsOf = ({ instructions }: Stage, name: string): string[] =>
  instructions.filter((instruction) => instruction.name === name).map(({ text }) => text);

export interface Copy {
  /** A stage; undefined = the build context. */
  readonly from: string | undefined;
  readonly sources: readonly string[];
  readonly target: string;
}

/** `--from=build /app/dist ./dist` */
export function readCopy(text: string): Copy {
  const words = text.split(/\s+/);
  const from = words.find((word) => word.startsWith('--from='))?.slice('--from='.length);
  const paths = words.filter((word) => !word.startsWith('--'));
  return { from, sources: paths.slice(0, -1), target: String(paths.at(-1)) };
}

/** The argument list of an exec form, wherever it begins in the text. */
export function readExec(text: string): string[] {
  return JSON.parse(text.slice(text.indexOf('[')));
}

/**
 * What a .dockerignore of the form "everything but" lets through: names at the top.
 * @throws when it has any other form.
 */
export function readAllowed(path: string): string[] {
  const lines = readFileSync(path, 'utf8').split('\n');
  const patterns = lines.filter((line) => line !== '' && !line.startsWith('#'));
  const [first, ...rest] = patterns;
  const plain = rest.every((pattern) => /^![\w.-]+$/.test(pattern));
  if (first !== '*' || !plain) throw new Error(`${path} is no list of exceptions to *`);
  return rest.map((pattern) => pattern.slice(1));
}
