import t from 'tap';
import { fillPrompt } from '../../src/tools/prompt.ts';
import { load, wrong } from './load.ts';

const say = (text: string, role = 'user') => ({ role, content: { type: 'text', text } });

t.test('a prompt whose messages are written', async (t) => {
  const plan = {
    name: 'plan.day',
    title: 'Plan a day',
    description: 'Plans a day',
    icons: [{ src: 'https://example.com/a.png' }],
    _meta: { own: 1 },
    arguments: [
      { name: 'day', title: 'Day', description: 'Which', required: true, values: ['today'] },
      { name: 'mood' },
    ],
    messages: [say('Plan {{day}}.'), say('{{mood}}', 'assistant')],
    scopes: ['events:read'],
    public: false,
  };
  const { prompts, sources } = load(t, { prompts: [plan, { name: 'hi', messages: [say('Hi')] }] });
  t.strictSame(prompts.get('plan.day'), plan);
  t.match(prompts.get('hi'), { arguments: { length: 0 }, scopes: { length: 0 }, public: false });
  t.equal(sources.size, 0);
});

t.test('a prompt the backend fills', async (t) => {
  const { prompts, sources } = load(t, {
    prompts: [
      {
        name: 'plan',
        path: 'prompts/plan',
        arguments: [{ name: 'day', required: true }, { name: 'mood' }],
        scopes: ['a'],
        maxConcurrent: 2,
        interactive: true,
      },
    ],
  });
  const { source, ...listed } = Object(prompts.get('plan'));
  t.strictSame(listed, {
    name: 'plan',
    arguments: [{ name: 'day', required: true }, { name: 'mood' }],
    scopes: ['a'],
    public: false,
  });
  t.equal(sources.get('prompts/plan'), source);
  t.match(source, {
    name: 'prompts/plan',
    path: 'prompts/plan',
    scopes: ['a'],
    maxConcurrent: 2,
    interactive: true,
    annotations: { readOnlyHint: true },
  });
});

t.test('every text inside the messages is filled, and nothing else', async (t) => {
  const messages = [
    say('{{day}}, {{ day }} and {{mood}}; {day} { {day} }'),
    {
      role: 'user',
      content: {
        type: 'resource',
        resource: { uri: 'events://{{day}}', text: 'On {{day}}', '{{day}}': 1 },
        annotations: { audience: ['user'], priority: 1, note: null, list: ['{{day}}'] },
      },
    },
  ];
  const { prompts } = load(t, {
    prompts: [{ name: 'p', arguments: [{ name: 'day' }, { name: 'mood' }], messages }],
  });
  const prompt = prompts.get('p');
  if (!prompt) throw new Error('no prompt');
  t.strictSame(fillPrompt(prompt, { day: 'today', other: 'x' }), [
    say('today, today and ; {day} { {day} }'),
    {
      role: 'user',
      content: {
        type: 'resource',
        resource: { uri: 'events://today', text: 'On today', '{{day}}': 1 },
        annotations: { audience: ['user'], priority: 1, note: null, list: ['today'] },
      },
    },
  ]);
  t.strictSame(prompt.messages, messages, 'the catalog stays as it is');
});

t.test('what a value holds is not looked through again', async (t) => {
  const messages = [{ role: 'user', content: { type: 'text', text: '{{a}}{{b}}' } } as const];
  const text = (values: Record<string, string>) => fillPrompt({ messages: [...messages] }, values);
  t.match(text({ a: '{{b}}', b: '$& $1' }), [{ content: { text: '{{b}}$& $1' } }]);
  t.match(text({ b: 'b' }), [{ content: { text: 'b' } }]);
  t.match(text({}), [{ content: { text: '' } }]);
  t.same(fillPrompt({}, { a: 'b' }), []);
});

t.test('every mistake at once, each with the name of its prompt', async (t) => {
  const found = wrong(t, {
    prompts: [
      { name: 'a b', path: 'a' },
      { name: 'twice', path: 'a' },
      { name: 'twice', path: 'a', arguments: [{ name: 'a' }, { name: 'a' }] },
      { name: 'unknown', arguments: [{ name: 'day' }], messages: [say('{{day}} {{Day}} {{}}')] },
      { name: 'nothing' },
      { name: 'empty', messages: [] },
      { name: 'both', path: 'a', messages: [say('a')] },
      { name: 'system', messages: [say('a', 'system')] },
      { name: 'content', messages: [{ role: 'user', content: 'a' }] },
      { name: 'image', messages: [{ role: 'user', content: { type: 'image', data: 'a' } }] },
      { name: 'scoped', path: 'a', public: true, scopes: ['a'] },
      { name: 'open', messages: [say('a')], public: true, scopes: ['a'] },
      { name: 'idle', messages: [say('a')], timeoutMs: 5 },
      { name: 'word', path: 'a', arguments: [{ name: 'a', default: 'b' }] },
    ],
  });
  t.match(found, [
    /^prompt a b: name: is not 1 to 64 letters/,
    'prompt twice: stands twice',
    'prompt twice: argument a stands twice',
    'prompt unknown: messages: {{Day}} names no argument',
    'prompt unknown: messages: {{}} names no argument',
    'prompt nothing: messages: is no list: a prompt has messages or a path',
    'prompt empty: messages: is empty',
    'prompt both: messages: stands beside path: write one of the two',
    /^prompt system: messages.0.role: /,
    /^prompt content: messages.0.content: /,
    /^prompt image: messages.0.content.mimeType: /,
    'prompt scoped: scopes: a public prompt has no scopes: anyone may use it',
    'prompt open: scopes: a public prompt has no scopes: anyone may use it',
    'prompt idle: Unrecognized key: "timeoutMs"',
    /^prompt word: arguments.0: .*"default"/,
  ]);
  t.equal(found.length, 15);
});

t.test('a tool, a resource and a prompt may have the same name', async (t) => {
  const { tools, sources } = load(t, {
    tools: [{ name: 'one' }],
    resources: [{ uri: 'x:a', name: 'one', path: 'a' }],
    prompts: [{ name: 'one', path: 'b' }],
  });
  t.same([...tools.keys(), ...sources.keys()], ['one', 'resources/one', 'prompts/one']);
});
