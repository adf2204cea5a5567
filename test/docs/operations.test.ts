import { existsSync, globSync, readFileSync } from 'node:fs';
import t from 'tap';
import { createRecord } from '../../src/clients/record.ts';
import { createMetrics } from '../../src/observe/metrics.ts';
import { bearer } from '../send.ts';
import { setStage } from '../stage.ts';
import { logMessages } from './log-messages.ts';

const page = readFileSync('docs/operations.md', 'utf8');
const rules = readFileSync('examples/prometheus-rules.yaml', 'utf8');
const dashboard = JSON.parse(readFileSync('examples/grafana-dashboard.json', 'utf8')) as {
  panels: { id: number; type: string; targets?: { expr: string }[] }[];
};

/** The cells of each row of the tables below a heading. */
function rowsOf(heading: string): string[][] {
  const [, section = ''] = page.split(`\n## ${heading}\n`);
  const lines = section.split('\n## ')[0]?.split('\n') ?? [];
  const rows = lines.filter((line) => line.startsWith('| `'));
  return rows.map((line) =>
    line.split(/(?<= )\|(?= )/).map((cell) => cell.replace(/^\| /, '').trim()),
  );
}

/** The words in code of a cell. */
const words = (cell = ''): string[] =>
  [...cell.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word);

/** Every metric with its labels, as one scrape of a gateway to which everything happened. */
async function exposed(): Promise<Map<string, string[]>> {
  const metrics = createMetrics({
    tools: new Set(['a']),
    keysAgeSeconds: () => 1,
    keysStale: () => false,
    lanes: () => [{ tool: 'a', breaker: 'closed', busy: 0, waiting: 0 }],
    shared: () => 'up',
  });
  metrics.call('a', 'ok', '');
  metrics.answered('a', 1);
  metrics.exchange('a', 'answered', 1);
  metrics.violation('a');
  metrics.refused('internal', '');
  metrics.clientOutcome('promote', 'promoted');
  metrics.delivery(1, 1);
  metrics.sweep(1);
  metrics.spans(1, 'exported');
  metrics.retired('deleted', '');
  const text = await metrics.text();
  const labelsOf = (name: string): string[] => {
    const [, labels = ''] = new RegExp(`^${name}(?:_count)?\\{([^}]*)\\}`, 'm').exec(text) ?? [];
    return [...labels.matchAll(/(\w+)="/g)].map(([, label = '']) => label);
  };
  const names = [...text.matchAll(/^# TYPE (\w+)/gm)].map(([, name = '']) => name);
  return new Map(names.map((name) => [name, labelsOf(name)]));
}

t.test('every metric stands on the page with its labels, and no other', async (t) => {
  const metrics = await exposed();
  const ours = [...metrics].filter(([name]) => name.startsWith('gateway_'));
  const listed = rowsOf('Metrics').map(([name, labels]) => [words(name)[0], words(labels)]);
  t.ok(ours.length > 10);
  t.same(Object.fromEntries(listed), Object.fromEntries(ours));
});

t.test('rules and dashboard ask for metrics and labels that exist', async (t) => {
  const metrics = await exposed();
  const asked = [
    ...[...rules.matchAll(/expr: (>-\n(?: {10}.*\n)+|.*)/g)].map(([, expr = '']) => expr),
    ...dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)),
  ];
  t.ok(asked.length > 40);
  for (const expr of asked) {
    const found = [...expr.matchAll(/((?:gateway|process|nodejs)_\w+)(?:\{([^}]*)\})?/g)];
    for (const [, name = '', matchers = ''] of found) {
      const known = metrics.get(name) ?? metrics.get(name.replace(/_(bucket|sum|count)$/, ''));
      t.ok(known, name);
      for (const [, label = ''] of matchers.matchAll(/(\w+)(?:=|!)/g)) {
        t.ok(label === 'job' || known?.includes(label), `${name}{${label}}`);
      }
    }
    t.ok(found.length > 0 || expr.startsWith('up{'), expr);
  }
  const ids = dashboard.panels.map(({ id }) => id);
  t.equal(new Set(ids).size, ids.length);
});

t.test('every metric of ours is on the dashboard', async (t) => {
  const shown = JSON.stringify(dashboard.panels);
  for (const name of (await exposed()).keys()) {
    if (name.startsWith('gateway_')) t.ok(shown.includes(name), name);
  }
});

t.test('every rule stands on the page, and no other', async (t) => {
  const named = [...rules.matchAll(/- alert: (\w+)/g)].map(([, name = '']) => name);
  t.same(
    rowsOf('Alerts').flatMap(([name]) => words(name)),
    named,
  );
});

t.test('every field of a line stands on the page, and no other', async (t) => {
  const { gateway, call, backend, issuer } = await setStage(t, {
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' },
  });
  const machine = { gty: 'client-credentials', org_id: 'org_a' };
  const headers = bearer(await issuer.token(machine));
  await call('listEvents', {}, { headers });
  await call('listEvents', {}, { headers: bearer('opaque') });
  backend.answer = (response) => void response.destroy();
  await call('listEvents', {}, { headers });
  const clients: object[] = [];
  const write = (line: object) => void clients.push(line);
  const nothing = () => {};
  const log = { debug: write, info: write, warn: write, error: write };
  const about = { clientId: 'a', name: 'b', source: 'event', logId: 'c' } as const;
  const outcome = {
    outcome: 'failed',
    retry: true,
    code: 'd',
    error_description: 'e',
    fix: 'f',
  } as const;
  const record = createRecord(log, { clientOutcome: nothing, delivery: nothing, sweep: nothing });
  record({ ...about, decision: { verdict: 'promote', recipe: 'first-party' }, outcome });
  record({ ...about, decision: { verdict: 'refuse', reason: 'no_redirects' }, outcome });

  const every = new Set(['level', 'severity', 'time', 'message']);
  const fieldsOf = (lines: readonly object[]): string[] =>
    [...new Set(lines.flatMap(Object.keys))].filter((name) => !every.has(name)).sort();
  const linesOf = (message: string) => gateway.lines.filter((line) => line['message'] === message);
  const listed = (of: string): string[] => {
    const rows = rowsOf('Log').filter(([, where = '']) => where.split(/, | and /).includes(of));
    return rows.flatMap(([name]) => words(name)).sort();
  };
  t.same(listed('call'), fieldsOf(linesOf('call')));
  t.same(listed('refused'), fieldsOf(linesOf('refused')));
  t.same(listed('client …'), fieldsOf(clients));
  for (const name of every) t.match(page, `\`${name}\``);
});

t.test('every message of the code stands on the page, and no other', async (t) => {
  const files = globSync('src/**/*.ts');
  const messages = new Set(files.flatMap((file) => logMessages(readFileSync(file, 'utf8'))));
  const listed = rowsOf('Log')
    .filter(([, level = '']) => /^(info|warn|error|debug)/.test(level))
    .flatMap(([name]) => words(name));
  t.same(listed.sort(), [...messages].sort());
});

t.test('links lead to files and headings that exist', async (t) => {
  const slug = (heading: string): string =>
    heading
      .toLowerCase()
      .replace(/[^\w -]/g, '')
      .replaceAll(' ', '-');
  const headings = new Set([...page.matchAll(/^#+ (.+)$/gm)].map(([, h = '']) => slug(h)));
  for (const [, target = '', anchor = ''] of page.matchAll(/\]\(([^)#]*)(?:#([^)]*))?\)/g)) {
    if (target === '') t.ok(headings.has(anchor), anchor);
    else t.ok(existsSync(`docs/${target}`), target);
  }
});
