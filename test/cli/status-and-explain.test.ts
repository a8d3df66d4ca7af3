// `upkeep status` and `upkeep explain` over the state of a short simulation, and over directories that hold something else.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { temporaryDirectory, upkeep } from './terminal.ts';

const { directory, remove } = temporaryDirectory();
const at = (name: string) => join(directory, name);
const STATE = at('state');
const simulated: { timeline: { at: string; kind: string; text: string; because: unknown[] }[] } = { timeline: [] };

beforeAll(async () => {
  const { code, out } = await upkeep('simulate', '--days', '4', '--state', STATE, '--json');
  expect(code).toBe(0);
  Object.assign(simulated, JSON.parse(out));
});
afterAll(remove);

/** A directory with these files. */
function holding(name: string, files: Record<string, string>): string {
  mkdirSync(at(name));
  for (const [file, text] of Object.entries(files)) writeFileSync(join(at(name), file), text);
  return at(name);
}

/** A copy of the state, changed by SQL. */
function changed(name: string, sql: string): string {
  mkdirSync(at(name));
  copyFileSync(join(STATE, 'upkeep.db'), join(at(name), 'upkeep.db'));
  const database = new SqliteDatabase(join(at(name), 'upkeep.db'));
  database.exec(sql);
  database.close();
  return at(name);
}

async function refused(argv: string[], code: number, words: RegExp): Promise<void> {
  const answer = await upkeep(...argv);
  expect(answer).toMatchObject({ code, out: '' });
  expect(answer.err).toMatch(words);
  expect(answer.err).not.toMatch(/^\s+at /m);
}

describe('status', () => {
  const full = {
    schema: 'upkeep.status/1',
    writtenAt: '2026-11-05T08:35:00Z',
    zone: 'Europe/Berlin',
    state: 'resting.deferred',
    what: 'Updating to macOS Tahoe 26.6.2: put off until Fri 6 Nov 2026, 09:34 (4 deferrals so far)',
    next: { at: '2026-11-06T08:34:00Z', text: 'Fri 6 Nov 2026, 09:34: ask again' },
    later: { at: '2026-11-09T11:00:00Z', text: 'Mon 9 Nov 2026, 12:00: soft deadline' },
    why: ['it is offered', 'the person asked to be reminded'],
    because: [],
    problems: [{ code: 'storage-low', text: '3 GB are free', remedy: 'Free some space.' }],
    os: { version: '26.6', build: '25G72' },
    target: { title: 'macOS Tahoe 26.6.2', version: '26.6.2', build: '25G83', label: 'macOS Tahoe 26.6.2-25G83' },
    deferralCount: 4,
    deadlines: { focus: null, soft: '2026-11-09T11:00:00Z', hard: null },
    lastUpdate: null,
  };

  test('says what upkeep does, what comes next, why, and what stands in the way', async () => {
    const place = holding('full', { 'status.json': JSON.stringify(full) });
    expect(await upkeep('status', '--state', place)).toEqual({
      code: 0,
      out: `Updating to macOS Tahoe 26.6.2: put off until Fri 6 Nov 2026, 09:34 (4 deferrals so far)
Next      Fri 6 Nov 2026, 09:34: ask again
Then      Mon 9 Nov 2026, 12:00: soft deadline
Why       it is offered
          the person asked to be reminded
Problems  3 GB are free
          Free some space.
Deadlines Mon 9 Nov 2026, 12:00: soft, it can no longer be put off, only set for a time
Deferred  4 times
Runs      macOS 26.6 (25G72)
Written   Thu 5 Nov 2026, 09:35
`,
      err: '',
    });
  });

  test('a newer upkeep may have added to the file', async () => {
    const place = holding('newer', { 'status.json': JSON.stringify({ ...full, mood: 'good' }) });
    expect(await upkeep('status', '--state', place)).toMatchObject({ code: 0, err: '' });
  });

  test('after a simulation tells where the agent came to rest, as text and as the very file', async () => {
    const { code, out, err } = await upkeep('status', '--state', STATE);
    const file = readFileSync(join(STATE, 'status.json'), 'utf8');
    const status: { what: string; next: { text: string } } = JSON.parse(file);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out.split('\n').slice(0, 2)).toEqual([status.what, `Next      ${status.next.text}`]);
    expect(await upkeep('status', '--json', '--state', STATE)).toEqual({ code: 0, out: file, err: '' });
  });

  test.each<[string, () => string, number, RegExp]>([
    ['that is not there', () => at('nowhere'), 69, /there is no upkeep status in .*nowhere\.\nName the directory/],
    ['that is empty', () => holding('empty-1', {}), 69, /there is no upkeep status in /],
    ['that is a file', () => join(holding('file-1', { x: '' }), 'x'), 64, /is a file, and the state is kept in a dir/],
    [
      'with text in status.json',
      () => holding('text', { 'status.json': 'hello\n' }),
      65,
      /is not a status of upkeep: it is not a JSON object\.\n/,
    ],
    ['with null in status.json', () => holding('null', { 'status.json': 'null' }), 65, /it is not a JSON object/],
    [
      'with half a status.json',
      () => holding('half', { 'status.json': JSON.stringify(full).slice(0, 300) }),
      65,
      /it is not a JSON object/,
    ],
    [
      'with a status of another schema',
      () => holding('schema', { 'status.json': '{"schema":"upkeep.status/2"}' }),
      65,
      /its schema is upkeep\.status\/2, not upkeep\.status\/1/,
    ],
    [
      'with a status that lacks fields',
      () => holding('lacks', { 'status.json': JSON.stringify({ ...full, deadlines: undefined }) }),
      65,
      /its “deadlines” is missing or wrong/,
    ],
  ])('of a directory %s', async (_name, place, code, words) => {
    await refused(['status', '--state', place()], code, words);
  });

  test('of a directory whose status.json is a directory', async () => {
    mkdirSync(join(holding('nested', {}), 'status.json'));
    await refused(['status', '--state', at('nested')], 65, /the status cannot be read from .*: it is a directory/);
  });
});

describe('explain', () => {
  const explanation = z.strictObject({
    schema: z.literal('upkeep.explanation/1'),
    zone: z.literal('Europe/Berlin'),
    steps: z.array(
      z.strictObject({
        at: z.iso.datetime(),
        kind: z.string(),
        text: z.string(),
        because: z.array(z.looseObject({ code: z.string() })),
      }),
    ),
  });

  test('tells from the journal what the simulation told while it ran', async () => {
    const { code, out, err } = await upkeep('explain', '--last', '0', '--json', '--state', STATE);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const { steps } = explanation.parse(JSON.parse(out));
    // Restarts and the like are seen by the simulated Mac, not by the agent; they are in no journal.
    const agents = simulated.timeline.filter((entry) => entry.kind !== 'restart');
    expect(steps.length).toBeGreaterThan(5);
    expect(agents).toEqual(expect.arrayContaining(steps));
  });

  test('--last N gives the last N, each with its reasons below it', async () => {
    const { out } = await upkeep('explain', '--last', '2', '--state', STATE);
    const lines = out.trimEnd().split('\n');
    expect(lines.filter((line) => /^\S/.test(line))).toHaveLength(2);
    expect(lines.filter((line) => /^ /.test(line)).every((line) => /^ {25}because \S/.test(line))).toBe(true);
    const all = await upkeep('explain', '--last', '0', '--state', STATE);
    expect(all.out.endsWith(out)).toBe(true);
  });

  test('reads and changes nothing', async () => {
    const before = readFileSync(join(STATE, 'upkeep.db'));
    const first = await upkeep('explain', '--state', STATE);
    const second = await upkeep('explain', '--state', STATE);
    expect(second).toEqual(first);
    expect(readFileSync(join(STATE, 'upkeep.db')).equals(before)).toBe(true);
  });

  test('a journal in which nothing happened says so', async () => {
    const place = changed('nothing', 'DELETE FROM journal');
    expect(await upkeep('explain', '--state', place)).toEqual({ code: 0, out: 'Nothing has happened yet.\n', err: '' });
  });

  test.each<[string, () => string, number, RegExp]>([
    ['that is not there', () => at('nowhere'), 69, /there is no upkeep state in .*nowhere\.\nName the directory/],
    ['that is empty', () => holding('empty-2', {}), 69, /there is no upkeep state in /],
    ['that is a file', () => join(holding('file-2', { x: '' }), 'x'), 64, /is a file, and the state is kept in a dir/],
    [
      'with garbage in upkeep.db',
      () => holding('garbage', { 'upkeep.db': 'hello'.repeat(2_000) }),
      74,
      /the state in .* it is damaged \(file is not a database\)/,
    ],
    [
      'with another database in upkeep.db',
      () => changed('other', 'DROP TABLE journal'),
      74,
      /the state in .*cannot be read/,
    ],
    [
      'with a journal that is no JSON',
      () => changed('cut', `UPDATE journal SET event = '{"type"' WHERE seq = 2`),
      74,
      /the journal in .* is damaged: .*\.\nTake the state from a backup/,
    ],
    [
      'with a journal of something else',
      () => changed('alien', `UPDATE journal SET event = '{"type":1}' WHERE seq = 2`),
      65,
      /cannot be played again, entry 2 \([a-zA-Z.]+\): .*\.\nExplain it with the upkeep that wrote it/,
    ],
  ])('of a directory %s', async (_name, place, code, words) => {
    await refused(['explain', '--state', place()], code, words);
  });

  test('wants a number of entries', async () => {
    await refused(['explain', '--last', 'few', '--state', STATE], 64, /--last cannot be "few"\.\nGive a whole number/);
  });
});
