import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t from 'tap';
import { settings } from '../../src/settings.ts';

const pages = globSync(['*.md', 'docs/*.md', 'examples/*.md']).sort();

/** In capitals and no settings of the gateway: shell variables, and words of others. */
const others = new Set([
  'GATEWAY',
  'TOKEN',
  'CONNECTION_ID',
  'MGMT_TOKEN',
  'HEALTHCHECK',
  'S256',
  'ENOENT',
  'ACCESS_TOKEN_IS_ENCRYPTED_JWE',
  'ACCESS_TOKEN_NOT_JWS',
  'ATTACK_RUNS',
  'CHROMIUM',
  'CI',
  'WIDGET_SCREENSHOTS',
  'GET',
  'POST',
  'DELETE',
]);

/** Without blocks of code: a `#` there is no heading, a bracket no link. */
const prose = (page: string): string =>
  readFileSync(page, 'utf8').replace(/^( *)```[\s\S]*?^\1```$/gm, '');

/** What a heading is linked by on GitHub; the second of two equal ones ends in -1. */
function anchorsOf(page: string): Set<string> {
  const found = new Set<string>();
  for (const [, heading = ''] of prose(page).matchAll(/^#+ (.+)$/gm)) {
    const slug = heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-');
    const again = [...found].filter((one) => one.replace(/-\d+$/, '') === slug).length;
    found.add(again === 0 ? slug : `${slug}-${again}`);
  }
  return found;
}

t.test('every page is looked at', async (t) => {
  for (const page of [
    'README.md',
    'SECURITY.md',
    'docs/catalog.md',
    'examples/cloud-run-deploy.md',
  ])
    t.ok(pages.includes(page), page);
});

for (const page of pages) {
  t.test(`${page} links to files that exist, and to headings they have`, async (t) => {
    for (const [, file = '', anchor] of prose(page).matchAll(
      /\]\((?![a-z]+:)([^)#\s]*)(?:#([^)\s]*))?\)/g,
    )) {
      const target = file === '' ? page : join(dirname(page), file);
      t.ok(existsSync(target), target);
      if (anchor !== undefined) t.ok(anchorsOf(target).has(anchor), `${target}#${anchor}`);
    }
  });

  t.test(`${page} names only settings that exist`, async (t) => {
    for (const [, name = ''] of prose(page).matchAll(
      /`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*)(?==[^`]*`|`)/g,
    )) {
      t.ok(name in settings || others.has(name), name);
    }
  });
}
