import t from 'tap';
import { titleOf } from '../../src/tools/title.ts';
import { load } from './load.ts';

t.test('a title for people, made from a name', async (t) => {
  const titles = {
    listEvents: 'List events',
    list_events: 'List events',
    'list-events': 'List events',
    ListEvents: 'List events',
    whoami: 'Whoami',
    getURLOfEvent: 'Get URL of event',
    doAThing: 'Do a thing',
    doAThingInAWay: 'Do a thing in a way',
    top10Events: 'Top10 events',
    addEventV2: 'Add event V2',
    v2_search: 'V2 search',
    a: 'A',
    _: '_',
    '--': '--',
  };
  for (const [name, title] of Object.entries(titles)) t.equal(titleOf(name), title, name);
});

t.test('a tool has always one; a title of the annotations is another matter', async (t) => {
  const { tools } = load(t, {
    tools: [
      { name: 'listEvents' },
      { name: 'addEvent', title: 'Put it down', annotations: { title: 'Add' } },
      { name: 'findEvents', annotations: { title: 'Look for' } },
    ],
  });
  t.same(
    [...tools.values()].map(({ title, annotations }) => [title, annotations.title]),
    [
      ['List events', undefined],
      ['Put it down', 'Add'],
      ['Find events', 'Look for'],
    ],
  );
});
