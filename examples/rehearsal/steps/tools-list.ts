import type { Door } from '../door.ts';
import { fixOf } from '../fixes.ts';
import type { ListedTool } from '../listed-tool.ts';
import { told } from '../refusal.ts';
import { type Done, StepFailed } from '../step.ts';

/** Connects with the token and lists the tools: each says what it needs and what it does. */
export async function toolsList(door: Door): Promise<Done<readonly ListedTool[]>> {
  const listed = await door.list();
  if (listed.kind === 'refused') {
    throw new StepFailed({
      expected: 'the tools, for this token',
      came: told(listed),
      fix: fixOf(listed),
    });
  }
  const flaws = listed.tools.flatMap((tool) => tool.flaws);
  if (listed.tools.length > 0 && flaws.length === 0) {
    const names = listed.tools.map(({ name, scopes, open }) => {
      const needs = open ? 'public' : scopes.join(' ') || 'no scope';
      return `${name} (${needs})`;
    });
    return { value: listed.tools, detail: names.join(', ') };
  }
  throw new StepFailed({
    expected:
      'tools, each with securitySchemes and with readOnlyHint, destructiveHint, openWorldHint',
    came: flaws.join(', ') || 'no tools',
    fix: 'Set the annotations of each tool in the catalog: ChatGPT reads them, and its review asks for them.',
  });
}
