import t from 'tap';
import { readEnvironment } from '../src/environment.ts';
import { type Env, least } from './fixtures/env.ts';
import { plain } from './tools/load.ts';

const read = (env: Env) =>
  readEnvironment({ ...least, TOOLS_FILE: '', TOOL_SCOPES_JSON: '{"one":[]}', ...env });

t.test('hints that are missing are a warning, or a problem of the catalog', async (t) => {
  const hints = /tool one: its annotations were filled in: readOnlyHint false, /;
  for (const ANNOTATIONS of [undefined, '', 'fill', ' fill ']) {
    t.match(read({ ANNOTATIONS }), { catalog: { warnings: [hints] } });
  }
  for (const ANNOTATIONS of ['strict', ' strict ']) {
    t.match(read({ ANNOTATIONS }), {
      problems: /\(1\):\n {2}TOOL_SCOPES_JSON tool one: annotations: readOnlyHint, destructive/,
    });
  }
});

t.test('another word is a problem of the settings alone', async (t) => {
  t.same(read({ ANNOTATIONS: 'loose' }), {
    problems:
      'The settings of the gateway are wrong (1):\n  ANNOTATIONS is none of fill, strict. Write one of them.\n',
  });
});

t.test('a scope that the scope of a tool implies is enough for its widget', async (t) => {
  const uri = 'ui://widget/a.html';
  const catalog = {
    tools: [{ ...plain, scopes: ['events:write'], _meta: { ui: { resourceUri: uri } } }],
    resources: [
      { uri, name: 'a', path: 'a', mimeType: 'text/html;profile=mcp-app', scopes: ['events:read'] },
    ],
  };
  const folder = t.testdir({ 'tools.json': JSON.stringify(catalog) });
  const warned = (SCOPE_IMPLIES: string): unknown =>
    Object(read({ TOOLS_FILE: `${folder}/tools.json`, TOOL_SCOPES_JSON: '', SCOPE_IMPLIES }))
      .catalog.warnings;
  t.same(warned('events:write>events:read'), []);
  for (const less of ['', 'events:read>events:write']) {
    t.match(warned(less), [/its widget .* wants events:read, which the tool does not/]);
  }
});
