import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t from 'tap';
import { settings } from '../../src/settings.ts';

const pages = [
  'examples/cloud-run-deploy.md',
  'examples/curl-smoke-tests.md',
  'docs/auth0-setup.md',
  'docs/operations.md',
  'docs/threat-model.md',
  'SECURITY.md',
];

/** In capitals and no settings of the gateway: shell variables, and words of others. */
const others = new Set([
  'GATEWAY',
  'TOKEN',
  'CONNECTION_ID',
  'MGMT_TOKEN',
  'HEALTHCHECK',
  'S256',
  'ACCESS_TOKEN_IS_ENCRYPTED_JWE',
  'ATTACK_RUNS',
]);

for (const page of pages) {
  const text = readFileSync(page, 'utf8');

  t.test(`${page} links to files that exist`, async (t) => {
    for (const [, target = ''] of text.matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/g)) {
      t.ok(existsSync(join(dirname(page), target)), target);
    }
  });

  t.test(`${page} names only settings that exist`, async (t) => {
    for (const [, name = ''] of text.matchAll(/`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*)(?==[^`]*`|`)/g)) {
      t.ok(name in settings || others.has(name), name);
    }
  });
}
