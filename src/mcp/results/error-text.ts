import { isObject } from '../protocol/message.ts';
import { most } from './beginning.ts';
import { hideAddresses } from './hide-addresses.ts';
import { parseText, readAnswer, type WholeAnswer } from './read-answer.ts';
import { withoutStack } from './stack.ts';

/** So many characters of plain text may be a sentence for the reader; more is a document. */
const sentence = 500;

/**
 * What a JSON error says to its reader, the most telling first: `{"error": {"message"}}`,
 * `{"message"}`, a problem document (RFC 9457), an OAuth error (RFC 6749 §5.2), `{"error": "…"}`.
 */
function messageOf(json: object): string {
  const { error, message, detail, error_description, title } = json as Record<string, unknown>;
  const nested = isObject(error) ? error['message'] : undefined;
  const candidates = [nested, message, detail, error_description, error, title];
  return (
    candidates.find((one): one is string => typeof one === 'string' && one.trim() !== '') ?? ''
  );
}

/** Plain text that is short and neither markup nor a stack. */
function sentenceOf(text: string): string {
  const other = text.length > sentence || text.startsWith('<') || withoutStack(text) !== text;
  return other ? '' : text;
}

function saidIn(answer: WholeAnswer, { type, text = '', json } = readAnswer(answer)): string {
  // Some frameworks send JSON and call it text.
  const value = json ?? parseText(text);
  if (typeof value === 'object' && value !== null) return messageOf(value);
  return answer.status < 500 && type === 'text/plain' ? sentenceOf(text.trim()) : '';
}

function cut(text: string): string {
  if (text.length <= most) return text;
  return `${text.slice(0, most).toWellFormed()} … (cut after ${most} characters)`;
}

/**
 * What a failed call says to the model: the message the backend meant for its reader, without a
 * stack, with `[address]` for the addresses of the network behind the gateway, of 2,000 characters
 * at most. Where there is none, or it is nothing else: `The tool failed with status N.`
 * @param backend the host of FUNCTIONS_BASE, whose name may look public and is nobody's business.
 * @param said the same answer, where it was read already.
 */
export function errorText(answer: WholeAnswer, backend: string, said = readAnswer(answer)): string {
  const message = hideAddresses(withoutStack(saidIn(answer, said).trim()), backend).trim();
  return message === '' ? `The tool failed with status ${answer.status}.` : cut(message);
}
