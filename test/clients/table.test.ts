import t from 'tap';
import { plain, sheet, table } from '../../src/clients/table.ts';

t.test('columns as wide as their widest cell', async (t) => {
  t.equal(
    table(
      ['id', 'name'],
      [
        ['1', 'ChatGPT'],
        ['a long id', undefined],
        ['', true],
      ],
    ),
    'ID         NAME\n1          ChatGPT\na long id  -\n-          yes\n',
  );
  t.equal(table(['id'], []), 'ID\n');
});

t.test('names in a column, values beside them', async (t) => {
  t.equal(
    sheet([
      ['id', '1'],
      ['', 'more'],
      ['promoted', false],
    ]),
    'id        1\n          more\npromoted  no\n',
  );
});

t.test('a name cannot move the cursor, hide or turn around what is read', async (t) => {
  t.equal(plain('Chat\u001b[2JGPT\r\n\u202eTPG\u200b\u2028'), 'Chat?[2JGPT???TPG??');
  t.equal(plain('Café 東京'), 'Café 東京');
});
