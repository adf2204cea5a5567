import { readFile } from 'node:fs/promises';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import t from 'tap';
import { z } from 'zod';
import { createTools } from '../../../examples/backend/tools.ts';
import { build, send, toolCall } from './call.ts';

const Schema = z.record(z.string(), z.unknown());
const Entry = z.strictObject({
  name: z.string(),
  title: z.string(),
  description: z.string().min(40),
  scopes: z.array(z.string()),
  public: z.boolean(),
  inputSchema: Schema,
  outputSchema: Schema,
  annotations: z.record(z.string(), z.boolean()),
  path: z.string(),
  _meta: Schema.optional(),
});
const Catalog = z.strictObject({
  $schema: z.literal('./tools.schema.json'),
  tools: z.array(Entry),
  resources: z.array(Schema),
});
const file = new URL('../../../examples/tools.json', import.meta.url);
const catalog = Catalog.parse(JSON.parse(await readFile(file, 'utf8')));
const ajv = formats.default(new Ajv2020({ strict: true }));
const Answer = z.looseObject({
  event: Schema.optional(),
  error: z.string().optional(),
  events: z
    .array(z.looseObject({ id: z.string(), title: z.string(), start: z.string() }))
    .default([]),
  venues: z.array(z.looseObject({ name: z.string() })).default([]),
});

/** Calls as a user who may do everything. Answers must keep the outputSchema of the catalog. */
function as(url: string, user: string) {
  return async (tool: string, input: unknown) => {
    const { status, body } = await send(
      toolCall(url, tool, input, user, 'events:read events:write'),
    );
    const schema = catalog.tools.find(({ name }) => name === tool)?.outputSchema ?? false;
    if (status === 200 && !ajv.validate(schema, body)) throw new Error(ajv.errorsText());
    return { status, ...Answer.parse(body) };
  };
}

t.test('the catalog lists the tools there are, with their scopes', async (t) => {
  const listed = catalog.tools.map(({ path, scopes, public: open }) => [path, scopes, open]);
  const there = [...createTools()].map(([path, { scopes, public: open }]) => [path, scopes, open]);
  t.same(listed, there);
  for (const { name, path, annotations, inputSchema } of catalog.tools) {
    t.equal(name, path);
    t.match(annotations, {
      readOnlyHint: Boolean,
      destructiveHint: Boolean,
      openWorldHint: Boolean,
    });
    t.match(inputSchema, { type: 'object', additionalProperties: false });
    t.ok(ajv.compile(inputSchema));
  }
});

t.test('a calendar begins with the same three events at every start', async (t) => {
  const first = as((await build(t)).url, 'auth0|ada');
  const second = as((await build(t)).url, 'auth0|ada');
  const { events } = await first('listEvents', {});
  t.equal(events.length, 3);
  t.same((await second('listEvents', {})).events, events);
});

t.test('events come in order of start, and from and to narrow them', async (t) => {
  const call = as((await build(t)).url, 'auth0|ada');
  await call('addEvent', { title: 'last', start: '2031-05-01T12:00:00Z' });
  await call('addEvent', { title: 'first', start: '2021-05-01T12:00:00Z' });
  const titles = (await call('listEvents', {})).events.map(({ title }) => title);
  t.match(titles, { 0: 'first', 4: 'last', length: 5 });
  const late = { from: '2031-05-01T14:00:00+02:00' };
  t.match((await call('listEvents', late)).events, [{ title: 'last' }]);
  const early = { to: '2021-05-01T12:00:00Z' };
  t.match((await call('listEvents', early)).events, [{ title: 'first' }]);
  t.same((await call('listEvents', { ...late, ...early })).events, []);
});

t.test('an added event is returned, listed and found', async (t) => {
  const call = as((await build(t)).url, 'auth0|ada');
  const event = {
    title: 'Launch Party',
    start: '2027-03-01T18:00:00Z',
    end: '2027-03-01T22:00:00Z',
  };
  const added = await call('addEvent', event);
  t.same(added.event, { id: 'evt_4', ...event });
  t.same((await call('findEvents', { query: 'party LAUNCH' })).events, [added.event]);
  t.same((await call('findEvents', { query: 'party nowhere' })).events, []);
});

t.test('what is no event is not added', async (t) => {
  const call = as((await build(t)).url, 'auth0|ada');
  const start = '2027-03-01T18:00:00Z';
  for (const [input, told] of [
    [{ title: '', start }, /title/],
    [{ title: 'a' }, /start/],
    [{ title: 'a', start: 'tomorrow' }, /RFC 3339/],
    [{ title: 'a', start: '2027-03-01T18:00:00' }, /offset/],
    [{ title: 'a', start: '2027-02-30T18:00:00Z' }, /RFC 3339/],
    [{ title: 'a', start, end: start }, /later than start/],
    [{ title: 'a', start, end: 'later' }, /RFC 3339/],
    [{ title: 'a', start, userId: 'auth0|eve' }, /userId/],
  ] as const)
    t.match(await call('addEvent', input), { status: 400, error: told });
  t.equal((await call('listEvents', {})).events.length, 3);
});

t.test('nobody sees or changes the events of another user', async (t) => {
  const { url } = await build(t);
  const [ada, eve] = [as(url, 'auth0|ada'), as(url, 'auth0|eve')];
  const before = (await eve('listEvents', {})).events;
  await ada('addEvent', { title: 'Secret plan', start: '2027-03-01T18:00:00Z' });
  t.same((await eve('listEvents', {})).events, before);
  t.same((await eve('findEvents', { query: 'secret' })).events, []);
  t.equal((await ada('findEvents', { query: 'secret' })).events.length, 1);
});

t.test('venues are found without a user, as many as are asked for', async (t) => {
  const call = as((await build(t)).url, '');
  t.match((await call('searchVenues', { query: 'northport JAZZ' })).venues, [
    { name: 'Lantern Cellar' },
  ]);
  t.equal((await call('searchVenues', { query: 'o' })).venues.length, 5);
  t.equal((await call('searchVenues', { query: 'o', limit: 2 })).venues.length, 2);
  t.match(await call('searchVenues', { query: 'o', limit: 0 }), { status: 400, error: /limit/ });
});
