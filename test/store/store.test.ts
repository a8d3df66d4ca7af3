import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { UpkeepError } from '../../src/domain/problem.ts';
import { SCHEMA_VERSION } from '../../src/store/schema.ts';
import { type Commit, STORE_FILE, Store } from '../../src/store/store.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'upkeep-store-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const commit = (changes: Partial<Commit> = {}): Commit => ({
  at: 1_000,
  monotonicMs: 5,
  type: 'agent.woke',
  event: { type: 'agent.woke' },
  checkpoint: { version: 1, value: 'assessing', context: { n: 1 } },
  because: [],
  wakeAt: null,
  started: [],
  ended: [],
  heard: [],
  promises: null,
  ...changes,
});
const looking = { id: 'assess', name: 'gatherFacts', recovery: 'probe', input: { scan: true } };

function modes(): Record<string, string> {
  const names = readdirSync(directory).sort();
  return Object.fromEntries(
    names.map((name) => [name, (statSync(join(directory, name)).mode & 0o777).toString(8)] as const),
  );
}

function codeOf(act: () => unknown): string {
  try {
    act();
    return 'nothing was thrown';
  } catch (error) {
    return error instanceof UpkeepError ? error.code : `not ours: ${String(error)}`;
  }
}

describe('a commit', () => {
  test('saves event, place and effects together, and another process finds them', () => {
    const store = Store.open(directory);
    expect(store.commit(commit({ started: [looking] }))).toEqual([1]);
    store.close();
    const again = Store.open(directory);
    expect(again.checkpoint()).toEqual({ version: 1, value: 'assessing', context: { n: 1 } });
    expect(again.openEffects()).toEqual([{ key: 1, ...looking }]);
    expect(again.journal()).toMatchObject([{ seq: 1, type: 'agent.woke', value: 'assessing' }]);
    again.commit(commit({ ended: [{ key: 1, ending: 'done' }] }));
    expect(again.openEffects()).toEqual([]);
    again.close();
  });

  test('that fails half-way leaves nothing of itself', () => {
    const store = Store.open(directory);
    store.commit(commit());
    const cyclic: Record<string, unknown> = {};
    cyclic.self = cyclic;
    // The effect's input cannot be written: journal and place were written before it in the same transaction.
    const broken = commit({
      checkpoint: { version: 1, value: 'downloading', context: {} },
      started: [{ ...looking, input: cyclic }],
    });
    expect(codeOf(() => store.commit(broken))).toBe('store.unusable');
    expect(store.journal()).toHaveLength(1);
    expect(store.checkpoint()?.value).toBe('assessing');
    store.close();
  });

  test('keeps the journal in order, from any place on', () => {
    const store = Store.inMemory();
    for (let n = 1; n <= 5; n += 1) store.commit(commit({ at: n, type: `event ${n}` }));
    expect(store.journal(3).map((row) => row.type)).toEqual(['event 4', 'event 5']);
    store.close();
  });
});

describe('the file', () => {
  test('is flushed with every commit: the settings it depends on are set and read back', () => {
    const store = Store.open(directory);
    store.commit(commit());
    expect(store.durability()).toEqual({ journal_mode: 'wal', synchronous: 2, fullfsync: 1, checkpoint_fullfsync: 1 });
    store.close();
    const raw = new SqliteDatabase(join(directory, STORE_FILE), { readonly: true });
    expect(raw.pragma('journal_mode', { simple: true })).toBe('wal');
    expect(raw.pragma('user_version', { simple: true })).toBe(SCHEMA_VERSION);
    raw.close();
  });

  test('is for its owner only, with what SQLite lays beside it, whatever the umask', () => {
    const umask = process.umask(0);
    try {
      const store = Store.open(directory);
      store.commit(commit());
      expect(modes()).toEqual({
        'promises.json': '600',
        'upkeep.db': '600',
        'upkeep.db-shm': '600',
        'upkeep.db-wal': '600',
      });
      store.close();
    } finally {
      process.umask(umask);
    }
  });

  test('that others could read is closed to them, with what lies beside it', () => {
    const crashed = Store.open(directory);
    crashed.commit(commit());
    for (const name of readdirSync(directory)) chmodSync(join(directory, name), 0o644);
    const store = Store.open(directory);
    store.commit(commit());
    expect(modes()).toEqual({
      'promises.json': '600',
      'upkeep.db': '600',
      'upkeep.db-shm': '600',
      'upkeep.db-wal': '600',
    });
    store.close();
    crashed.close();
  });

  test('of a newer upkeep is left alone and reported', () => {
    Store.open(directory).close();
    const raw = new SqliteDatabase(join(directory, STORE_FILE));
    raw.pragma(`user_version = ${SCHEMA_VERSION + 1}`);
    raw.close();
    expect(codeOf(() => Store.open(directory))).toBe('store.too-new');
    const untouched = new SqliteDatabase(join(directory, STORE_FILE), { readonly: true });
    expect(untouched.pragma('user_version', { simple: true })).toBe(SCHEMA_VERSION + 1);
    untouched.close();
  });

  test('that is a database of something else is not taken for ours', () => {
    new SqliteDatabase(join(directory, STORE_FILE)).close();
    const raw = new SqliteDatabase(join(directory, STORE_FILE));
    raw.exec('CREATE TABLE photos (a)');
    raw.close();
    expect(codeOf(() => Store.openReadOnly(directory))).toBe('store.unusable');
  });

  test('of a newer upkeep is not guessed at by somebody who only looks', () => {
    Store.open(directory).close();
    const raw = new SqliteDatabase(join(directory, STORE_FILE));
    raw.pragma(`user_version = ${SCHEMA_VERSION + 1}`);
    raw.close();
    expect(codeOf(() => Store.openReadOnly(directory))).toBe('store.too-new');
  });

  test('that is no database is reported as unusable', () => {
    writeFileSync(join(directory, STORE_FILE), 'this was never SQLite, however long it is'.repeat(100));
    expect(codeOf(() => Store.open(directory))).toBe('store.unusable');
    expect(codeOf(() => Store.openReadOnly(directory))).toBe('store.unusable');
  });

  test('that is missing is not made by somebody who only looks', () => {
    expect(codeOf(() => Store.openReadOnly(join(directory, 'nothing')))).toBe('store.missing');
  });
});
