import t from 'tap';
import { covered, readTools } from '../../../examples/rehearsal/listed-tool.ts';

const annotations = { readOnlyHint: true, destructiveHint: false, openWorldHint: false };
const oauth2 = (...scopes: string[]) => ({ type: 'oauth2', scopes });
const inputSchema = { type: 'object' };

t.test('a tool tells its scopes and that it only reads', async (t) => {
  const tool = { name: 'a', inputSchema, annotations, securitySchemes: [oauth2('x', 'y')] };
  const [read] = readTools({ tools: [tool] });
  const expected = { name: 'a', inputSchema, open: false, scopes: ['x', 'y'], readOnly: true };
  t.strictSame(read, { ...expected, widgets: [], flaws: [] });
});

t.test('a public tool is open', async (t) => {
  const [read] = readTools({
    tools: [{ name: 'a', annotations, securitySchemes: [{ type: 'noauth' }] }],
  });
  t.match(read, { open: true, scopes: { length: 0 }, flaws: { length: 0 } });
});

t.test('a tool names its widgets in three places, whatever else stands there', async (t) => {
  const widgetsOf = (_meta: unknown) => readTools({ tools: [{ name: 'a', _meta }] })[0]?.widgets;
  t.strictSame(widgetsOf(undefined), []);
  t.strictSame(widgetsOf({ ui: { visibility: ['app'] }, other: 1 }), []);
  const named = {
    ui: { resourceUri: 'ui://a' },
    'ui/resourceUri': 'ui://b',
    'openai/outputTemplate': 7,
  };
  t.strictSame(widgetsOf(named), [
    { key: '_meta.ui.resourceUri', uri: 'ui://a' },
    { key: '_meta["ui/resourceUri"]', uri: 'ui://b' },
    { key: '_meta["openai/outputTemplate"]', uri: '7' },
  ]);
});

t.test('what ChatGPT would miss is a flaw', async (t) => {
  const tools = readTools({
    tools: [
      { name: 'a', annotations },
      { name: 'b', securitySchemes: [] },
    ],
  });
  t.strictSame(
    tools.map(({ flaws }) => flaws),
    [
      ['a has no securitySchemes'],
      [
        'b does not set readOnlyHint',
        'b does not set destructiveHint',
        'b does not set openWorldHint',
      ],
    ],
  );
  t.match(tools, [{ open: false, scopes: { length: 0 }, readOnly: true }, { readOnly: false }]);
});

t.test('a result without tools is refused', async (t) => {
  t.throws(() => readTools({ tools: 'none' }));
});

t.test('a token covers a tool when it has every scope', async (t) => {
  const [tool] = readTools({ tools: [{ name: 'a', securitySchemes: [oauth2('x', 'y')] }] });
  t.ok(tool && covered(tool, ['y', 'x', 'z']));
  t.notOk(tool && covered(tool, ['x']));
});
