import t, { type Test } from 'tap';
import { capabilitiesOf } from '../../../src/mcp/methods/server-info.ts';
import { type Beside, load } from '../../tools/load.ts';

const declared = (t: Test, beside: Beside) => capabilitiesOf(load(t, beside));
const page = (mimeType?: string, name = 'a') => ({
  uri: `ui://${name}`,
  name,
  path: 'a',
  mimeType,
});
const extensions = {
  'io.modelcontextprotocol/ui': { mimeTypes: ['text/html;profile=mcp-app'] },
};

t.test('widgets are declared with the one type the extension knows', async (t) => {
  const app = page('text/html;profile=mcp-app');
  const older = page('text/html+skybridge', 'b');
  t.match(declared(t, { resources: [app] }), { extensions });
  t.same(declared(t, { resources: [older, app] }), { tools: {}, resources: {}, extensions });
  const { uri: _, ...each } = app;
  t.match(declared(t, { resources: [{ ...each, uriTemplate: 'ui://{name}' }] }), { extensions });
});

t.test('nothing is declared for what only ChatGPT had before, or for no widget', async (t) => {
  for (const mimeType of [
    'text/html+skybridge',
    'text/html',
    'Text/HTML;profile=mcp-app',
    undefined,
  ]) {
    t.same(
      declared(t, { resources: [page(mimeType)] }),
      { tools: {}, resources: {} },
      String(mimeType),
    );
  }
});

t.test('what the catalog has none of is not declared', async (t) => {
  const prompt = { name: 'p', path: 'p' };
  t.same(declared(t, {}), { tools: {} });
  t.same(declared(t, { prompts: [prompt] }), { tools: {}, prompts: {} });
  t.same(declared(t, { prompts: [prompt, { ...prompt, name: 'q', arguments: [{ name: 'a' }] }] }), {
    tools: {},
    prompts: {},
    completions: {},
  });
});
