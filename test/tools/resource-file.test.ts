import t, { type Test } from 'tap';
import { load, wrong } from './load.ts';

const beside = (file: string, bytes: string | Buffer, mimeType?: string) => ({
  files: { [file]: bytes },
  resources: [{ uri: 'x:a', name: 'one', file, ...(mimeType && { mimeType }) }],
});
function read(t: Test, ...given: Parameters<typeof beside>) {
  const { mimeType, size, contents } = Object(load(t, beside(...given)).resources.get('x:a'));
  return { mimeType, size, contents };
}

const noText = Buffer.from([0x89, 0x50, 0xff, 0x00]);
const blob = noText.toString('base64');

t.test('the extension tells the media type, and that text or bytes', async (t) => {
  const types: Record<string, string> = {
    'a.html': 'text/html',
    'a.HTM': 'text/html',
    'a.css': 'text/css',
    'a.js': 'text/javascript',
    'a.mjs': 'text/javascript',
    'a.json': 'application/json',
    'a.txt': 'text/plain',
    'a.md': 'text/markdown',
    'a.csv': 'text/csv',
    'a.xml': 'application/xml',
    'a.svg': 'image/svg+xml',
  };
  for (const [file, mimeType] of Object.entries(types)) {
    t.same(read(t, file, '{"ä":1}\n'), { mimeType, size: 9, contents: { text: '{"ä":1}\n' } });
  }
  for (const [file, mimeType] of Object.entries({
    'a.png': 'image/png',
    'a.jpg': 'image/jpeg',
    'a.jpeg': 'image/jpeg',
    'a.gif': 'image/gif',
    'a.webp': 'image/webp',
    'a.pdf': 'application/pdf',
  })) {
    t.same(read(t, file, noText), { mimeType, size: 4, contents: { blob } });
  }
  t.same(read(t, 'README', noText), { mimeType: undefined, size: 4, contents: { blob } });
});

t.test('what the catalog says wins', async (t) => {
  for (const mimeType of [
    'text/html;profile=mcp-app',
    'text/html+skybridge',
    'application/javascript',
    'application/ld+json; charset=utf-8',
    'Application/Atom+XML',
  ]) {
    t.match(read(t, 'a.bin', 'text', mimeType), { mimeType, contents: { text: 'text' } });
  }
  for (const mimeType of ['application/octet-stream', 'image/png', 'application/jsonx', 'text']) {
    t.match(read(t, 'a.txt', 'text', mimeType), { mimeType, contents: { blob: 'dGV4dA==' } });
  }
});

t.test('a text is the file, to the byte', async (t) => {
  t.match(read(t, 'a.txt', '\ufeffa\r\n'), { size: 6, contents: { text: '\ufeffa\r\n' } });
  t.match(read(t, 'a.txt', ''), { size: 0, contents: { text: '' } });
});

t.test('a file in a folder beside the catalog', async (t) => {
  const resources = [{ uri: 'x:a', name: 'one', file: 'widgets/a.txt' }];
  const folder: Record<string, unknown> = { widgets: { 'a.txt': 'a' } };
  const { resources: read } = load(t, { files: Object(folder), resources });
  t.match(read.get('x:a'), { contents: { text: 'a' } });
});

t.test('what cannot be read', async (t) => {
  const cannot = /^resource one: file: cannot be read: /;
  t.match(wrong(t, beside('a.txt', noText)), [cannot]);
  t.match(wrong(t, beside('a.bin', noText, 'application/json')), [cannot]);
  const one = (file: string) => ({ resources: [{ uri: 'x:a', name: 'one', file }] });
  t.match(wrong(t, one('none.txt')), [
    /^resource one: file: cannot be read: ENOENT.*; it is relative to the folder of TOOLS_FILE$/,
  ]);
  t.match(wrong(t, one('.')), [/^resource one: file: cannot be read: EISDIR(?!.*TOOLS_FILE)/]);
});
