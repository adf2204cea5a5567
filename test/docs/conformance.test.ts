import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t from 'tap';
import { parseExpected } from '../conformance/expected.ts';
import { readRequirements, suite } from '../conformance/requirements.ts';

const page = readFileSync('docs/conformance.md', 'utf8');

/** The cells of every row of every table. */
const rows = page
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .map((line) => line.slice(2, -2).split(' | '));

const figures = (of: string): string[] => rows.find(([first]) => first === of)?.slice(1) ?? [];

const whys = new Map(
  rows
    .filter((row) => row.length === 3)
    .flatMap(([names = '', , why = '']) =>
      [...names.matchAll(/`([^`]+)`/g)].map(([, name = '']) => [name, why] as const),
    ),
);

t.test('the page gives each expected failure the reason it has on the list', async (t) => {
  const entries = parseExpected(readFileSync('test/conformance/expected-failures.yml', 'utf8'));
  const listed = entries.map(({ scenario, check, reason }) => [
    check === undefined ? scenario : `${scenario}:${check}`,
    reason,
  ]);
  t.same(Object.fromEntries(whys), Object.fromEntries(listed));
});

t.test('the figures are of the suite that is installed, and add up', async (t) => {
  const { version } = JSON.parse(readFileSync(`${suite}/package.json`, 'utf8')) as {
    version: string;
  };
  t.match(page, `\`@modelcontextprotocol/conformance\` ${version})`, 'run it again, then say so');
  const revisions = ['2025-11-25', '2026-07-28', '2025-11-25', '2026-07-28'].map(readRequirements);
  t.same(
    figures('required scenarios'),
    revisions.map(({ required }) => String(required.length)),
  );
  const outcomes = [
    'passed, counted strictly',
    'failed as expected',
    'not counted',
    'failed otherwise',
  ].map(figures);
  t.same(
    revisions.map((_, column) => outcomes.reduce((sum, row) => sum + Number(row[column]), 0)),
    revisions.map(({ required }) => required.length),
  );
  t.same(
    figures('run and not scored: passed, failed, not counted').map((cell) =>
      cell.split(', ').reduce((sum, one) => sum + Number(one), 0),
    ),
    revisions.map(({ notScored }) => notScored.size),
  );
});

t.test('the page links to files that exist', async (t) => {
  for (const [, target = ''] of page.matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/g)) {
    t.ok(existsSync(join(dirname('docs/conformance.md'), target)), target);
  }
  for (const [, path = ''] of page.matchAll(/`(test\/[^`]*)`/g)) t.ok(existsSync(path), path);
});
