import { chmodSync, closeSync, existsSync, openSync, statSync } from 'node:fs';
import type { Database } from 'better-sqlite3';
import { UpkeepError } from '../domain/problem.ts';

/**
 * Makes the database readable for its owner only. SQLite gives what it lays beside it the same mode, but only when it
 * makes it; what a crash or an older upkeep left there is closed here.
 */
export function keepPrivate(file: string): void {
  // Opened only to be made: closing a second handle on a database that is in use would drop SQLite's locks on it.
  if (!existsSync(file)) closeSync(openSync(file, 'wx', 0o600));
  for (const path of [file, `${file}-wal`, `${file}-shm`]) {
    const mode = statSync(path, { throwIfNoEntry: false })?.mode ?? 0;
    if ((mode & 0o077) !== 0) chmodSync(path, 0o600);
  }
}

/**
 * Sets what durability depends on and reads it back; SQLite ignores a pragma it does not like without a word. Folding
 * the log of changes back into the file is a step of its own here: a commit writes one file and flushes it once.
 */
export function setDurable(database: Database, journalMode: 'wal' | 'memory'): void {
  const wanted: [string, string | number][] = [
    ['journal_mode', journalMode],
    ['synchronous', 2],
    ['fullfsync', 1],
    ['checkpoint_fullfsync', 1],
    ['foreign_keys', 1],
    ['wal_autocheckpoint', 0],
  ];
  for (const [name, value] of wanted) {
    database.pragma(`${name} = ${value}`);
    const found = database.pragma(name, { simple: true });
    if (found === value) continue;
    throw new UpkeepError('store.unusable', `the database refuses ${name} = ${value} (it is ${found})`, {
      remedy: 'The state must lie on a local disk that SQLite can lock and flush; move it there.',
      facts: { pragma: name, wanted: value, found: String(found) },
    });
  }
}

/** What the durability of a commit depends on, as SQLite says that it is. */
export function durabilityOf(database: Database): Record<string, unknown> {
  const names = ['journal_mode', 'synchronous', 'fullfsync', 'checkpoint_fullfsync'];
  return Object.fromEntries(names.map((name) => [name, database.pragma(name, { simple: true })]));
}
