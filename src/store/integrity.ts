import type { Database } from 'better-sqlite3';
import { sumOf } from './promises.ts';

/**
 * What is wrong with a database, in words; null when it is sound: its pages and indexes fit together, and the saved place
 * is exactly what was written. Throws what SQLite throws where it cannot even be read.
 */
export function flawIn(database: Database): string | null {
  const found = database.pragma('integrity_check(1)', { simple: true });
  if (found !== 'ok') return String(found);
  // Tables of an earlier version have no sum yet.
  const row = database.prepare('SELECT * FROM checkpoint WHERE id = 1').get() as
    | { value: string; context: string; sum?: string | null }
    | undefined;
  const sum = row?.sum ?? null;
  if (row === undefined || sum === null || sum === sumOf(row.value + row.context)) return null;
  return 'the saved place is not what was written';
}
