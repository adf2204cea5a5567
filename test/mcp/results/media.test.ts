import t from 'tap';
import { isJson, isStream, isUnknown, readMedia, textOf } from '../../../src/mcp/results/media.ts';

t.test('a content type is read as it is meant', async (t) => {
  const types: [header?: string, type?: string, charset?: string][] = [
    ['text/html', 'text/html', ''],
    [' Text/HTML ; charset=UTF-8', 'text/html', 'utf-8'],
    ['text/plain; format=flowed; Charset="ISO-8859-1"', 'text/plain', 'iso-8859-1'],
    ['application/vnd.api+json;charset = utf8', 'application/vnd.api+json', 'utf8'],
    [],
    [''],
    ['text'],
    ['text/'],
    ['text/html text/plain'],
  ];
  for (const [header, type, charset] of types) {
    t.same(readMedia(header), type === undefined ? undefined : { type, charset }, String(header));
  }
});

t.test('JSON is JSON whatever it is of', async (t) => {
  const json = (type: string) => isJson({ type, charset: '' });
  for (const type of ['application/json', 'application/problem+json']) t.ok(json(type), type);
  const others = ['text/json', 'application/jsonlines', 'application/json-seq', 'model/gltf+json'];
  for (const type of others) t.notOk(json(type), type);
});

const decoded = (bytes: Buffer | string, type?: string) =>
  textOf(Buffer.from(bytes), readMedia(type));

t.test('text is decoded as its charset wants it', async (t) => {
  const latin = Buffer.from('Größe', 'latin1');
  const utf16 = Buffer.from('Größe', 'utf16le');
  t.equal(decoded('Größe', 'text/plain'), 'Größe');
  t.equal(decoded('Größe', 'text/plain; charset=us-ascii'), 'Größe');
  t.equal(decoded(latin, 'text/plain; charset=iso-8859-1'), 'Größe');
  t.equal(decoded(utf16, 'text/csv; charset=utf-16le'), 'Größe');
  t.equal(decoded(Buffer.from('\u30c6', 'utf8'), 'text/plain; charset=utf-8'), 'テ');
  t.equal(decoded(Buffer.from([0x83, 0x65]), 'text/plain; charset=shift_jis'), 'テ');
  t.equal(decoded('\ufeffa\ufeff', 'text/plain'), 'a\ufeff', 'a mark at its beginning only');
});

t.test('bytes that are not what their type says are binary', async (t) => {
  const latin = Buffer.from('Größe', 'latin1');
  t.equal(decoded(latin, 'text/plain'), undefined);
  t.equal(decoded(latin, 'application/json'), undefined);
  t.equal(decoded('a', 'text/plain; charset=klingon'), undefined);
  t.equal(decoded(Buffer.from([0x83]), 'text/plain; charset=shift_jis'), undefined);
  for (const type of ['application/pdf', 'application/zip', 'video/mp4', 'font/woff']) {
    t.equal(decoded('a', type), undefined, type);
  }
});

t.test('JSON is UTF-8, whatever charset it claims, unless it is not', async (t) => {
  const type = (charset: string) => `application/json; charset=${charset}`;
  t.equal(decoded('"Größe"', type('iso-8859-1')), '"Größe"');
  t.equal(decoded(Buffer.from('"Größe"', 'latin1'), type('iso-8859-1')), '"Größe"');
  t.equal(decoded(Buffer.from('"ab"', 'utf16le'), type('utf-16')), '"ab"');
});

t.test('bytes of no type, or of the type of all bytes, are text where they can be', async (t) => {
  for (const type of [undefined, 'nonsense', 'application/octet-stream']) {
    t.equal(decoded('Größe\t1\r\n\f', type), 'Größe\t1\r\n\f');
    t.equal(decoded('', type), '');
    for (const control of ['\0', '\u0001', '\b', '\v', '\u001b', '\u007f']) {
      t.equal(decoded(`a${control}`, type), undefined, JSON.stringify(control));
    }
    t.equal(decoded(Buffer.from([0xff]), type), undefined);
  }
  t.ok(isUnknown(undefined) && isUnknown('application/octet-stream'));
  t.notOk(isUnknown('text/plain'));
});

t.test('a stream is known by its type', async (t) => {
  t.ok(isStream('Application/NDJSON; charset=utf-8'));
  for (const type of [undefined, 'nonsense', 'application/json']) t.notOk(isStream(type));
});

t.test('what people read is text', async (t) => {
  for (const type of [
    'text/markdown',
    'image/svg+xml',
    'application/atom+xml',
    'application/vnd.oai.openapi+yaml',
    'application/x-ndjson',
    'application/javascript',
    'application/x-www-form-urlencoded',
  ]) {
    t.equal(decoded('a', type), 'a', type);
  }
});

t.test('however many types there are, each is read right each time', async (t) => {
  for (let round = 0; round < 2; round += 1) {
    for (let i = 0; i < 250; i += 1) {
      t.same(readMedia(`text/x${i}; charset=a`), { type: `text/x${i}`, charset: 'a' });
    }
    t.equal(readMedia('none'), undefined);
    t.equal(readMedia('none'), undefined);
  }
});
