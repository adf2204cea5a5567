import t from 'tap';
import { callFailure } from '../../src/clients/failure.ts';
import { failed, type Outcome } from '../../src/clients/promote.ts';
import { createRecord, type Result } from '../../src/clients/record.ts';

function stage() {
  const lines: [level: string, line: object, message: string][] = [];
  const counted: string[] = [];
  const write = (level: string) => (line: object, message: string) =>
    void lines.push([level, line, message]);
  const log = {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
  };
  const record = createRecord(log, {
    clientOutcome: (verdict, outcome) => counted.push(`${verdict} ${outcome}`),
    delivery: () => {},
    sweep: () => {},
  });
  const tell = (outcome: Outcome, rest: Partial<Result> = {}) =>
    record({
      clientId: 'c1',
      name: 'ChatGPT',
      source: 'sweep',
      decision: { verdict: 'promote', recipe: 'third-party' },
      outcome,
      ...rest,
    });
  return { lines, counted, tell, levels: () => lines.map(([level]) => level) };
}

const promoted: Outcome = { outcome: 'promoted', retry: false };
const already: Outcome = { outcome: 'already', retry: false };
const denied = failed(callFailure('conn_lookup', 403, 'Insufficient scope'));
const down = failed(callFailure('client', 503));

t.test('a line says who, what, why and what to do', async (t) => {
  const { lines, tell, counted } = stage();
  tell(denied, { source: 'event', logId: '900', name: 'x'.repeat(300) });
  t.strictSame(lines, [
    [
      'error',
      {
        client_id: 'c1',
        client_name: 'x'.repeat(100),
        verdict: 'promote',
        recipe: 'third-party',
        outcome: 'failed',
        retry: false,
        code: 'conn_lookup_http_403',
        error_description: 'Insufficient scope',
        fix: 'Give the Management API client the scope read:connections.',
        source: 'event',
        log_id: '900',
      },
      'client failed',
    ],
  ]);
  t.strictSame(counted, ['promote failed']);
});

t.test('a client that could not be read', async (t) => {
  const { lines, tell, counted } = stage();
  tell(down, { decision: undefined, name: undefined });
  t.match(lines, [['warn', { code: 'client_http_503', retry: true }, 'client failed']]);
  t.strictSame(counted, ['undecided failed']);
});

t.test('a refused client', async (t) => {
  const { lines, tell } = stage();
  const decision = { verdict: 'refuse', reason: 'redirect_not_allowed', detail: 'x' } as const;
  tell({ outcome: 'refused', retry: false }, { decision });
  const meaning = /redirect URIs belongs to none of PROMOTE_CLIENTS/;
  t.match(lines, [['info', { ...decision, meaning }, 'client refused']]);
});

t.test(
  'an ignored client is worth a line when an event told of it, not when it is just there',
  async (t) => {
    const { tell, levels } = stage();
    const decision = { verdict: 'ignore', reason: 'unmarked' } as const;
    tell({ outcome: 'ignored', retry: false }, { decision, source: 'event', clientId: 'a' });
    tell({ outcome: 'ignored', retry: false }, { decision, clientId: 'b' });
    t.strictSame(levels(), ['info', 'debug']);
  },
);

t.test('what a sweep finds unchanged is written and counted once', async (t) => {
  const { tell, levels, counted } = stage();
  tell(promoted);
  tell(already);
  tell(already);
  tell(denied);
  tell(denied);
  tell(promoted);
  t.strictSame(levels(), ['info', 'error', 'info']);
  t.strictSame(counted, ['promote promoted', 'promote failed', 'promote promoted']);
});

t.test('what a sweep gives back after somebody took it away is told each time', async (t) => {
  const { tell, levels, counted } = stage();
  tell(promoted);
  tell(already);
  tell(promoted);
  t.strictSame(levels(), ['info', 'info']);
  t.strictSame(counted, ['promote promoted', 'promote promoted']);
});

t.test('what an event repeats is counted, and written for debugging only', async (t) => {
  const { tell, levels, counted } = stage();
  tell(down, { source: 'event' });
  tell(down, { source: 'event' });
  tell(already, { source: 'event' });
  t.strictSame(levels(), ['warn', 'debug', 'debug']);
  t.equal(counted.length, 3);
});
