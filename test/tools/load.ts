import { join } from 'node:path';
import type { Test } from 'tap';
import { ConfigError } from '../../src/config.ts';
import { type Catalog, loadCatalog } from '../../src/tools/catalog.ts';

/** What stands beside `tools` in a catalog, and in files beside it. */
export interface Beside {
  readonly [member: string]: unknown;
  readonly files?: Readonly<Record<string, string | Buffer>>;
  readonly ANNOTATIONS?: 'fill' | 'strict';
}

const said = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: false,
};

/** A tool that gives no cause for warnings; synthetic. */
export const plain = { name: 'plain', annotations: said };

/** The catalog of a TOOLS_FILE; without `tools` it has the plain one. */
export function load(t: Test, { files = {}, ANNOTATIONS = 'fill', ...members }: Beside): Catalog {
  const text = JSON.stringify({ tools: [plain], ...members });
  const folder = t.testdir({ ...files, 'tools.json': text });
  return loadCatalog({ TOOLS_FILE: join(folder, 'tools.json'), ANNOTATIONS });
}

/** What is wrong with it; nothing when it loads. */
export function wrong(t: Test, beside: Beside): string[] {
  try {
    load(t, beside);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({ problem }) => problem);
  }
}
