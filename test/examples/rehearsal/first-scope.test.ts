import t from 'tap';
import { apiScopes, firstScope } from '../../../examples/rehearsal/first-scope.ts';
import { readTools } from '../../../examples/rehearsal/listed-tool.ts';

const listed = readTools({
  tools: [
    { name: 'add', securitySchemes: [{ type: 'oauth2', scopes: ['w'] }] },
    { name: 'open', annotations: { readOnlyHint: true }, securitySchemes: [{ type: 'noauth' }] },
    {
      name: 'list',
      annotations: { readOnlyHint: true },
      securitySchemes: [{ type: 'oauth2', scopes: ['r', 's'] }],
    },
  ],
});

t.test('the first login asks for as little as reading needs', async (t) => {
  t.equal(firstScope('mine', listed, ['x']), 'mine', 'a chosen scope wins');
  t.equal(firstScope(undefined, listed, ['x']), 'r s', 'the first read-only tool with scopes');
  t.equal(firstScope(undefined, [], ['events:write', 'events:read']), 'events:read', 'by name');
  t.equal(firstScope(undefined, [], ['alpha', 'beta']), 'alpha', 'else the first');
  t.equal(firstScope(undefined, [], []), undefined, 'else none');
});

t.test('scopes that no API defines are left out', async (t) => {
  t.strictSame(apiScopes('a openid  offline_access b email profile'), ['a', 'b']);
  t.strictSame(apiScopes(undefined), []);
});
