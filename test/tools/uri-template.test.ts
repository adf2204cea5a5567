import fc from 'fast-check';
import t from 'tap';
import { absoluteUri, normalUri, readTemplate } from '../../src/tools/uri-template.ts';
import { cpuTime } from '../fixtures/cpu-time.ts';

const matching = (template: string) => {
  const match = readTemplate(template);
  if (typeof match === 'string') throw new Error(match);
  return match;
};

t.test('absolute URIs (RFC 3986)', async (t) => {
  for (const uri of [
    'ui://widget/events.html',
    'https://example.com/a?b=c',
    'https://[::1]:8080/',
    'urn:isbn:0451450523',
    'file:///etc/hosts',
    'a+b.c-1:x',
    'x:%C3%A4',
    'mailto:ada@example.com',
    'https://example.com',
    'https://[::1]?b=c',
    "x://a%20-.~!$&'()*+,;=:@[::1]/a-.~!$&'()*+,;=:@/?b",
  ]) {
    t.ok(absoluteUri.test(uri), uri);
  }
  for (const uri of [
    '',
    'widget.html',
    '/a',
    '//example.com/a',
    'a',
    'x:',
    '1a:b',
    'a b:c',
    'x:a b',
    'x:a#b',
    'x:ä',
    'x:%',
    'x:%zz',
    'x:a\n',
    'x:{a}',
    'x:a[b]',
    'x:a\\b',
    'x:"a"',
    'https://[::1',
  ]) {
    t.notOk(absoluteUri.test(uri), uri);
  }
});

t.test('a template reads its variables out of a URI', async (t) => {
  const day = matching('events://{day}');
  t.strictSame(day('events://2027-01-11'), { day: '2027-01-11' });
  t.strictSame(day('events://caf%C3%A9%20%2F%20bar'), { day: 'café / bar' }, 'percent-decoded');
  t.strictSame(day('events://a{b}'), { day: 'a{b}' });
  t.strictSame(matching('A+b.c-1:{day}')('A+b.c-1:x'), { day: 'x' });
  const two = matching('https://example.com/{user}/events/{id}.json?v=1');
  t.strictSame(two('https://example.com/ada/events/7.8.json?v=1'), { user: 'ada', id: '7.8' });
  const dashed = matching('x:{year}-{month}');
  t.strictSame(dashed('x:2027-01-11'), { year: '2027', month: '01-11' }, 'the first is short');
  t.strictSame(dashed('x:--01'), { year: '-', month: '01' }, 'but never empty');
  const named = matching('x:{constructor}/{__proto__}');
  t.same(Object.entries(named('x:a/b') ?? {}), [
    ['constructor', 'a'],
    ['__proto__', 'b'],
  ]);
});

t.test('what does not fit', async (t) => {
  const match = matching('events://{day}/of/{user}/all');
  for (const uri of [
    '',
    'events://',
    'events:///of/ada/all',
    'events://1/of//all',
    'events://1/of/ada',
    'events://1/of/ada/all/more',
    'Events://1/of/ada/all',
    'events://1/2/of/ada/all',
    'events://1/of/ada/eve/all',
    'events://1?/of/ada/all',
    'events://1/of/a#/all',
    'events://%/of/ada/all',
    'events://%C3/of/ada/all',
    'events://%ZZ/of/ada/all',
    'events://1/of/all',
  ]) {
    t.equal(match(uri), undefined, uri);
  }
});

t.test('only level 1 of RFC 6570, and only what can be read back', async (t) => {
  const level = /only level 1/;
  const bad: Record<string, RegExp> = {
    'x:{+a}': level,
    'x:{#a}': level,
    'x:{.a}': level,
    'x:{/a}': level,
    'x:{;a}': level,
    'x:{?a}': level,
    'x:{&a}': level,
    'x:{a,b}': level,
    'x:{a:3}': level,
    'x:{a*}': level,
    'x:{a.b}': level,
    'x:{}': level,
    'x:{a': level,
    'x:a}': level,
    'x:{{a}}': level,
    '{scheme}:a': /no template of an absolute URI/,
    '{a}/b': /no template of an absolute URI/,
    'a{b}:c': /no template of an absolute URI/,
    'events/{a}': /no template of an absolute URI/,
    'x:ä/{a}': /no template of an absolute URI/,
    'x:{a}#b': /no template of an absolute URI/,
    'x:a': /has no \{name\}/,
    'x:{a}/{a}': /names a variable twice/,
    'x:{uri}': /a variable called uri/,
    'x:{a}{b}': /nothing between/,
  };
  for (const [template, problem] of Object.entries(bad)) {
    t.match(readTemplate(template), problem, template);
  }
});

t.test('whatever was written in comes out again', async (t) => {
  const match = matching('x://a/{one}/b/{two}.c?d={three}');
  const text = fc.string({ minLength: 1, unit: 'grapheme' });
  const property = fc.property(text, text, text, (one, two, three) => {
    const [a, b, c] = [one, two, three].map(encodeURIComponent);
    t.strictSame(match(`x://a/${a}/b/${b}.c?d=${c}`), { one, two, three });
  });
  fc.assert(property, { numRuns: 200 });
});

t.test('a hostile URI costs no more than its length', async (t) => {
  const match = matching('x:{a}-{b}-{c}-{d}-{e}-{f}-z');
  const ms = await cpuTime(() => t.equal(match(`x:${'-'.repeat(1_000_000)}`), undefined));
  t.ok(ms < 1000, `${ms} ms`);
});

t.test('a URI has one spelling, and a template knows them all', async (t) => {
  t.equal(normalUri('a://%76a%2fb%7e%2D%C3%bc%zz%2576'), 'a://va%2Fb~-%C3%BC%zz%2576');
  const match = matching('a://%7Eann/{day}');
  for (const uri of ['a://~ann/x', 'a://%7eann/%78', 'a://%7E%61nn/x']) {
    t.same(match(normalUri(uri)), { day: 'x' }, uri);
  }
});
