import { readFileSync } from 'node:fs';
import { extname, resolve } from 'node:path';

/** As `resources/read` gives it. */
export type Contents = { readonly text: string } | { readonly blob: string };

/** What a file is taken for when its entry does not say. */
const byExtension: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.htm': 'text/html',
  '.css': 'text/css',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.json': 'application/json',
  '.txt': 'text/plain',
  '.md': 'text/markdown',
  '.csv': 'text/csv',
  '.xml': 'application/xml',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.gif': 'image/gif',
  '.webp': 'image/webp',
  '.pdf': 'application/pdf',
};

/** Media types, with parameters or without, whose bytes are text. */
const textual = /^(text\/[^;]+|application\/(json|xml|javascript)|[^;]+\+(json|xml))\s*(;|$)/i;

/** A file of the catalog as a resource. */
export interface FileRead {
  readonly mimeType?: string;
  /** Bytes. */
  readonly size: number;
  readonly contents: Contents;
}

/**
 * Reads a file that stands beside the catalog.
 * @param written its media type as the catalog says it; else its extension tells.
 * @throws when it cannot be read, or is no UTF-8 though its media type is a text's.
 */
export function readResourceFile(folder: string, file: string, written?: string): FileRead {
  const bytes = readFileSync(resolve(folder, file));
  const mimeType = written ?? byExtension[extname(file).toLowerCase()];
  const size = bytes.length;
  if (mimeType !== undefined && textual.test(mimeType)) {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return { mimeType, size, contents: { text } };
  }
  const contents = { blob: bytes.toString('base64') };
  return { ...(mimeType && { mimeType }), size, contents };
}
