import {
  accepted,
  askFor,
  type Fixture,
  type Fixtures,
  form,
  listRoots,
  sample,
  say,
  text,
} from './fixture.ts';

/** A tool that asks the person to fill in one form, and says what came back. */
const fillIn =
  (build: (message: string) => object): Fixture =>
  (round) => {
    const form = accepted(round, 'form');
    const message = String(round.arguments['message'] ?? 'Please fill in');
    return form
      ? say(`Elicitation completed: ${JSON.stringify(form)}`)
      : askFor({ form: build(message) });
  };

const titled = (titles: Readonly<Record<string, string>>) =>
  Object.entries(titles).map(([value, title]) => ({ const: value, title }));

const options = ['option1', 'option2', 'option3'];
const values = titled({ value1: 'First', value2: 'Second', value3: 'Third' });

const nameForm = form('What is your name?', { name: { type: 'string' } });
const confirmForm = form('Please confirm', { ok: { type: 'boolean' } });

/** Asks for a confirmation with this state, and insists that both come back. */
const confirm =
  (state: string): Fixture =>
  (round) =>
    round.requestState === state && accepted(round, 'confirm')
      ? say('state-ok')
      : askFor({ confirm: confirmForm }, state);

/** What it asks for, by the capability the client must have declared. */
const questions = {
  elicitation: { user_name: nameForm },
  sampling: { greeting: sample('Generate a greeting', 50) },
  roots: { client_roots: listRoots },
};

/** Tools and a prompt that ask the client before they answer. */
export const interactive: Fixtures = {
  test_elicitation: fillIn((message) =>
    form(message, {
      username: { type: 'string', description: "User's response" },
      email: { type: 'string', description: "User's email address" },
    }),
  ),
  test_elicitation_sep1034_defaults: fillIn((message) =>
    form(
      message,
      {
        name: { type: 'string', default: 'John Doe' },
        age: { type: 'integer', default: 30 },
        score: { type: 'number', default: 95.5 },
        status: { type: 'string', enum: ['active', 'inactive', 'pending'], default: 'active' },
        verified: { type: 'boolean', default: true },
      },
      [],
    ),
  ),
  test_elicitation_sep1330_enums: fillIn((message) =>
    form(
      message,
      {
        untitledSingle: { type: 'string', enum: options },
        titledSingle: { type: 'string', oneOf: values },
        legacyEnum: {
          type: 'string',
          enum: ['opt1', 'opt2', 'opt3'],
          enumNames: ['Option One', 'Option Two', 'Option Three'],
        },
        untitledMulti: { type: 'array', items: { type: 'string', enum: options } },
        titledMulti: { type: 'array', items: { anyOf: values } },
      },
      [],
    ),
  ),
  test_input_required_result_elicitation: (round) => {
    const { name } = Object(accepted(round, 'user_name')) as { name?: unknown };
    return typeof name === 'string' ? say(`Hello, ${name}!`) : askFor({ user_name: nameForm });
  },
  test_input_required_result_sampling: ({ inputResponses }) => {
    const { content } = Object(inputResponses?.['capital_question']) as { content?: unknown };
    return content
      ? say(`The model said ${JSON.stringify(content)}`)
      : askFor({ capital_question: sample('What is the capital of France?') });
  },
  test_input_required_result_list_roots: ({ inputResponses }) => {
    const { roots } = Object(inputResponses?.['client_roots']) as { roots?: unknown };
    return roots ? say(`Roots: ${JSON.stringify(roots)}`) : askFor({ client_roots: listRoots });
  },
  test_input_required_result_request_state: confirm('state-of-the-backend'),
  test_input_required_result_tampered_state: confirm('state-nobody-may-change'),
  test_input_required_result_multiple_inputs: ({ inputResponses, requestState }) => {
    const all = { ...questions.elicitation, ...questions.sampling, ...questions.roots };
    const complete = Object.keys(all).every((key) => inputResponses?.[key]);
    return complete && requestState === 'all-three'
      ? say('Thank you for all three.')
      : askFor(all, 'all-three');
  },
  test_input_required_result_multi_round: (round) => {
    if (round.requestState === 'second' && accepted(round, 'step2')) return say('Both are known.');
    return round.requestState === 'first' && accepted(round, 'step1')
      ? askFor(
          { step2: form('What is your favorite color?', { color: { type: 'string' } }) },
          'second',
        )
      : askFor({ step1: nameForm }, 'first');
  },
  test_input_required_result_capabilities: ({ clientCapabilities, inputResponses }) => {
    if (inputResponses) return say('Thank you.');
    const able = Object.entries(questions).filter(([capability]) => clientCapabilities[capability]);
    return askFor(
      Object.assign({}, ...able.map(([, question]) => question)) as Record<string, object>,
    );
  },
  test_input_required_result_prompt: (round) => {
    const { context } = Object(accepted(round, 'user_context')) as { context?: unknown };
    return typeof context === 'string'
      ? { messages: [{ role: 'user', content: text(`Context: ${context}`) }] }
      : askFor({
          user_context: form('What context should the prompt use?', {
            context: { type: 'string' },
          }),
        });
  },
};
