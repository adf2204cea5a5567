import t, { type Test } from 'tap';
import { load, plain, wrong } from './load.ts';

/** The annotations of a tool that was written with these, and what is said of them. */
function filled(t: Test, annotations: object | undefined) {
  const { tools, warnings } = load(t, { tools: [{ name: 'one', annotations }] });
  const { readOnlyHint, destructiveHint, idempotentHint, openWorldHint } = Object(
    tools.get('one')?.annotations,
  );
  return { hints: [readOnlyHint, destructiveHint, idempotentHint, openWorldHint], warnings };
}

t.test('a missing hint is what the specification assumes, and the log says so', async (t) => {
  const said = 'tool one: its annotations were filled in: ';
  t.same(filled(t, undefined), {
    hints: [false, true, false, true],
    warnings: [
      `${said}readOnlyHint false, destructiveHint true, idempotentHint false, openWorldHint true.`,
    ],
  });
  t.same(filled(t, { readOnlyHint: false, idempotentHint: true }), {
    hints: [false, true, true, true],
    warnings: [`${said}destructiveHint true, openWorldHint true.`],
  });
  t.same(filled(t, { destructiveHint: false, openWorldHint: false, idempotentHint: true }).hints, [
    false,
    false,
    true,
    false,
  ]);
});

t.test('what changes nothing destroys nothing; more is not concluded', async (t) => {
  t.same(filled(t, { readOnlyHint: true }), {
    hints: [true, false, false, true],
    warnings: [
      'tool one: its annotations were filled in: destructiveHint false, idempotentHint false, openWorldHint true.',
    ],
  });
});

t.test('what the author wrote stays, contradictions too', async (t) => {
  const written = {
    title: 'One',
    readOnlyHint: true,
    destructiveHint: true,
    idempotentHint: false,
    openWorldHint: false,
  };
  const { tools, warnings } = load(t, { tools: [{ name: 'one', annotations: written }] });
  t.strictSame(tools.get('one')?.annotations, written);
  t.same(warnings, []);
});

t.test('one warning a tool, in the order of the catalog', async (t) => {
  const { warnings } = load(t, { tools: [{ name: 'b' }, plain, { name: 'a' }] });
  t.match(warnings, [/^tool b: /, /^tool a: /]);
  t.equal(warnings.length, 2);
});

t.test('ANNOTATIONS=strict: what the review wants must be set', async (t) => {
  const tools = [
    { name: 'none' },
    { name: 'some', annotations: { readOnlyHint: true, destructiveHint: false } },
    { name: 'bad', annotations: { openWorldHint: 'no' } },
    plain,
  ];
  t.same(wrong(t, { tools, ANNOTATIONS: 'strict' }), [
    'tool none: annotations: readOnlyHint, destructiveHint, openWorldHint must be set with ANNOTATIONS=strict',
    'tool some: annotations: openWorldHint must be set with ANNOTATIONS=strict',
    'tool bad: annotations.openWorldHint: Invalid input: expected boolean, received string',
  ]);
  t.same(load(t, { ANNOTATIONS: 'strict' }).warnings, []);
  const { idempotentHint: _, ...reviewed } = plain.annotations;
  const { warnings } = load(t, {
    tools: [{ name: 'one', annotations: reviewed }],
    ANNOTATIONS: 'strict',
  });
  t.same(warnings, ['tool one: its annotations were filled in: idempotentHint false.']);
});
