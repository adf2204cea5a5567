import t from 'tap';
import { createLog } from '../../src/observe/log.ts';

function collect(level = 'trace') {
  const lines: string[] = [];
  const log = createLog(level, { write: (line) => void lines.push(line) });
  return { log, lines, last: () => JSON.parse(lines.at(-1) ?? '{}') };
}

const secretNames = [
  'authorization',
  'cookie',
  'access_token',
  'refresh_token',
  'id_token',
  'client_secret',
  'password',
];

t.test('secrets are redacted at every depth', async (t) => {
  const { log, lines } = collect();
  for (const name of secretNames) {
    const leaf = { [name]: 's3cret-value' };
    for (const nested of [leaf, { a: leaf }, { a: { b: leaf } }, { a: { b: { c: leaf } } }]) {
      log.info(nested, 'message');
      t.match(lines.at(-1), '[redacted]', JSON.stringify(nested));
    }
  }
  t.notMatch(lines.join(''), 's3cret-value');
});

t.test(
  'errors say their name, words, stack and cause, and nothing that hangs on them',
  async (t) => {
    const { log, last, lines } = collect();
    const cause = Object.assign(new TypeError('deeper'), { response: { headers: 's3cret' } });
    const error = Object.assign(new Error('outer', { cause }), {
      request: { headers: { authorization: 's3cret' } },
      token: 's3cret',
      config: { data: 's3cret' },
    });
    for (const key of ['err', 'error']) {
      log.error({ [key]: error });
      t.match(last()[key], { type: 'Error', message: 'outer', stack: /log\.test/ });
      t.match(last()[key].cause, { type: 'TypeError', message: 'deeper' });
      t.strictSame(Object.keys(last()[key]).sort(), ['cause', 'message', 'stack', 'type']);
    }
    log.error({ err: { body: 's3cret' } });
    t.equal(last().err, 'object', 'what is no error says only what it is');
    log.error({ err: new Error('a', { cause: 's3cret' }) });
    t.equal(last().err.cause, 'string');
    t.notMatch(lines.join(''), 's3cret');
  },
);

t.test('a request is its method and path, an answer nothing', async (t) => {
  const { log, last } = collect();
  const headers = { authorization: 'Bearer s3cret' };
  const req = { method: 'GET', url: '/tools/a?access_token=s3cret', headers };
  log.info({ req, res: { headers } });
  t.same(last().req, { method: 'GET', path: '/tools/a' });
  t.equal(last()['res'], undefined);
  log.info({ req: {} });
  t.same(last().req, {});
});

t.test('levels carry the severity Cloud Logging reads', async (t) => {
  const { log, last, lines } = collect('debug');
  const severities = {
    debug: 'DEBUG',
    info: 'INFO',
    warn: 'WARNING',
    error: 'ERROR',
    fatal: 'CRITICAL',
  };
  for (const [level, severity] of Object.entries(severities)) {
    log[level as 'info']({ a: 1 }, 'words');
    t.match(last(), { level, severity, message: 'words', a: 1 });
    t.strictSame(
      Object.keys(last()),
      ['level', 'severity', 'time', 'a', 'message'],
      'no pid, no host',
    );
  }
  log.trace('below the level');
  t.equal(lines.length, 5);
});
