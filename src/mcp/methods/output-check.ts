import type { Tool } from '../../tools/tool.ts';
import type { Era } from '../protocol/versions.ts';
import type { ToolResult } from '../results/tool-result.ts';

/** Only such a schema can be told to a client of the legacy era. */
export const isObjectSchema = (schema: object): boolean =>
  'type' in schema && schema.type === 'object';

const broken: ToolResult = {
  content: [
    { type: 'text', text: 'The tool answered something else than its output schema promises.' },
  ],
  isError: true,
};

/** What is wrong with a result; an error needs to match nothing. */
function problemOf({ checkOutput, outputSchema }: Tool, result: ToolResult, era: Era) {
  if (!checkOutput || !outputSchema || result.isError) return undefined;
  if (era === 'legacy' && !isObjectSchema(outputSchema)) return undefined;
  if (!('structuredContent' in result)) return 'there is no structured content';
  return checkOutput(result.structuredContent);
}

/**
 * Judges results by the output schema the tool promises (MCP, tools, output schema).
 * @param strict an error is answered instead of a result that breaks the promise.
 */
export function createOutputCheck(strict: boolean) {
  return (
    tool: Tool,
    result: ToolResult,
    era: Era,
    onViolation: (problem: string) => void,
  ): ToolResult => {
    const problem = problemOf(tool, result, era);
    if (problem === undefined) return result;
    onViolation(problem);
    return strict ? broken : result;
  };
}
