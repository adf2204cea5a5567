import { randomBytes } from 'node:crypto';
import type { Faults, LogRecord } from '../state.ts';

/** Records a webhook must not mistake for a registration. Synthetic. */
const others = [
  { type: 's', description: 'Successful login' },
  { type: 'seacft', description: 'Authorization Code for Access Token' },
  { type: 'fp', description: 'Wrong email or password.' },
  { type: 'sapi', description: 'Create a client' },
] as const;

function otherRecord({ type, description }: (typeof others)[number]): LogRecord {
  const client_id = randomBytes(16).toString('hex');
  const base = { type, description, client_id, client_name: 'Noise', ip: '127.0.0.1' };
  const date = new Date().toISOString();
  const record = { ...base, date, log_id: `901${randomBytes(12).toString('hex')}`, user_agent: '' };
  if (type !== 'sapi') return record;
  const created = { client_id: randomBytes(16).toString('hex'), name: 'Made by an administrator' };
  const request = { method: 'post', path: '/api/v2/clients', body: { name: created.name } };
  return { ...record, details: { request, response: { statusCode: 201, body: created } } };
}

/** What is really sent of a batch: lost, doubled, turned round or among `noise` other records. */
export function disturb(batch: readonly LogRecord[], faults: Faults['delivery']): LogRecord[] {
  if (faults.drop) return [];
  const sent = faults.duplicate ? [...batch, ...batch] : [...batch];
  if (faults.reorder) sent.reverse();
  const kinds = Array.from({ length: faults.noise }, () => others).flat();
  return [...kinds.slice(0, faults.noise).map(otherRecord), ...sent];
}
