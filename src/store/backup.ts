import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import SqliteDatabase, { type Database } from 'better-sqlite3';
import { DAY_MS } from '../domain/instant.ts';
import { flawIn } from './integrity.ts';
import { flushFile, putInPlace } from './whole-file.ts';

export const BACKUP_EVERY_MS = DAY_MS;

/** The copies there may be, the newest first. */
export const backupsIn = (directory: string): string[] =>
  ['upkeep.db', 'upkeep.1.db'].map((name) => join(directory, 'backup', name));

/** Copies a database in use, checks the copy, and only then lets it take the place of the last one, which is kept too. */
export function backUp(database: Database, directory: string): void {
  const [newest = '', older = ''] = backupsIn(directory);
  const fresh = `${newest}.new`;
  mkdirSync(join(directory, 'backup'), { recursive: true, mode: 0o700 });
  rmSync(fresh, { force: true });
  database.prepare('VACUUM INTO ?').run(fresh);
  const copy = new SqliteDatabase(fresh, { readonly: true });
  try {
    const flaw = flawIn(copy);
    if (flaw !== null) throw new Error(`the copy is not sound: ${flaw}`);
  } finally {
    copy.close();
  }
  flushFile(fresh);
  if (existsSync(newest)) renameSync(newest, older);
  putInPlace(fresh, newest);
}
