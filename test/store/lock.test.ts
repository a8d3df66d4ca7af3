// One agent at a time, whoever else looks at the file of the lock at that moment.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { afterAll, expect, test } from 'vitest';
import { LOCK_FILE, lockAgent } from '../../src/store/lock.ts';

const directory = mkdtempSync(join(tmpdir(), 'upkeep-lock-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test('held by one, refused to the next at once, free when it is let go', () => {
  const held = lockAgent(directory);
  expect(() => lockAgent(directory)).toThrow(expect.objectContaining({ code: 'agent.locked' }));
  held.release();
  lockAgent(directory).release();
});

test('one who is on the way to the lock takes it from nobody: of two at once exactly one gets it', () => {
  // So far the other has come: it reads the file, which is the first step of taking it.
  const other = new SqliteDatabase(join(directory, LOCK_FILE));
  other.exec('BEGIN');
  other.prepare('SELECT count(*) FROM sqlite_master').get();
  const held = lockAgent(directory);
  expect(() => other.exec('CREATE TABLE never (x)')).toThrow(/locked/);
  other.close();
  held.release();
});
