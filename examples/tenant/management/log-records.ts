import { z } from 'zod';
import type { LogRecord } from '../state.ts';
import { readSearch } from './log-search.ts';
import { answerList, paging } from './page.ts';
import { readQuery } from './read.ts';
import { absent } from './refusal.ts';
import type { Answer, Call, Route } from './route.ts';

const listQuery = z.strictObject({
  ...paging,
  sort: z.enum(['date:1', 'date:-1']).default('date:-1'),
  q: z.string().optional(),
  /** The older name of `q`; the one npm auth0 sends. */
  search: z.string().optional(),
});

/** The bare form: no `data` around it, and `_id` besides `log_id`. */
const shown = (record: LogRecord): object => ({ _id: record.log_id, ...record });

/** `from` is a log_id: what came after it, oldest first, and every other parameter is ignored. */
function list({ state, query }: Call): Answer {
  const { from, take, ...wanted } = readQuery(listQuery, query);
  if (from !== undefined) {
    const later = state.logs.filter(({ log_id }) => log_id > from).slice(0, take ?? 50);
    return { status: 200, body: later.map(shown) };
  }
  const search = wanted.q ?? wanted.search;
  const found = search === undefined ? [...state.logs] : state.logs.filter(readSearch(search));
  if (wanted.sort === 'date:-1') found.reverse();
  return { status: 200, body: answerList(found.map(shown), wanted, 'logs') };
}

function get({ state, id }: Call): Answer {
  const record = state.logs.find(({ log_id }) => log_id === id);
  if (record === undefined) throw absent('log');
  return { status: 200, body: shown(record) };
}

export const logRoutes: Route[] = [
  { method: 'GET', path: '/logs', scope: 'read:logs', run: list },
  { method: 'GET', path: '/logs/:id', scope: 'read:logs', run: get },
];
