import { type Ask, parse } from './parse.ts';
import { type Contents, readResourceFile } from './resource-file.ts';
import { type FileEntry, fileSchema, liveSchema, templateSchema } from './resource-schema.ts';
import { splitSource, type Target } from './target.ts';
import { type Match, readTemplate } from './uri-template.ts';

type Listed = Pick<
  FileEntry,
  | 'name'
  | 'title'
  | 'description'
  | 'mimeType'
  | 'icons'
  | 'annotations'
  | '_meta'
  | 'scopes'
  | 'public'
>;

/** Something to read by its URI: at hand (`contents`) or at the backend (`source`). */
export interface Resource extends Readonly<Listed> {
  readonly uri: string;
  /** Bytes, where they are at hand. */
  readonly size?: number | undefined;
  readonly contents?: Contents | undefined;
  readonly source?: Target | undefined;
}

/** Many resources at the backend, by the shape of their URIs. */
export interface ResourceTemplate extends Readonly<Listed> {
  readonly uriTemplate: string;
  readonly source: Target;
  readonly match: Match;
}

function readFile(written: unknown, folder: string, ask: Ask): Resource | undefined {
  const entry = parse(fileSchema, written, ask.report);
  if (!entry) return undefined;
  const { file, ...resource } = entry;
  try {
    return { ...resource, ...readResourceFile(folder, file, entry.mimeType) };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const where = code === 'ENOENT' ? '; it is relative to the folder of TOOLS_FILE' : '';
    ask.report(`file: cannot be read: ${message}${where}`);
    return undefined;
  }
}

function readLive(written: unknown, ask: Ask): Resource | undefined {
  const entry = parse(liveSchema, written, ask.report);
  if (!entry) return undefined;
  const { listed, source } = splitSource(`resources/${entry.name}`, entry);
  return { ...listed, source };
}

function readTemplated(written: unknown, ask: Ask): ResourceTemplate | undefined {
  const entry = parse(templateSchema, written, ask.report);
  if (!entry) return undefined;
  const match = readTemplate(entry.uriTemplate);
  if (typeof match === 'string') {
    ask.report(`uriTemplate: ${match}`);
    return undefined;
  }
  const { listed, source } = splitSource(`resources/${entry.name}`, entry);
  return { ...listed, source, match };
}

/**
 * Judges one entry of `resources`: a template, else one the backend reads, else a file, which is
 * read from `folder`.
 */
export function readResource(
  written: unknown,
  folder: string,
  ask: Ask,
): Resource | ResourceTemplate | undefined {
  const keys = Object(written);
  if ('uriTemplate' in keys) return readTemplated(written, ask);
  return 'path' in keys ? readLive(written, ask) : readFile(written, folder, ask);
}
