import { readFileSync } from 'node:fs';
import { setTimeout as after } from 'node:timers/promises';
import { askFor, type Fixtures, form, sample, say, text } from './fixture.ts';

const image = {
  type: 'image',
  data: readFileSync(new URL('files/static.png', import.meta.url), 'base64'),
  mimeType: 'image/png',
};

/** A WAV file without a single sample: its header alone. */
function silence(): string {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(8000, 24);
  header.writeUInt32LE(8000, 28);
  header.writeUInt16LE(1, 32);
  header.writeUInt16LE(8, 34);
  header.write('data', 36);
  return header.toString('base64');
}

const embed = (uri: string, mimeType: string, body: string) => ({
  type: 'resource',
  resource: { uri, mimeType, text: body },
});

/** Tools and prompts that answer at once. */
export const answering: Fixtures = {
  test_simple_text: () => say('This is a simple text response for testing.'),
  test_image_content: () => ({ content: [image] }),
  test_audio_content: () => ({
    content: [{ type: 'audio', data: silence(), mimeType: 'audio/wav' }],
  }),
  test_embedded_resource: () => ({
    content: [
      embed('test://embedded-resource', 'text/plain', 'This is an embedded resource content.'),
    ],
  }),
  test_multiple_content_types: () => ({
    content: [
      text('Multiple content types test:'),
      image,
      embed('test://mixed-content-resource', 'application/json', '{"test":"data","value":123}'),
    ],
  }),
  test_error_handling: () => {
    throw new Error('This tool intentionally returns an error for testing');
  },
  test_tool_with_progress: async (_round, report) => {
    for (const progress of [0, 50, 100]) {
      await report({ progress, total: 100 });
      await after(50);
    }
    return say('All of it is done.');
  },
  test_tool_with_logging: () => say('Nothing was logged to the client.'),
  test_logging_tool: () => say('Nothing was logged to the client.'),
  test_reconnection: () => after(100, say('The stream was not cut.')),
  json_schema_2020_12_tool: ({ arguments: { name } }) => say(`Hello, ${name}!`),
  test_custom_header: ({ arguments: { region } }) => say(`In ${region}.`),
  test_prompt_with_image: () => ({
    messages: [
      { role: 'user', content: image },
      { role: 'user', content: text('Please analyze the image above.') },
    ],
  }),
};

/** Tools of protocol 2025-11-25 that would ask the client while they run. */
export const asking: Fixtures = {
  test_missing_capability: () => askFor({ question: sample('Are you there?') }),
  test_streaming_elicitation: async (_round, report) => {
    await report({ progress: 1, total: 2 });
    return askFor({ confirm: form('Go on?', { ok: { type: 'boolean' } }) });
  },
  test_sampling: ({ arguments: { prompt }, inputResponses }) =>
    inputResponses?.['answer']
      ? say(`LLM response: ${JSON.stringify(inputResponses['answer'])}`)
      : askFor({ answer: sample(String(prompt)) }),
};
