import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import type { Instant } from '../domain/instant.ts';
import { UpkeepError } from '../domain/problem.ts';
import { backupsIn } from './backup.ts';
import { flawIn } from './integrity.ts';
import { PROMISES_FILE, readPromises } from './promises.ts';
import { SCHEMA_VERSION, tablesVersion } from './schema.ts';
import { STORE_FILE, Store } from './store.ts';

/** What a look at a state directory finds; null where it does not apply or cannot be told. */
export type Inspection = {
  directory: string;
  tablesVersion: number | null;
  /** What is wrong with the database, in words. */
  flaw: string | null;
  bytes: number;
  journal: { rows: number; first: Instant | null; last: Instant | null } | null;
  waitingRequests: number | null;
  openEffects: number | null;
  endedCleanly: boolean | null;
  backups: { file: string; flaw: string | null }[];
  lastBackupAt: Instant | null;
  promises: 'sound' | 'damaged' | 'none';
  /** Row of the journal that the promises belong to, against the last one there is. */
  promisedBy: number | null;
  lastSeq: number | null;
  quarantined: string[];
  aside: string[];
  unreadableCheckpoints: number | null;
};

/** Looks into a state directory without changing anything. Throws `store.missing` where there is none. */
export function inspect(directory: string): Inspection {
  const file = join(directory, STORE_FILE);
  if (!existsSync(file)) {
    throw new UpkeepError('store.missing', `there is no upkeep state in ${directory}`, {
      remedy: 'Name the directory with --state, or check that upkeep is installed and has run.',
      facts: { directory },
    });
  }
  const promised = readPromises(directory);
  const found: Inspection = {
    directory,
    tablesVersion: null,
    flaw: null,
    bytes: sizeOf(file) + sizeOf(`${file}-wal`),
    journal: null,
    waitingRequests: null,
    openEffects: null,
    endedCleanly: null,
    backups: backupsIn(directory)
      .filter(existsSync)
      .map((backup) => ({ file: backup, flaw: flawOf(backup) })),
    lastBackupAt: null,
    promises: promised !== null ? 'sound' : existsSync(join(directory, PROMISES_FILE)) ? 'damaged' : 'none',
    promisedBy: promised?.seq ?? null,
    lastSeq: null,
    quarantined: namesIn(join(directory, 'quarantine')),
    aside: namesIn(join(directory, 'aside')),
    unreadableCheckpoints: null,
  };
  try {
    const flaw = flawOf(file);
    if (flaw !== null) return { ...found, flaw };
    const store = Store.openReadOnly(directory);
    try {
      return { ...found, ...factsOf(store) };
    } finally {
      store.close();
    }
  } catch (error) {
    return { ...found, flaw: error instanceof Error ? error.message : String(error) };
  }
}

function factsOf(store: Store): Partial<Inspection> {
  return {
    tablesVersion: store.tablesVersion(),
    journal: store.journalSpan(),
    waitingRequests: store.waitingRequests().length,
    openEffects: store.openEffects().length,
    endedCleanly: store.endedCleanly(),
    lastBackupAt: store.lastBackupAt(),
    lastSeq: store.lastSeq(),
    unreadableCheckpoints: store.asideCount(),
  };
}

function flawOf(file: string): string | null {
  let database: SqliteDatabase.Database | null = null;
  try {
    database = new SqliteDatabase(file, { readonly: true, fileMustExist: true });
    const version = tablesVersion(database);
    if (version > SCHEMA_VERSION) return `it was written by a newer upkeep (tables version ${version})`;
    if (version === 0) return 'it is empty, or not a database of upkeep';
    return flawIn(database);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    database?.close();
  }
}

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
const namesIn = (path: string): string[] => (existsSync(path) ? readdirSync(path).sort() : []);
