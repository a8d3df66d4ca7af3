import { chmodSync, closeSync, existsSync, mkdirSync, openSync, statSync } from 'node:fs';
import { join } from 'node:path';
import SqliteDatabase, { type Database, type Statement } from 'better-sqlite3';
import type { Instant } from '../domain/instant.ts';
import { UpkeepError } from '../domain/problem.ts';
import type { InboxEntry, Request, Requester } from '../domain/request.ts';
import { migrate, requireKnownTables } from './schema.ts';

export const STORE_FILE = 'upkeep.db';

/** The agent's saved place: state value and context, with the version of their form. */
export type CheckpointRow = { version: number; value: unknown; context: unknown };

/** An effect that was started and, while `ending` is null, has no outcome. */
export type EffectRow = { key: number; id: string; name: string; recovery: string; input: unknown };

/** One line of the journal: an event, where it led, and why. */
export type JournalRow = {
  seq: number;
  at: Instant;
  monotonicMs: number;
  type: string;
  event: unknown;
  value: unknown;
  because: unknown[];
  wakeAt: Instant | null;
};

export type Commit = {
  at: Instant;
  monotonicMs: number;
  type: string;
  event: unknown;
  checkpoint: CheckpointRow;
  because: unknown[];
  wakeAt: Instant | null;
  started: Omit<EffectRow, 'key'>[];
  ended: { key: number; ending: 'done' | 'error' | 'stopped' }[];
  /** Keys of inbox entries that this event is: heard with it, or not at all. */
  heard: number[];
};

/**
 * The agent's memory in SQLite. One `commit` is one transaction: event, checkpoint, effects started and ended.
 *
 * INVARIANTS
 * - A commit that returned is on the disk (`synchronous=FULL`, full flush on macOS); one that threw left nothing.
 * - Effects may be started only after the commit that names them returned.
 */
export class Store {
  readonly #database: Database;
  readonly #statements: ReturnType<typeof prepare>;

  private constructor(database: Database) {
    this.#database = database;
    this.#statements = prepare(database);
  }

  /** Opens (or makes) the store in `directory`. Throws `store.unusable` or `store.too-new`. */
  static open(directory: string): Store {
    try {
      mkdirSync(directory, { recursive: true, mode: 0o755 });
      const file = join(directory, STORE_FILE);
      keepPrivate(file);
      return Store.#fromDatabase(new SqliteDatabase(file), 'wal');
    } catch (error) {
      throw unusable(error, directory);
    }
  }

  /** A store that lives only in memory, for simulations nobody wants to keep. */
  static inMemory(): Store {
    return Store.#fromDatabase(new SqliteDatabase(':memory:'), 'memory');
  }

  /** Opens an existing store to look into, without changing it. Throws `store.missing` where there is none. */
  static openReadOnly(directory: string): Store {
    const file = join(directory, STORE_FILE);
    if (!existsSync(file)) {
      throw new UpkeepError('store.missing', `there is no upkeep state in ${directory}`, {
        remedy: 'Name the directory with --state, as given to `upkeep simulate --state DIR`, or run upkeep first.',
        facts: { directory },
      });
    }
    try {
      const database = new SqliteDatabase(file, { readonly: true, fileMustExist: true });
      requireKnownTables(database);
      return new Store(database);
    } catch (error) {
      throw unusable(error, directory);
    }
  }

  static #fromDatabase(database: Database, journalMode: 'wal' | 'memory'): Store {
    setDurable(database, journalMode);
    migrate(database);
    return new Store(database);
  }

  checkpoint(): CheckpointRow | null {
    const row = this.#statements.checkpoint.get() as { version: number; value: string; context: string } | undefined;
    return row === undefined
      ? null
      : { version: row.version, value: JSON.parse(row.value), context: JSON.parse(row.context) };
  }

  /** Saves all of it or nothing; returns the keys of the effects started, in order. */
  commit(commit: Commit): number[] {
    try {
      return this.#database.transaction(() => this.#write(commit))();
    } catch (error) {
      throw unusable(error, this.#database.name);
    }
  }

  #write(commit: Commit): number[] {
    const { insertJournal, saveCheckpoint, insertEffect, endEffect, hearRequest } = this.#statements;
    const { at, monotonicMs, type, event, checkpoint, because, wakeAt } = commit;
    const value = JSON.stringify(checkpoint.value);
    const seq = Number(
      insertJournal.run(at, monotonicMs, type, JSON.stringify(event), value, JSON.stringify(because), wakeAt)
        .lastInsertRowid,
    );
    saveCheckpoint.run(checkpoint.version, seq, value, JSON.stringify(checkpoint.context));
    for (const { key, ending } of commit.ended) endEffect.run(seq, ending, key);
    for (const key of commit.heard) hearRequest.run(seq, key);
    return commit.started.map(({ id, name, recovery, input }) =>
      Number(insertEffect.run(id, name, recovery, JSON.stringify(input), seq).lastInsertRowid),
    );
  }

  /** Keeps a checkpoint that could not be revived, so that nothing is lost before it is replaced. */
  keepAside(row: CheckpointRow, why: string): void {
    this.#statements.keepAside.run(row.version, JSON.stringify(row.value), JSON.stringify(row.context), why);
  }

  /** How many checkpoints lie aside, unread. */
  asideCount(): number {
    return Number(this.#statements.asideCount.get());
  }

  openEffects(): EffectRow[] {
    const rows = this.#statements.openEffects.all() as (Omit<EffectRow, 'input'> & { input: string })[];
    return rows.map((row) => ({ ...row, input: JSON.parse(row.input) }));
  }

  /** Keeps a request until the agent has heard it. Durable when this returns; the same `id` again is the same request. */
  append(entry: Omit<InboxEntry, 'key'>): { key: number; isNew: boolean } {
    const { id, at, by, request } = entry;
    try {
      const { changes, lastInsertRowid } = this.#statements.insertRequest.run(
        id,
        at,
        JSON.stringify(by),
        JSON.stringify(request),
      );
      if (changes === 1) return { key: Number(lastInsertRowid), isNew: true };
      return { key: Number(this.#statements.requestKey.get(id)), isNew: false };
    } catch (error) {
      throw unusable(error, this.#database.name);
    }
  }

  /** The requests that no commit has heard yet, oldest first. */
  waitingRequests(): InboxEntry[] {
    type Raw = { key: number; id: string; at: number; by: string; request: string };
    return (this.#statements.waitingRequests.all() as Raw[]).map(({ by, request, ...row }) => ({
      ...row,
      by: JSON.parse(by) as Requester,
      request: JSON.parse(request) as Request,
    }));
  }

  /** The journal in order, from `afterSeq` on. */
  journal(afterSeq = 0): JournalRow[] {
    type Raw = {
      seq: number;
      at: number;
      monotonic_ms: number;
      type: string;
      event: string;
      value: string;
      because: string;
      wake_at: number | null;
    };
    return (this.#statements.journal.all(afterSeq) as Raw[]).map((row) => ({
      seq: row.seq,
      at: row.at,
      monotonicMs: row.monotonic_ms,
      type: row.type,
      event: JSON.parse(row.event),
      value: JSON.parse(row.value),
      because: JSON.parse(row.because),
      wakeAt: row.wake_at,
    }));
  }

  /** What the durability of a commit depends on, as SQLite says that it is. */
  durability(): Record<string, unknown> {
    const names = ['journal_mode', 'synchronous', 'fullfsync', 'checkpoint_fullfsync'];
    return Object.fromEntries(names.map((name) => [name, this.#database.pragma(name, { simple: true })]));
  }

  close(): void {
    this.#database.close();
  }
}

function prepare(database: Database): Record<string, Statement> & {
  checkpoint: Statement;
  insertJournal: Statement;
  saveCheckpoint: Statement;
  insertEffect: Statement;
  endEffect: Statement;
  keepAside: Statement;
  asideCount: Statement;
  openEffects: Statement;
  journal: Statement;
  insertRequest: Statement;
  requestKey: Statement;
  waitingRequests: Statement;
  hearRequest: Statement;
} {
  return {
    checkpoint: database.prepare('SELECT version, value, context FROM checkpoint WHERE id = 1'),
    insertJournal: database.prepare(
      'INSERT INTO journal (at, monotonic_ms, type, event, value, because, wake_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
    ),
    saveCheckpoint: database.prepare(
      `INSERT INTO checkpoint (id, version, seq, value, context) VALUES (1, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET version = excluded.version, seq = excluded.seq, value = excluded.value, context = excluded.context`,
    ),
    insertEffect: database.prepare(
      'INSERT INTO effect (id, name, recovery, input, started_seq) VALUES (?, ?, ?, ?, ?)',
    ),
    endEffect: database.prepare('UPDATE effect SET ended_seq = ?, ending = ? WHERE key = ? AND ended_seq IS NULL'),
    keepAside: database.prepare('INSERT INTO checkpoint_aside (version, value, context, why) VALUES (?, ?, ?, ?)'),
    asideCount: database.prepare('SELECT count(*) FROM checkpoint_aside').pluck(),
    openEffects: database.prepare(
      'SELECT key, id, name, recovery, input FROM effect WHERE ended_seq IS NULL ORDER BY key',
    ),
    journal: database.prepare('SELECT * FROM journal WHERE seq > ? ORDER BY seq'),
    insertRequest: database.prepare(
      'INSERT INTO inbox (id, at, by, request) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO NOTHING',
    ),
    requestKey: database.prepare('SELECT key FROM inbox WHERE id = ?').pluck(),
    waitingRequests: database.prepare(
      'SELECT key, id, at, by, request FROM inbox WHERE heard_seq IS NULL ORDER BY key',
    ),
    hearRequest: database.prepare('UPDATE inbox SET heard_seq = ? WHERE key = ? AND heard_seq IS NULL'),
  };
}

/**
 * Makes the database readable for its owner only. SQLite gives what it lays beside it the same mode, but only when it
 * makes it; what a crash or an older upkeep left there is closed here.
 */
function keepPrivate(file: string): void {
  // Opened only to be made: closing a second handle on a database that is in use would drop SQLite's locks on it.
  if (!existsSync(file)) closeSync(openSync(file, 'wx', 0o600));
  for (const path of [file, `${file}-wal`, `${file}-shm`]) {
    const mode = statSync(path, { throwIfNoEntry: false })?.mode ?? 0;
    if ((mode & 0o077) !== 0) chmodSync(path, 0o600);
  }
}

/** Sets what durability depends on and reads it back; SQLite ignores a pragma it does not like without a word. */
function setDurable(database: Database, journalMode: 'wal' | 'memory'): void {
  const wanted: [string, string | number][] = [
    ['journal_mode', journalMode],
    ['synchronous', 2],
    ['fullfsync', 1],
    ['checkpoint_fullfsync', 1],
    ['foreign_keys', 1],
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

function unusable(error: unknown, place: string): UpkeepError {
  if (error instanceof UpkeepError) return error;
  const detail = error instanceof Error ? error.message : String(error);
  return new UpkeepError('store.unusable', `the state in ${place} cannot be read or written: ${detail}`, {
    remedy: 'Check that the disk is not full or read-only and that the directory belongs to you; nothing was started.',
    facts: { place },
    cause: error,
  });
}
