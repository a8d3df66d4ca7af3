import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { UpkeepError } from '../domain/problem.ts';

export const LOCK_FILE = 'agent.lock';

const CREDENTIALS_LOCK_FILE = 'credentials.lock';

/** Held for as long as the process lives; the kernel lets go of it when the process dies, however it dies. */
export type AgentLock = { release: () => void };

/**
 * Makes sure that one agent runs at a time: an exclusive lock on a file of its own, taken through SQLite, which uses the
 * locks of the kernel. Throws `agent.locked` at once where another holds it, `store.unusable` where there can be none.
 */
export function lockAgent(directory: string): AgentLock {
  return lockFile(directory, LOCK_FILE, {
    waitMs: 0,
    message: 'another run of upkeep is under way.',
    remedy: 'Nothing needs to be done: that one does the work.',
  });
}

/** The same for whoever changes or tries saved credentials; the agent may wait for somebody's answer meanwhile. */
export function lockCredentials(directory: string): AgentLock {
  return lockFile(directory, CREDENTIALS_LOCK_FILE, {
    waitMs: 10_000,
    message: 'another run of upkeep is at work on the saved credentials.',
    remedy: 'Try again in a minute; nothing was changed.',
  });
}

type Busy = { waitMs: number; message: string; remedy: string };

function lockFile(directory: string, name: string, busy: Busy): AgentLock {
  const file = join(directory, name);
  try {
    mkdirSync(directory, { recursive: true, mode: 0o755 });
    if (!existsSync(file)) closeSync(openSync(file, 'a', 0o600));
    const database = new SqliteDatabase(file, { timeout: busy.waitMs });
    try {
      // Nothing is ever written; in the rollback journal's way a transaction locks the file itself. IMMEDIATE takes one
      // lock that only one can have. EXCLUSIVE would take several in turn, and two at once could refuse each other.
      database.pragma('journal_mode = delete');
      database.exec('BEGIN IMMEDIATE');
    } catch (error) {
      database.close();
      throw error;
    }
    return { release: () => database.close() };
  } catch (error) {
    if (isBusy(error)) {
      throw new UpkeepError('agent.locked', busy.message, { remedy: busy.remedy, facts: { file } });
    }
    throw new UpkeepError('store.unusable', `the lock ${file} cannot be taken: ${String(error)}`, {
      remedy: 'The state must lie on a local disk that is neither full nor read-only.',
      facts: { file },
      cause: error,
    });
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^SQLITE_(?:BUSY|LOCKED)/.test(String(error.code));
}
