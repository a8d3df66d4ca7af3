import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import type { Instant } from '../domain/instant.ts';
import { UpkeepError } from '../domain/problem.ts';
import { backupsIn } from './backup.ts';
import { flawIn } from './integrity.ts';
import { type Promises, readPromises } from './promises.ts';
import { SCHEMA_VERSION, tablesVersion } from './schema.ts';
import { STORE_FILE, Store } from './store.ts';
import { isDamage, unusable } from './unusable.ts';
import { flushFile, putInPlace } from './whole-file.ts';

/** That the database had to be put aside, what the store goes on from, and what people had been promised by then. */
export type Recovery = { how: 'backup' | 'fresh'; why: string; aside: string | null; promises: unknown | null };

/** Damaged files are kept for whoever wants to know; more than this only fill the disk. */
const MOST_QUARANTINED = 3;

/**
 * Opens the store as the agent does, which has to go on whatever it finds. A damaged file goes into quarantine, one of a
 * newer upkeep aside; then the store begins from its last sound backup, or anew, and `found` says so, with the promises
 * from their second place. Throws `store.unusable` where the disk is at fault and not the file: nothing is moved then.
 */
export function openForAgent(directory: string, at: Instant): { store: Store; found: Recovery | null } {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o755 });
    const trouble = troubleWith(directory);
    if (trouble === null) return { store: begun(directory, readPromises(directory)?.waiting ?? []), found: null };
    const aside = trouble.kind === 'missing' ? null : putAside(directory, trouble.kind, at);
    const how = trouble.kind !== 'newer' && restored(directory) ? 'backup' : 'fresh';
    const kept = readPromises(directory);
    const store = begun(directory, []);
    if (kept !== null) store.restoreRequests(kept.waiting);
    return { store, found: { how, why: trouble.why, aside, promises: kept?.promises ?? null } };
  } catch (error) {
    throw unusable(error, directory);
  }
}

function begun(directory: string, waiting: Promises['waiting']): Store {
  const store = Store.open(directory);
  if (store.endedCleanly() === false) store.completeRequests(waiting);
  store.markRunning();
  return store;
}

type Trouble = { kind: 'damaged' | 'newer' | 'missing'; why: string };

/** Why the database cannot be used; null when it can. Every page is looked at only where the last run did not end well. */
function troubleWith(directory: string): Trouble | null {
  const file = join(directory, STORE_FILE);
  const wasThere = readPromises(directory) !== null || backupsIn(directory).some(existsSync);
  if (!existsSync(file)) return wasThere ? { kind: 'missing', why: 'the database was gone' } : null;
  let database: SqliteDatabase.Database | null = null;
  try {
    database = new SqliteDatabase(file, { fileMustExist: true });
    const version = tablesVersion(database);
    if (version > SCHEMA_VERSION) {
      return { kind: 'newer', why: `it was written by a newer upkeep (tables version ${version})` };
    }
    if (version === 0) return wasThere ? { kind: 'damaged', why: 'the database was empty' } : null;
    const isSuspect = version < SCHEMA_VERSION || needsCheck(database);
    const flaw = (isSuspect ? flawIn(database) : null) ?? lossIn(database, directory);
    return flaw === null ? null : { kind: 'damaged', why: `the database was damaged: ${flaw}` };
  } catch (error) {
    if (!isDamage(error) && !isMissingTable(error)) throw error;
    return {
      kind: 'damaged',
      why: `the database was damaged: ${error instanceof Error ? error.message : String(error)}`,
    };
  } finally {
    database?.close();
  }
}

/** A log of changes that vanished leaves a sound database, of a while ago: people have been promised more since. */
function lossIn(database: SqliteDatabase.Database, directory: string): string | null {
  const last = Number(database.prepare('SELECT seq FROM checkpoint WHERE id = 1').pluck().get() ?? 0);
  const promised = readPromises(directory)?.seq ?? 0;
  return promised > last + 1
    ? `it ends at entry ${last} of the journal, and people were promised something by ${promised}`
    : null;
}

/** The note that is taken back at a clean end; reading it reads pages, so gross damage is noticed in any case. */
function needsCheck(database: SqliteDatabase.Database): boolean {
  return database.prepare("SELECT value FROM note WHERE name = 'running'").pluck().get() !== 'no';
}

function isMissingTable(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('no such table');
}

/** Moves the database with what belongs to it out of the way, and returns where to. Nothing of it is deleted. */
function putAside(directory: string, kind: Trouble['kind'], at: Instant): string {
  const parent = join(directory, kind === 'newer' ? 'aside' : 'quarantine');
  mkdirSync(parent, { recursive: true, mode: 0o700 });
  if (kind === 'damaged') makeRoom(parent);
  const stamp = Temporal.Instant.fromEpochMilliseconds(at).toString({ smallestUnit: 'second' }).replaceAll(':', '');
  let place = join(parent, stamp);
  for (let more = 2; existsSync(place); more += 1) place = join(parent, `${stamp}-${more}`);
  mkdirSync(place, { mode: 0o700 });
  // The log of changes first: a crash in between leaves a database without its log, which is damage, not a lie.
  for (const suffix of ['-wal', '-shm', '']) {
    const path = join(directory, `${STORE_FILE}${suffix}`);
    if (existsSync(path)) renameSync(path, join(place, `${STORE_FILE}${suffix}`));
  }
  return place;
}

function makeRoom(parent: string): void {
  const names = readdirSync(parent).sort();
  for (const name of names.slice(0, Math.max(0, names.length - MOST_QUARANTINED + 1)))
    rmSync(join(parent, name), { recursive: true, force: true });
}

/** Puts the newest sound backup in the database's place; false where there is none. */
function restored(directory: string): boolean {
  const file = join(directory, STORE_FILE);
  const fresh = `${file}.new`;
  for (const backup of backupsIn(directory)) {
    try {
      copyFileSync(backup, fresh);
      const copy = new SqliteDatabase(fresh, { readonly: true });
      try {
        if (tablesVersion(copy) > SCHEMA_VERSION || flawIn(copy) !== null) continue;
      } finally {
        copy.close();
      }
      flushFile(fresh);
      putInPlace(fresh, file);
      return true;
    } catch (error) {
      if (error instanceof UpkeepError) throw error;
      // This copy will not do; there may be an older one.
    }
  }
  rmSync(fresh, { force: true });
  return false;
}
