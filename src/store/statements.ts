import type { Database } from 'better-sqlite3';

/** Every statement the store runs, prepared once. */
export type Statements = ReturnType<typeof prepare>;

export function prepare(database: Database) {
  return {
    checkpoint: database.prepare('SELECT version, value, context, sum FROM checkpoint WHERE id = 1'),
    lastSeq: database.prepare('SELECT seq FROM checkpoint WHERE id = 1').pluck(),
    insertJournal: database.prepare(
      'INSERT INTO journal (at, monotonic_ms, type, event, value, because, wake_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
    ),
    saveCheckpoint: database.prepare(
      `INSERT INTO checkpoint (id, version, seq, value, context, sum) VALUES (1, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET version = excluded.version, seq = excluded.seq, value = excluded.value,
         context = excluded.context, sum = excluded.sum`,
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
    journalSpan: database.prepare('SELECT count(*) AS rows, min(at) AS first, max(at) AS last FROM journal'),
    insertRequest: database.prepare(
      'INSERT INTO inbox (id, at, by, request) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO NOTHING',
    ),
    requestKey: database.prepare('SELECT key FROM inbox WHERE id = ?').pluck(),
    waitingRequests: database.prepare(
      'SELECT key, id, at, by, request FROM inbox WHERE heard_seq IS NULL ORDER BY key',
    ),
    hearRequest: database.prepare('UPDATE inbox SET heard_seq = ? WHERE key = ? AND heard_seq IS NULL'),
    note: database.prepare('SELECT value FROM note WHERE name = ?').pluck(),
    setNote: database.prepare(
      'INSERT INTO note (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
    ),
    insertKeyframe: database.prepare('INSERT INTO keyframe (seq, version, value, context) VALUES (?, ?, ?, ?)'),
    journalBase: database.prepare(
      `SELECT seq, version, value, context FROM keyframe
       WHERE seq < (SELECT min(seq) FROM journal) ORDER BY seq DESC LIMIT 1`,
    ),
    // The newest keyframe at or before the row that is too old, or too far from the end.
    prunable: database
      .prepare(
        `SELECT max(seq) FROM keyframe WHERE seq <= max(
           coalesce((SELECT max(seq) FROM journal WHERE at < ?), 0),
           (SELECT max(seq) FROM journal) - ?)`,
      )
      .pluck(),
    pruneJournal: database.prepare('DELETE FROM journal WHERE seq <= ?'),
    pruneKeyframes: database.prepare('DELETE FROM keyframe WHERE seq < ?'),
    pruneEffects: database.prepare('DELETE FROM effect WHERE ended_seq <= ?'),
    pruneInbox: database.prepare('DELETE FROM inbox WHERE heard_seq <= ? AND at < ?'),
    forgetUnless: database.prepare(
      'UPDATE inbox SET heard_seq = 0 WHERE heard_seq IS NULL AND id NOT IN (SELECT value FROM json_each(?))',
    ),
  };
}
