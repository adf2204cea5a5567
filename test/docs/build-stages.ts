import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import {
  type Instruction,
  readAllowed,
  readCopy,
  readStages,
  type Stage,
} from './read-dockerfile.ts';

/** A stage as built: a folder that stands for `/`, where its commands run, with which environment. */
export interface Built {
  readonly stage: Stage;
  readonly root: string;
  workdir: string;
  readonly env: Record<string, string>;
}

export interface Builder {
  /** An empty folder to build in. */
  readonly folder: string;
  /** Environment of every RUN; the ENV of the stage is added. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly say: (text: string) => void;
}

/**
 * Does in folders what a container engine does with the Dockerfile here: FROM, WORKDIR, ENV, COPY
 * and RUN, on this machine's own Node.js and npm. What .dockerignore hides is not there.
 * @throws when a command fails or an instruction is not understood.
 */
export function buildStages({ folder, env, say }: Builder): Built[] {
  const context = join(folder, 'context');
  mkdirSync(context);
  for (const name of readAllowed('.dockerignore')) {
    cpSync(name, join(context, name), { recursive: true });
  }
  const built: Built[] = [];
  for (const stage of readStages('Dockerfile')) {
    const one: Built = { stage, root: join(folder, stage.name), workdir: '/', env: {} };
    mkdirSync(one.root);
    for (const instruction of stage.instructions) obey(one, instruction);
    built.push(one);
  }
  return built;

  function obey(one: Built, { name, text }: Instruction): void {
    const here = join(one.root, one.workdir);
    if (name === 'WORKDIR') {
      one.workdir = resolve(one.workdir, text);
      mkdirSync(join(one.root, one.workdir), { recursive: true });
    } else if (name === 'ENV') {
      const [key = '', value = ''] = text.split('=');
      one.env[key] = value;
    } else if (name === 'COPY') {
      copy(one, text);
    } else if (name === 'RUN') {
      say(`${one.stage.name}: ${text}`);
      const { status, stdout, stderr } = spawnSync('sh', ['-c', text], {
        cwd: here,
        env: { ...env, ...one.env },
        encoding: 'utf8',
      });
      if (status !== 0) throw new Error(`${text}\nexit ${status}\n${stdout}${stderr}`);
    } else if (!['USER', 'EXPOSE', 'HEALTHCHECK', 'CMD'].includes(name)) {
      throw new Error(`${name} is not understood here`);
    }
  }

  /** A folder is copied as its content, a file into a target that ends in a slash (COPY's rules). */
  function copy(one: Built, text: string): void {
    const { from, sources, target } = readCopy(text);
    const start = built.find(({ stage }) => stage.name === from)?.root ?? context;
    const end = join(one.root, resolve(one.workdir, target));
    for (const source of sources) {
      const file = join(start, source);
      const into =
        statSync(file).isFile() && target.endsWith('/') ? join(end, basename(source)) : end;
      cpSync(file, into, { recursive: true });
    }
  }
}
