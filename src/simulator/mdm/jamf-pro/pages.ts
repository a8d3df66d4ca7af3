import { type Answer, invalidField, json } from './answers.ts';
import { type Filter, fieldsOf, readFilter } from './rsql.ts';

/** The part of a list that was asked for: `page` from 0, `page-size` 100 unless said otherwise. */
export function pageOf<One>(query: URLSearchParams, items: readonly One[], shown: (one: One) => unknown): Answer {
  const page = wholeNumber(query.get('page'), 0, 0);
  const size = wholeNumber(query.get('page-size'), 100, 1);
  if (page === null) return invalidField('page', 'page must be a whole number from 0 on');
  if (size === null || size > 2_000)
    return invalidField('page-size', 'page-size must be a whole number from 1 to 2000');
  const results = items.slice(page * size, (page + 1) * size).map(shown);
  return json(200, { totalCount: items.length, results });
}

/** The filter of a request; null where it has none. */
export function filterIn(
  query: URLSearchParams,
  fields: readonly string[],
): { ok: true; filter: Filter | null } | { ok: false; answer: Answer } {
  const text = query.get('filter');
  if (text === null || text.trim() === '') return { ok: true, filter: null };
  const filter = readFilter(text);
  if (filter === null) return { ok: false, answer: invalidField('filter', 'The filter cannot be read') };
  const unknown = fieldsOf(filter).find((field) => !fields.includes(field));
  if (unknown !== undefined) return { ok: false, answer: invalidField('filter', `There is no field ${unknown}`) };
  return { ok: true, filter };
}

/** Puts a list into the order of `sort` (`planUuid:asc`), as far as it names one of these fields. */
export function sorted<One>(
  query: URLSearchParams,
  items: readonly One[],
  keys: Readonly<Record<string, (one: One) => string | number>>,
): readonly One[] {
  const [field = '', direction = 'asc'] = (query.get('sort') ?? '').split(':');
  const key = Object.hasOwn(keys, field) ? keys[field] : undefined;
  if (key === undefined) return items;
  const sign = direction === 'desc' ? -1 : 1;
  return items.toSorted((a, b) => sign * (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
}

function wholeNumber(text: string | null, otherwise: number, least: number): number | null {
  if (text === null) return otherwise;
  return /^\d{1,6}$/.test(text) && Number(text) >= least ? Number(text) : null;
}
