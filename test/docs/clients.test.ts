import { readdir, readFile } from 'node:fs/promises';
import t from 'tap';
import { usage } from '../../src/clients/command-line.ts';
import { documents } from '../../src/clients/documents.ts';
import { fixes, scopes } from '../../src/clients/failure.ts';
import { pins } from '../../src/clients/pin.ts';
import { reasons } from '../../src/clients/reasons.ts';
import { spared } from '../../src/clients/spare.ts';

const page = await readFile('docs/clients.md', 'utf8');

/** The rows of the table under this head. */
function rowsUnder(head: string): string[] {
  const [, after = ''] = page.split(`\n${head}\n`);
  const [, ...lines] = after.split('\n');
  return lines.slice(
    0,
    lines.findIndex((line) => !line.startsWith('|')),
  );
}

const inWords = (words: object) =>
  Object.entries(words).map(([word, text]) => `| \`${word}\` | ${text} |`);

for (const [head, words] of [
  ['| reason | what it means |', reasons],
  ['| pin | what it does |', pins],
  ['| spared because | what it means |', spared],
] as const) {
  t.test(`the table ${head} says what the code says`, async (t) => {
    t.strictSame(rowsUnder(head), inWords(words));
  });
}

t.test('every operation has its row and its scopes', async (t) => {
  const rows = rowsUnder('| code | failed at | scope of the Management API |');
  t.equal(rows.length, Object.keys(scopes).length);
  for (const [i, [operation, needed]] of Object.entries(scopes).entries()) {
    const [, code, failedAt = '', scope = ''] = String(rows[i]).split('|');
    t.equal(code, ` \`${operation}_http_…\` `);
    t.match(failedAt, /\w/);
    t.strictSame([...scope.matchAll(/`([^`]+)`/g)].map(([, one]) => one).join(' and '), needed);
  }
});

t.test('every fix of the code is told', async (t) => {
  const rows = rowsUnder('| code | fix |');
  for (const [key, fix] of Object.entries(fixes)) {
    const code = key.replace(/_(\d+)$/, '_http_$1');
    t.ok(rows.includes(`| \`${code}\` | ${fix} |`), code);
  }
});

t.test('so is every code of a failure that is no answer of Auth0', async (t) => {
  const files = (await readdir('src/clients')).map((name) => `src/clients/${name}`);
  const sources = await Promise.all(files.map((file) => readFile(file, 'utf8')));
  const codes = sources.flatMap((source) => [
    ...source.matchAll(/(?:new Failure\(|notKept: |code: )'(\w+)'/g),
  ]);
  t.ok(codes.length >= 6);
  for (const [, code] of codes) t.ok(page.includes(`\`${code}\``), String(code));
});

t.test('the commands are those of the usage', async (t) => {
  const commands = [...usage.matchAll(/^ {2}([a-z]+)/gm)].map(([, name]) => name);
  const told = [...page.matchAll(/^npm run clients -- ([a-z]+)/gm)].map(([, name]) => name);
  t.strictSame([...new Set(told)], commands);
  for (const url of Object.values(documents)) t.ok(page.includes(url));
  for (const code of [0, 1, 64, 69, 78]) t.match(page, `| ${code} |`);
});
