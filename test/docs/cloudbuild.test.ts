import { readFileSync } from 'node:fs';
import t from 'tap';
import { loadConfig, warnings } from '../../src/config.ts';
import { readBlocks } from './read-blocks.ts';

const build = readFileSync('cloudbuild.yaml', 'utf8').replace(/^\s*#.*\n/gm, '');
const guide = 'examples/cloud-run-deploy.md';
const [, substitutions = '', rest = ''] =
  /^substitutions:\n([\s\S]+?)^steps:\n([\s\S]+)/m.exec(build) ?? [];
const commands = readBlocks(guide)
  .filter(({ language }) => language === 'sh')
  .map(({ text }) => text)
  .join('\n');

/** As Cloud Build has them for a build: its own, the file's, then those of the command line. */
const values: Record<string, string> = { PROJECT_ID: 'p', PROJECT_NUMBER: '123', BUILD_ID: 'b' };
for (const [, name = '', value = ''] of substitutions.matchAll(/^ {2}(_\w+): '?([^'\n]+)'?$/gm)) {
  values[name] = value;
}
const defined = Object.keys(values).filter((name) => name.startsWith('_'));
const given = {
  _ISSUER: 'https://t.us.auth0.com',
  _MGMT_DOMAIN: 't.us.auth0.com',
  _MGMT_CLIENT_ID: 'id',
  _FUNCTIONS_BASE: 'https://tools.example.com',
};
const expand = (text: string): string =>
  text.replace(/\$\{(\w+)\}/g, (_, name: string) => expand({ ...values, ...given }[name] ?? '?'));

/** What follows `--flag=` in the deployment step. */
const flag = (name: string): string =>
  expand(new RegExp(`^\\s+- --${name}=(.+)$`, 'm').exec(rest)?.[1] ?? '');

/** `A=b,C=d`, or with gcloud's other separator: `^|^A=b|C=d` (gcloud topic escaping). */
function readPairs(text: string): Map<string, string> {
  const [, separator = ',', list = text] = /^\^(.+?)\^(.+)$/.exec(text) ?? [];
  return new Map(
    list.split(separator).map((pair) => {
      const end = pair.indexOf('=');
      return [pair.slice(0, end), pair.slice(end + 1)] as const;
    }),
  );
}

const variables = readPairs(flag('set-env-vars'));
const secrets = readPairs(flag('set-secrets'));

t.test(
  'every substitution is defined and used: Cloud Build refuses a file where it is not so',
  async (t) => {
    const used = [...build.matchAll(/\$\{(_\w+)\}/g)].map(([, name]) => name);
    t.same([...new Set(used)].sort(), defined.sort());
  },
);

t.test(
  'what is deployed is a configuration the gateway starts with, and without a warning',
  async (t) => {
    const env: Record<string, string> = { NODE_ENV: 'production', K_SERVICE: 'gateway' };
    for (const [name, value] of variables) env[name] = value;
    for (const name of secrets.keys())
      if (!name.startsWith('/')) env[name] = 'a-secret-of-a-test-0123456789';
    const config = loadConfig(env);
    t.same(warnings(config), []);
    t.equal(config.PUBLIC_URL, 'https://auth0-gateway-123.europe-west1.run.app');
    t.equal(config.trustProxy, 'on');
  },
);

t.test('the catalog is where TOOLS_FILE looks', async (t) => {
  t.ok(secrets.has(String(variables.get('TOOLS_FILE'))));
});

t.test('no secret is a plain variable or has a value in the file', async (t) => {
  t.notMatch([...variables.keys()].join(), /SECRET|TOKEN/);
  t.notMatch(defined.join(), /SECRET|TOKEN/);
  for (const version of secrets.values()) t.match(version, /^gateway-[a-z-]+:latest$/);
});

t.test('settings without a fitting default stop the build until they are given', async (t) => {
  const open = defined.filter((name) => values[name] === 'SET_ME').sort();
  t.same(open, Object.keys(given).sort());
  const [, check = ''] = /case "(.+)" in/.exec(rest) ?? [];
  t.same([...check.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name).sort(), open);
});

t.test(
  'the guide makes every secret, reads none that is not there, and sets known substitutions',
  async (t) => {
    for (const version of secrets.values())
      t.match(commands, `secrets create ${version.split(':')[0]} `);
    for (const [, name = ''] of commands.matchAll(/[",](_[A-Z_]+)=/g))
      t.ok(defined.includes(name), name);
    for (const name of Object.keys(given)) t.match(commands, `${name}=`);
  },
);

t.test('the probes ask for paths the gateway serves', async (t) => {
  t.match(flag('startup-probe'), 'httpGet.path=/health/ready,');
  t.match(flag('liveness-probe'), 'httpGet.path=/health/live,');
});
