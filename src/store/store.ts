import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import SqliteDatabase, { type Database } from 'better-sqlite3';
import { DAY_MS, type Instant } from '../domain/instant.ts';
import { UpkeepError } from '../domain/problem.ts';
import type { InboxEntry, Request, Requester } from '../domain/request.ts';
import { BACKUP_EVERY_MS, backUp } from './backup.ts';
import { durabilityOf, keepPrivate, setDurable } from './durable.ts';
import { type Promises, PromisesFile, readPromises, sumOf } from './promises.ts';
import { migrate, requireKnownTables, tablesVersion } from './schema.ts';
import { prepare, type Statements } from './statements.ts';
import { unusable } from './unusable.ts';

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
  /** What is kept a second time, beside the database: all that people were promised. Plain JSON. */
  promises: unknown;
};

/** From this many rows of the journal on, a place to replay from is kept every time; the journal is cut only there. */
const KEYFRAME_EVERY = 500;
/** An audit asks for half a year; more rows than this are years of an ordinary Mac. */
const JOURNAL_DAYS = 180;
const JOURNAL_ROWS = 20_000;
/** So long an answered request is remembered, should somebody send it again. */
const REQUEST_DAYS = 30;

/**
 * The agent's memory in SQLite. One `commit` is one transaction: event, checkpoint, effects started and ended.
 *
 * INVARIANTS
 * - A commit that returned is on the disk (`synchronous=FULL`, full flush on macOS); one that threw left nothing.
 * - Effects may be started only after the commit that names them returned.
 * - What people were promised was written to its second place before the commit that promised it.
 */
export class Store {
  readonly #database: Database;
  readonly #statements: Statements;
  readonly #directory: string | null;
  readonly #promises: PromisesFile | null;

  private constructor(database: Database, directory: string | null) {
    this.#database = database;
    this.#statements = prepare(database);
    this.#directory = directory;
    this.#promises = directory === null ? null : new PromisesFile(directory);
  }

  /** Opens (or makes) the store in `directory`. Throws `store.unusable` or `store.too-new`. */
  static open(directory: string): Store {
    try {
      mkdirSync(directory, { recursive: true, mode: 0o755 });
      const file = join(directory, STORE_FILE);
      keepPrivate(file);
      return Store.#fromDatabase(new SqliteDatabase(file, { timeout: LOCK_WAIT_MS }), 'wal', directory);
    } catch (error) {
      throw unusable(error, directory);
    }
  }

  /** A store that lives only in memory, for simulations nobody wants to keep. */
  static inMemory(): Store {
    return Store.#fromDatabase(new SqliteDatabase(':memory:'), 'memory', null);
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
    let database: Database | null = null;
    try {
      database = new SqliteDatabase(file, { readonly: true, fileMustExist: true });
      requireKnownTables(database);
      return new Store(database, null);
    } catch (error) {
      database?.close();
      throw unusable(error, directory);
    }
  }

  static #fromDatabase(database: Database, journalMode: 'wal' | 'memory', directory: string | null): Store {
    try {
      setDurable(database, journalMode);
      migrate(database);
      return new Store(database, directory);
    } catch (error) {
      database.close();
      throw error;
    }
  }

  checkpoint(): CheckpointRow | null {
    return rowOf(this.#statements.checkpoint.get());
  }

  /** Saves all of it or nothing; returns the keys of the effects started, in order. */
  commit(commit: Commit): number[] {
    return this.#written(() => {
      const seq = this.lastSeq() + 1;
      this.#keepPromises({ at: commit.at, seq, promises: commit.promises }, commit.heard, null);
      return this.#write(commit);
    });
  }

  #write(commit: Commit): number[] {
    const { insertJournal, saveCheckpoint, insertEffect, endEffect, hearRequest, insertKeyframe } = this.#statements;
    const { at, monotonicMs, type, event, checkpoint, because, wakeAt } = commit;
    const value = JSON.stringify(checkpoint.value);
    const context = JSON.stringify(checkpoint.context);
    const seq = Number(
      insertJournal.run(at, monotonicMs, type, JSON.stringify(event), value, JSON.stringify(because), wakeAt)
        .lastInsertRowid,
    );
    saveCheckpoint.run(checkpoint.version, seq, value, context, sumOf(value + context));
    if (seq % KEYFRAME_EVERY === 0) insertKeyframe.run(seq, checkpoint.version, value, context);
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
    return this.#written(() => {
      const known = this.#statements.requestKey.get(id) as number | undefined;
      if (known !== undefined) return { key: known, isNew: false };
      const kept = this.#directory === null ? null : readPromises(this.#directory);
      const promised = { at, seq: kept?.seq ?? this.lastSeq(), promises: kept?.promises ?? this.#savedLedger() };
      this.#keepPromises(promised, [], { id, at, by, request });
      const { lastInsertRowid } = this.#statements.insertRequest.run(
        id,
        at,
        JSON.stringify(by),
        JSON.stringify(request),
      );
      return { key: Number(lastInsertRowid), isNew: true };
    });
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

  /** The journal's last row; 0 before the first. */
  lastSeq(): number {
    return Number(this.#statements.lastSeq.get() ?? 0);
  }

  /** After a loss: these requests wait and no others, whatever a backup of yesterday says. */
  restoreRequests(waiting: readonly Omit<InboxEntry, 'key'>[]): void {
    this.#written(() => {
      this.#statements.forgetUnless.run(JSON.stringify(waiting.map(({ id }) => id)));
      this.#insert(waiting);
    });
  }

  /** After a kill: a request that reached its second place only, because the kill came right then, is kept after all. */
  completeRequests(waiting: readonly Omit<InboxEntry, 'key'>[]): void {
    if (waiting.some(({ id }) => this.#statements.requestKey.get(id) === undefined))
      this.#written(() => this.#insert(waiting));
  }

  #insert(waiting: readonly Omit<InboxEntry, 'key'>[]): void {
    for (const { id, at, by, request } of waiting)
      this.#statements.insertRequest.run(id, at, JSON.stringify(by), JSON.stringify(request));
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

  /** Where replaying the journal has to begin: the place it led to before its first row; null for the very beginning. */
  journalBase(): CheckpointRow | null {
    return rowOf(this.#statements.journalBase.get());
  }

  journalSpan(): { rows: number; first: Instant | null; last: Instant | null } {
    return this.#statements.journalSpan.get() as { rows: number; first: Instant | null; last: Instant | null };
  }

  tablesVersion(): number {
    return tablesVersion(this.#database);
  }

  /** Whether the last run ended as it should have. Null in a store that has not run yet. */
  endedCleanly(): boolean | null {
    const note = this.#statements.note.get('running') as string | undefined;
    return note === undefined ? null : note === 'no';
  }

  /** Written at the beginning of a run, and taken back by `closeCleanly`. */
  markRunning(): void {
    this.#written(() => this.#statements.setNote.run('running', 'yes'));
  }

  lastBackupAt(): Instant | null {
    const note = this.#statements.note.get('backup') as string | undefined;
    return note === undefined ? null : Number(note);
  }

  /** Makes a sound copy once a day; says whether it did. A clock that was set back neither stops nor repeats it. */
  backUpIfDue(at: Instant): boolean {
    const last = this.lastBackupAt();
    if (this.#directory === null || (last !== null && last <= at && at - last < BACKUP_EVERY_MS)) return false;
    try {
      backUp(this.#database, this.#directory);
      this.#statements.setNote.run('backup', String(at));
      return true;
    } catch (error) {
      throw unusable(error, this.#directory);
    }
  }

  /** Cuts off the oldest part of the journal where it is too old or too long; returns how many rows went. */
  prune(at: Instant): number {
    const seq = this.#statements.prunable.get(at - JOURNAL_DAYS * DAY_MS, JOURNAL_ROWS) as number | null;
    if (seq === null || seq === 0) return 0;
    return this.#written(() => {
      const { changes } = this.#statements.pruneJournal.run(seq);
      this.#statements.pruneKeyframes.run(seq);
      this.#statements.pruneEffects.run(seq);
      this.#statements.pruneInbox.run(seq, at - REQUEST_DAYS * DAY_MS);
      return changes;
    });
  }

  /** What the durability of a commit depends on, as SQLite says that it is. */
  durability(): Record<string, unknown> {
    return durabilityOf(this.#database);
  }

  close(): void {
    this.#database.close();
  }

  /** The end of a run that ended as it should: nothing has to be checked at the next one. */
  closeCleanly(): void {
    this.noteCleanEnd();
    this.fold();
    this.close();
  }

  noteCleanEnd(): void {
    this.#written(() => this.#statements.setNote.run('running', 'no'));
  }

  /** Folds the log of changes back into the file, flushes that, and only then empties the log. */
  fold(): void {
    this.#database.pragma('wal_checkpoint(TRUNCATE)');
  }

  /** One transaction that nobody else writes in; all of it or nothing. */
  #written<T>(write: () => T): T {
    try {
      return this.#database.transaction(write).immediate();
    } catch (error) {
      throw unusable(error, this.#directory ?? this.#database.name);
    }
  }

  #keepPromises(
    promised: Omit<Promises, 'waiting'>,
    heard: readonly number[],
    added: Omit<InboxEntry, 'key'> | null,
  ): void {
    if (this.#promises === null) return;
    const waiting = this.waitingRequests()
      .filter(({ key }) => !heard.includes(key))
      .map(({ key: _, ...entry }) => entry);
    this.#promises.keep({ ...promised, waiting: added === null ? waiting : [...waiting, added] });
  }

  /** What the last commit promised, where no second place tells: the ledger in the saved context. */
  #savedLedger(): unknown {
    const context = this.checkpoint()?.context;
    return typeof context === 'object' && context !== null && 'ledger' in context ? context.ledger : null;
  }
}

/** A command line that keeps a request waits so long for a commit of the agent, which takes milliseconds. */
const LOCK_WAIT_MS = 3_000;

function rowOf(found: unknown): CheckpointRow | null {
  const row = found as { version: number; value: string; context: string } | undefined;
  if (row === undefined) return null;
  return { version: row.version, value: JSON.parse(row.value), context: JSON.parse(row.context) };
}
