// What the agent does with a store that is not as it should be: damaged, lost, of an older or newer upkeep. The promises of
// its second place are what counts; nothing of what was there is thrown away.
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DAY_MS } from '../../src/domain/instant.ts';
import { openForAgent } from '../../src/store/open-for-agent.ts';
import { readPromises } from '../../src/store/promises.ts';
import { SCHEMA_VERSION } from '../../src/store/schema.ts';
import { type Commit, Store } from '../../src/store/store.ts';
import { MONDAY_NINE } from '../support/situations.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'upkeep-recovery-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const at = MONDAY_NINE;
const file = () => join(directory, 'upkeep.db');

/** The n-th commit of a story in which one number is promised. */
const step = (n: number, more: Partial<Commit> = {}): Commit => ({
  at: at + n,
  monotonicMs: n,
  type: 'step',
  event: { n, padding: 'x'.repeat(2_000) },
  checkpoint: {
    version: 2,
    value: { resting: 'deferred' },
    context: { ledger: { promised: n }, padding: 'y'.repeat(3_000) },
  },
  because: [],
  wakeAt: at + DAY_MS,
  started: [],
  ended: [],
  heard: [],
  promises: { promised: n },
  ...more,
});

const ask = (id: string) => ({ id, at, by: { kind: 'admin' as const }, request: { kind: 'check' as const } });
const open = () => openForAgent(directory, at);

/** A store with twenty commits and a waiting request, left as a kill leaves it. */
function killedStore(): void {
  const { store } = open();
  for (let n = 1; n <= 20; n += 1) store.commit(step(n));
  store.append(ask('waiting'));
  // What is on the disk now is what a kill leaves; closing would tidy up.
  for (const name of readdirSync(directory)) copyFileSync(join(directory, name), join(directory, `${name}.killed`));
  store.close();
  for (const name of readdirSync(directory)) if (!name.endsWith('.killed')) rmSync(join(directory, name));
  for (const name of readdirSync(directory)) {
    copyFileSync(join(directory, name), join(directory, name.replace(/\.killed$/, '')));
    rmSync(join(directory, name));
  }
}

describe('a sound store', () => {
  test('is opened as it is after a clean end and after a kill', () => {
    killedStore();
    const again = open();
    expect(again.found).toBeNull();
    expect(again.store.endedCleanly()).toBe(false);
    expect(again.store.checkpoint()?.context).toMatchObject({ ledger: { promised: 20 } });
    again.store.closeCleanly();
    const third = open();
    expect(third.found).toBeNull();
    expect(third.store.waitingRequests().map(({ id }) => id)).toEqual(['waiting']);
    third.store.closeCleanly();
    expect(readdirSync(directory).sort()).toEqual(['promises.json', 'upkeep.db']);
  });

  test('of the first version is brought up to date with all its rows', () => {
    const old = new SqliteDatabase(file());
    old.exec(FIRST_TABLES);
    old.pragma('user_version = 1');
    old
      .prepare(
        "INSERT INTO journal (at, monotonic_ms, type, event, value, because) VALUES (1, 2, 't', '{}', '{}', '[]')",
      )
      .run();
    old
      .prepare('INSERT INTO checkpoint (id, version, seq, value, context) VALUES (1, 1, 1, ?, ?)')
      .run('"assessing"', '{"a":1}');
    old
      .prepare(
        "INSERT INTO effect (id, name, recovery, input, started_seq) VALUES ('assess', 'gatherFacts', 'probe', '{}', 1)",
      )
      .run();
    old.close();
    const { store, found } = open();
    expect(found).toBeNull();
    expect(store.tablesVersion()).toBe(SCHEMA_VERSION);
    expect(store.journal()).toHaveLength(1);
    expect(store.checkpoint()).toEqual({ version: 1, value: 'assessing', context: { a: 1 } });
    expect(store.openEffects()).toMatchObject([{ id: 'assess' }]);
    expect(store.append(ask('new')).isNew).toBe(true);
    store.closeCleanly();
  });
});

describe('a damaged store', () => {
  const damages: [string, () => void][] = [
    ['garbage instead of a database', () => writeFileSync(file(), 'not a database at all '.repeat(500))],
    ['cut off in the middle', () => truncateSync(file(), 6_000)],
    ['emptied but for its name', () => truncateSync(file(), 0)],
    ['gone', () => rmSync(file())],
    [
      'zeroes in the middle',
      () => {
        const bytes = readFileSync(file());
        bytes.fill(0, 4_096, bytes.length - 4_096);
        writeFileSync(file(), bytes);
      },
    ],
    [
      'one changed figure in the saved place, which no index would notice',
      () => {
        const database = new SqliteDatabase(file());
        database.prepare(`UPDATE checkpoint SET context = replace(context, '"promised":20', '"promised":99')`).run();
        database.close();
      },
    ],
  ];

  test.each(damages)('%s: goes on with what people were promised, and keeps what was there', (name, damage) => {
    killedStore();
    const { store } = open();
    store.close();
    damage();
    const again = open();
    expect(again.found).toMatchObject({ how: 'fresh', promises: { promised: 20 } });
    expect(again.store.waitingRequests().map(({ id }) => id)).toEqual(['waiting']);
    if (name === 'gone') expect(again.found?.aside).toBeNull();
    else expect(readdirSync(again.found?.aside ?? '')).toContain('upkeep.db');
    again.store.commit(step(21));
    again.store.closeCleanly();
    const third = open();
    expect(third.found).toBeNull();
    third.store.closeCleanly();
  });

  test('with a backup: begins from it, and still with the promises of today', () => {
    const { store } = open();
    store.commit(step(1));
    store.append(ask('heard since'));
    expect(store.backUpIfDue(at)).toBe(true);
    const [heard] = store.waitingRequests();
    store.commit(step(2, { heard: [heard?.key ?? 0] }));
    store.append(ask('new since'));
    store.close();
    writeFileSync(file(), 'garbage '.repeat(1_000));
    const again = open();
    expect(again.found).toMatchObject({ how: 'backup', promises: { promised: 2 } });
    expect(again.store.journal()).toHaveLength(1);
    // A pause of yesterday must not be heard a second time.
    expect(again.store.waitingRequests().map(({ id }) => id)).toEqual(['new since']);
    again.store.closeCleanly();
  });

  test('a damaged backup is passed over for the one before it', () => {
    const { store } = open();
    store.commit(step(1));
    store.backUpIfDue(at);
    store.commit(step(2));
    store.backUpIfDue(at + 2 * DAY_MS);
    store.close();
    writeFileSync(join(directory, 'backup/upkeep.db'), 'garbage');
    writeFileSync(file(), 'garbage '.repeat(1_000));
    const again = open();
    expect(again.found).toMatchObject({ how: 'backup', promises: { promised: 2 } });
    expect(again.store.journal()).toHaveLength(1);
    again.store.closeCleanly();
  });

  test('promises that are not exactly what was written are none', () => {
    killedStore();
    const promises = join(directory, 'promises.json');
    writeFileSync(promises, readFileSync(promises, 'utf8').replace('promised\\\\\\":20', 'promised\\\\\\":99'));
    expect(readPromises(directory)).not.toBeNull();
    writeFileSync(promises, readFileSync(promises, 'utf8').replace(':20', ':99'));
    expect(readPromises(directory)).toBeNull();
    rmSync(file());
    const { store, found } = open();
    expect(found).toBeNull();
    store.closeCleanly();
  });

  test('at most three damaged stores are kept', () => {
    for (let n = 1; n <= 5; n += 1) {
      const { store } = open();
      store.commit(step(n));
      store.close();
      writeFileSync(file(), `garbage ${n} `.repeat(1_000));
    }
    open().store.closeCleanly();
    expect(readdirSync(join(directory, 'quarantine'))).toHaveLength(3);
  });
});

test('a store of a newer upkeep is kept aside, whole, and people keep what they were promised', () => {
  killedStore();
  const newer = new SqliteDatabase(file());
  newer.pragma(`user_version = ${SCHEMA_VERSION + 1}`);
  newer.close();
  const before = readFileSync(file());
  expect(() => Store.open(directory)).toThrow(expect.objectContaining({ code: 'store.too-new' }));
  const { store, found } = open();
  expect(found).toMatchObject({
    how: 'fresh',
    why: expect.stringContaining('newer upkeep'),
    promises: { promised: 20 },
  });
  expect(readFileSync(join(found?.aside ?? '', 'upkeep.db')).equals(before)).toBe(true);
  store.closeCleanly();
  for (let n = 0; n < 5; n += 1) {
    const raised = new SqliteDatabase(file());
    raised.pragma(`user_version = ${SCHEMA_VERSION + 1}`);
    raised.close();
    open().store.closeCleanly();
  }
  expect(readdirSync(join(directory, 'aside'))).toHaveLength(6);
});

describe('retention', () => {
  test('the journal is cut at a place to replay from, and what is left still leads to the same end', () => {
    const { store } = open();
    for (let n = 1; n <= 1_300; n += 1) store.commit(step(n, { at: at + n * 1_000, event: { n } }));
    expect(store.prune(at + DAY_MS)).toBe(0);
    expect(store.journalBase()).toBeNull();
    const later = at + 180 * DAY_MS + 1_100_000;
    expect(store.prune(later)).toBe(1_000);
    const [first] = store.journal();
    expect(first?.seq).toBe(1_001);
    expect(store.journalBase()?.context).toMatchObject({ ledger: { promised: 1_000 } });
    expect(store.prune(later)).toBe(0);
    store.closeCleanly();
  });

  test('an answered request is remembered for a month, so that sending it again does nothing', () => {
    const { store } = open();
    store.append(ask('once'));
    const [entry] = store.waitingRequests();
    store.commit(step(1, { heard: [entry?.key ?? 0] }));
    expect(store.append(ask('once'))).toEqual({ key: entry?.key, isNew: false });
    expect(store.waitingRequests()).toEqual([]);
    store.closeCleanly();
  });

  test('a backup is made once a day, also where the clock was set back', () => {
    const { store } = open();
    store.commit(step(1));
    const due = [at, at + DAY_MS / 2, at + DAY_MS, at - 300 * DAY_MS, at - 300 * DAY_MS + 1];
    expect(due.map((when) => store.backUpIfDue(when))).toEqual([true, false, true, true, false]);
    expect(existsSync(join(directory, 'backup/upkeep.1.db'))).toBe(true);
    store.closeCleanly();
  });
});

/** The tables of version 1, as they were released. */
const FIRST_TABLES = `
  CREATE TABLE journal (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, monotonic_ms REAL NOT NULL, type TEXT NOT NULL,
    event TEXT NOT NULL, value TEXT NOT NULL, because TEXT NOT NULL, wake_at INTEGER
  ) STRICT;
  CREATE TABLE checkpoint (
    id INTEGER PRIMARY KEY CHECK (id = 1), version INTEGER NOT NULL, seq INTEGER NOT NULL, value TEXT NOT NULL,
    context TEXT NOT NULL
  ) STRICT;
  CREATE TABLE checkpoint_aside (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, version INTEGER NOT NULL, value TEXT NOT NULL, context TEXT NOT NULL,
    why TEXT NOT NULL
  ) STRICT;
  CREATE TABLE effect (
    key INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, name TEXT NOT NULL, recovery TEXT NOT NULL,
    input TEXT NOT NULL, started_seq INTEGER NOT NULL, ended_seq INTEGER, ending TEXT
  ) STRICT;
  CREATE INDEX effect_open ON effect (key) WHERE ended_seq IS NULL;
`;
