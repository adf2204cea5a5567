import t, { type Test } from 'tap';
import { type Stage, setStage } from '../stage.ts';
import { converse, speak } from './wire.ts';

/** One stage for all; every test looks that nothing was forwarded. */
const head = (token: string, target = '/tools/listEvents', version = '1.1'): string =>
  `POST ${target} HTTP/${version}\r\nHost: gateway.example.com\r\n` +
  `Authorization: Bearer ${token}\r\nContent-Type: application/json\r\n`;

const length2 = 'Content-Length: 2\r\n\r\n{}';
const chunked = 'Transfer-Encoding: chunked\r\n\r\n';
const whole = '2\r\n{}\r\n0\r\n\r\n';

async function forwarded({ backend }: Stage, act: () => Promise<unknown>): Promise<number> {
  const before = backend.received.length;
  await act();
  return backend.received.length - before;
}

/** What a front server and a back server have been known to read differently. */
const ambiguous: Readonly<Record<string, string>> = {
  'CL.TE': 'Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nX',
  'TE.CL': `Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n${whole}`,
  'two lengths': 'Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}x',
  'the same length twice': `Content-Length: 2\r\n${length2}`,
  'a list of lengths': 'Content-Length: 2, 2\r\n\r\n{}',
  'a length with a sign': 'Content-Length: +2\r\n\r\n{}',
  'a negative length': 'Content-Length: -2\r\n\r\n{}',
  'a hexadecimal length': 'Content-Length: 0x2\r\n\r\n{}',
  'a length beyond 64 bits': 'Content-Length: 18446744073709551618\r\n\r\n{}',
  'an empty length': 'Content-Length:\r\n\r\n{}',
  'a space before the colon': 'Content-Length : 2\r\n\r\n{}',
  'an unknown coding': `Transfer-Encoding: xchunked\r\n\r\n${whole}`,
  'a coding that ends in chunked': `Transfer-Encoding: gzip, chunked\r\n\r\n${whole}`,
  'a coding after chunked': `Transfer-Encoding: chunked, identity\r\n\r\n${whole}`,
  'chunked twice': `Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n${whole}`,
  'chunked with a tab': `Transfer-Encoding:\tchunked\u000b\r\n\r\n${whole}`,
  'a folded coding': `Transfer-Encoding:\r\n chunked\r\n\r\n${whole}`,
  'a folded header (obs-fold)': `X-A: b\r\n c: d\r\n${length2}`,
  'a NUL in a header': `X-A: a\0b\r\n${length2}`,
  'a bare CR in a header': `X-A: a\rTransfer-Encoding: chunked\r\n${length2}`,
  'a bare LF after a header': `X-A: a\n${length2}`,
  'a header without a name': `: a\r\n${length2}`,
  'a line that is no header': `nothing\r\n${length2}`,
  'a chunk size that is none': `${chunked}zz\r\n{}\r\n0\r\n\r\n`,
  'a chunk size with a sign': `${chunked}+2\r\n{}\r\n0\r\n\r\n`,
  'a chunk size with 0x': `${chunked}0x2\r\n{}\r\n0\r\n\r\n`,
  'a chunk size beyond 64 bits': `${chunked}10000000000000002\r\n{}\r\n0\r\n\r\n`,
  'a chunk longer than its size': `${chunked}1\r\n{}\r\n0\r\n\r\n`,
  'a chunk extension with a bare LF': `${chunked}2;\n{}\r\n0\r\n\r\n`,
  'chunks with bare LF': `${chunked}2\n{}\n0\n\n`,
  'a second Host': `Host: other.example\r\n${length2}`,
};

t.test(
  'a request that can be read two ways is 400, forwards nothing, ends the connection',
  async (t) => {
    const stage = await setStage(t);
    const { gateway, issuer } = stage;
    const token = await issuer.token();
    const next = head(token) + length2;
    for (const [name, rest] of Object.entries(ambiguous)) {
      const count = await forwarded(stage, async () => {
        const { socket, answers } = converse(gateway.url, `${head(token)}${rest}${next}`);
        const all = await answers(2);
        socket.destroy();
        t.same(
          all.map(({ status }) => status),
          [400],
          name,
        );
      });
      t.equal(count, 0, `${name}: nor what follows it`);
    }
  },
);

t.test('versions and targets that hide another request', async (t) => {
  const stage = await setStage(t);
  const token = await stage.issuer.token();
  const refused = {
    'chunked in HTTP/1.0': head(token, undefined, '1.0') + chunked + whole,
    'HTTP/0.9': `${head(token).replace(' HTTP/1.1', '')}${length2}`,
    'HTTP/2 by prior knowledge': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    'a target with another host': head(token, 'http://other.example/tools/listEvents') + length2,
    'a target with a space': head(token, '/tools/list Events') + length2,
    'a target with a backslash': head(token, '\\tools\\listEvents') + length2,
    'a line break in the target': head(token, '/tools/list\r\nEvents') + length2,
  };
  for (const [name, bytes] of Object.entries(refused)) {
    const count = await forwarded(stage, async () => {
      t.match((await speak(stage.gateway.url, bytes))[0], { status: 400 }, name);
    });
    t.equal(count, 0, name);
  }
  const connect = await speak(
    stage.gateway.url,
    `CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: a\r\n\r\n`,
  );
  t.same(connect, [], 'CONNECT: not a word');
});

t.test('what is read one way only is served', async (t) => {
  const stage = await setStage(t);
  const token = await stage.issuer.token();
  const served = {
    chunked: head(token) + chunked + whole,
    'chunked with an extension': `${head(token)}${chunked}2;a=b\r\n{}\r\n0\r\n\r\n`,
    'HTTP/1.0': head(token, undefined, '1.0') + length2,
    'the absolute form': head(token, 'http://gateway.example.com/tools/listEvents') + length2,
    'an upgrade nobody wants': `${head(token)}Connection: upgrade\r\nUpgrade: h2c\r\n${length2}`,
    'a body that waits for 100': `${head(token)}Expect: 100-continue\r\n${length2}`,
  };
  for (const [name, bytes] of Object.entries(served)) {
    const count = await forwarded(stage, async () => {
      const [answer] = await speak(stage.gateway.url, bytes);
      t.match(answer, { status: 200, body: '{}' }, name);
    });
    t.equal(count, 1, name);
  }
});

/** A whole good request as the body of one that is refused. */
async function hidden(t: Test, stage: Stage, outer: string, wanted: number): Promise<void> {
  const inner = head(await stage.issuer.token()) + length2;
  const count = await forwarded(stage, async () => {
    const bytes = `${outer}Content-Length: ${inner.length}\r\n\r\n${inner}`;
    const { socket, answers } = converse(stage.gateway.url, bytes);
    const all = await answers();
    // Whatever came of the body would be answered before this.
    socket.end('GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n');
    const later = await answers(9);
    t.equal(all[0]?.status, wanted, outer.slice(0, 40));
    t.ok(
      later.slice(1).every(({ body }) => body === '{"status":"live"}'),
      'nothing in between',
    );
  });
  t.equal(count, 0);
}

t.test('the body of a refused request is never the next request', async (t) => {
  const stage = await setStage(t);
  const bare = 'Host: a\r\nContent-Type: application/json\r\n';
  await hidden(t, stage, `POST /tools/listEvents HTTP/1.1\r\n${bare}`, 401);
  await hidden(t, stage, `POST /mcp HTTP/1.1\r\n${bare}`, 401);
  await hidden(t, stage, `POST /nothing HTTP/1.1\r\n${bare}`, 400);
  await hidden(t, stage, `GET /mcp HTTP/1.1\r\n${bare}`, 405);
  await hidden(t, stage, `GET /health/live HTTP/1.1\r\nHost: a\r\n`, 200);
  await hidden(
    t,
    stage,
    `POST /tools/listEvents HTTP/1.1\r\n${bare}Origin: https://evil.example\r\n`,
    403,
  );
});

t.test('a token in a trailer is none', async (t) => {
  const stage = await setStage(t);
  const token = await stage.issuer.token();
  const bytes =
    'POST /tools/listEvents HTTP/1.1\r\nHost: a\r\nTrailer: Authorization\r\n' +
    `Content-Type: application/json\r\n${chunked}2\r\n{}\r\n0\r\nAuthorization: Bearer ${token}\r\n\r\n`;
  const count = await forwarded(stage, async () => {
    t.match((await speak(stage.gateway.url, bytes))[0], { status: 401 });
  });
  t.equal(count, 0);
});

t.test('pipelined requests are answered in order, each as its own caller', async (t) => {
  const stage = await setStage(t, {
    answer: (response, { headers }) => response.end(JSON.stringify(headers['x-user-id'])),
  });
  const people = ['ada', 'bob', undefined, 'cy'];
  const requests = people.map(async (sub) =>
    sub === undefined
      ? `POST /tools/listEvents HTTP/1.1\r\nHost: a\r\n${length2}`
      : head(await stage.issuer.token({ sub })) + length2,
  );
  const bytes = (await Promise.all(requests)).join('');
  const { socket, answers } = converse(stage.gateway.url, bytes);
  const all = await answers(4);
  socket.destroy();
  t.same(
    all.map(({ status }) => status),
    [200, 200, 401, 200],
  );
  t.same(
    all.map(({ body }) => body).filter((body) => !body.includes('error')),
    ['"ada"', '"bob"', '"cy"'],
  );
});
