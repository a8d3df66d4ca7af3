import type { Database } from 'better-sqlite3';
import { UpkeepError } from '../domain/problem.ts';

/** The version of the tables this program writes. */
export const SCHEMA_VERSION = 3;

/** One step per version, each with its reason; a step is never changed once released. */
const LADDER: Record<number, string> = {
  // The first tables: what happened, where the agent is, what was started.
  1: `
    CREATE TABLE journal (
      seq INTEGER PRIMARY KEY AUTOINCREMENT,
      at INTEGER NOT NULL,
      monotonic_ms REAL NOT NULL,
      type TEXT NOT NULL,
      event TEXT NOT NULL,
      value TEXT NOT NULL,
      because TEXT NOT NULL,
      wake_at INTEGER
    ) STRICT;
    CREATE TABLE checkpoint (
      id INTEGER PRIMARY KEY CHECK (id = 1),
      version INTEGER NOT NULL,
      seq INTEGER NOT NULL,
      value TEXT NOT NULL,
      context TEXT NOT NULL
    ) STRICT;
    CREATE TABLE checkpoint_aside (
      seq INTEGER PRIMARY KEY AUTOINCREMENT,
      version INTEGER NOT NULL,
      value TEXT NOT NULL,
      context TEXT NOT NULL,
      why TEXT NOT NULL
    ) STRICT;
    CREATE TABLE effect (
      key INTEGER PRIMARY KEY AUTOINCREMENT,
      id TEXT NOT NULL,
      name TEXT NOT NULL,
      recovery TEXT NOT NULL,
      input TEXT NOT NULL,
      started_seq INTEGER NOT NULL,
      ended_seq INTEGER,
      ending TEXT
    ) STRICT;
    CREATE INDEX effect_open ON effect (key) WHERE ended_seq IS NULL;
  `,
  // What people and administrators ask for, kept until the agent has heard it.
  2: `
    CREATE TABLE inbox (
      key INTEGER PRIMARY KEY AUTOINCREMENT,
      id TEXT NOT NULL UNIQUE,
      at INTEGER NOT NULL,
      by TEXT NOT NULL,
      request TEXT NOT NULL,
      heard_seq INTEGER
    ) STRICT;
    CREATE INDEX inbox_waiting ON inbox (key) WHERE heard_seq IS NULL;
  `,
  // Survival: how the last run ended and other notes of the store's own; places to replay from once the beginning of the
  // journal is gone; a sum that tells whether the saved place is what was written.
  3: `
    CREATE TABLE note (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
    CREATE TABLE keyframe (
      seq INTEGER PRIMARY KEY,
      version INTEGER NOT NULL,
      value TEXT NOT NULL,
      context TEXT NOT NULL
    ) STRICT;
    ALTER TABLE checkpoint ADD COLUMN sum TEXT;
  `,
};

/** Brings the tables up to date, one committed step at a time. A newer file is left alone and reported. */
export function migrate(database: Database): void {
  const version = tablesVersion(database);
  if (version > SCHEMA_VERSION) throw tooNew(version);
  for (let next = version + 1; next <= SCHEMA_VERSION; next += 1) {
    const step = LADDER[next];
    if (step === undefined) throw new Error(`no migration step ${next}`);
    database.transaction(() => {
      database.exec(step);
      database.pragma(`user_version = ${next}`);
    })();
  }
}

/** For whoever only looks: the tables must be ones this program knows, and there must be some. */
export function requireKnownTables(database: Database): void {
  const version = tablesVersion(database);
  if (version > SCHEMA_VERSION) throw tooNew(version);
  if (version === SCHEMA_VERSION) return;
  if (version >= 1) {
    throw new UpkeepError('store.unusable', `the state was written by an older upkeep (tables version ${version})`, {
      remedy: 'The agent brings it up to date at its next wake; ask again then.',
      facts: { version, known: SCHEMA_VERSION },
    });
  }
  throw new UpkeepError('store.unusable', `${database.name} is a database, but not one of upkeep`, {
    remedy: 'Name the state directory of an agent or of a simulation.',
    facts: { file: database.name },
  });
}

function tooNew(version: number): UpkeepError {
  return new UpkeepError(
    'store.too-new',
    `the state was written by a newer upkeep (tables version ${version}, this one knows ${SCHEMA_VERSION})`,
    {
      remedy: 'Install the newer upkeep again; nothing was changed.',
      facts: { version, known: SCHEMA_VERSION },
    },
  );
}

export function tablesVersion(database: Database): number {
  return Number(database.pragma('user_version', { simple: true }));
}
