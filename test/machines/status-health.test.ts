// The health of upkeep as problems in its status: only what is known to be wrong, each with what to do.
import { describe, expect, test } from 'vitest';
import { type Health, unknownHealth } from '../../src/domain/health.ts';
import { DAY_MS, HOUR_MS, isoOf, MINUTE_MS } from '../../src/domain/instant.ts';
import { firstContext } from '../../src/machines/context.ts';
import { explain } from '../../src/machines/explain.ts';
import { statusReadAt, statusWith } from '../../src/machines/status-health.ts';
import { MONDAY_NINE } from '../support/situations.ts';

const next = MONDAY_NINE + HOUR_MS;
const status = explain('resting.upToDate', { ...firstContext, wakeAt: next }, MONDAY_NINE);
const well: Health = {
  agent: { version: '0.1.0', pid: 4711, run: 'resting', wokeAt: isoOf(MONDAY_NINE) },
  launchd: { agentLoaded: true, wakeLoaded: true, nextWake: isoOf(next), armed: true },
  store: { tablesVersion: 2, lastBackupAt: isoOf(MONDAY_NINE - DAY_MS), recovered: null, aside: 0 },
  settings: { source: 'the defaults', problems: [] },
  inbox: { waiting: 0 },
};
const codes = (health: Health) => statusWith(status, health).problems.map(({ code }) => code);

describe('the health of upkeep', () => {
  test('has no problems where all is well, and none where nothing is known', () => {
    expect(codes(well)).toEqual([]);
    expect(codes(unknownHealth)).toEqual([]);
  });

  test.each<[string, Partial<Health>]>([
    ['health.agent-not-loaded', { launchd: { ...well.launchd, agentLoaded: false } }],
    ['health.wake-not-armed', { launchd: { ...well.launchd, armed: false } }],
    ['health.wake-not-armed', { launchd: { ...well.launchd, wakeLoaded: false } }],
    [
      'health.store-recovered',
      { store: { ...well.store, recovered: { at: isoOf(MONDAY_NINE), how: 'backup', why: 'the file was gone' } } },
    ],
    ['health.settings-wrong', { settings: { source: 'the managed preferences', problems: ['x is wrong.'] } }],
    ['health.password-refused', { passwords: [{ method: 'local-account', account: 'itadmin', trouble: 'drifted' }] }],
    ['health.backup-old', { store: { ...well.store, lastBackupAt: isoOf(MONDAY_NINE - 3 * DAY_MS - 1) } }],
  ])('%s', (code, wrong) => {
    const { problems, health } = statusWith(status, { ...well, ...wrong });
    expect(problems.map((problem) => problem.code)).toEqual([code]);
    for (const { text, remedy } of problems) expect([text, remedy]).not.toContain('');
    expect(health).toEqual({ ...well, ...wrong });
  });

  test('a backup of exactly three days is not old yet', () => {
    expect(codes({ ...well, store: { ...well.store, lastBackupAt: isoOf(MONDAY_NINE - 3 * DAY_MS) } })).toEqual([]);
  });

  test('problems of the update stay before it, and health said twice stands once', () => {
    const storage = { code: 'storage-low', text: '3 GB are free', remedy: 'Free some.' };
    const ill = { ...well, launchd: { ...well.launchd, armed: false } };
    const once = statusWith({ ...status, problems: [storage] }, ill);
    expect(once.problems.map(({ code }) => code)).toEqual(['storage-low', 'health.wake-not-armed']);
    expect(statusWith(once, ill)).toEqual(once);
    expect(statusWith(once, well).problems).toEqual([storage]);
  });

  test('of many mistakes in the settings the problem names three, and the health all', () => {
    const problems = ['a.', 'b.', 'c.', 'd.', 'e.'];
    const found = statusWith(status, { ...well, settings: { source: null, problems } });
    expect(found.problems[0]?.text).toMatch(/ a\. b\. c\. … and 2 more\.$/);
    expect(found.health?.settings.problems).toEqual(problems);
  });
});

describe('an agent that should have written by now', () => {
  const overdue = (health: Health | null, now: number, isAlive = true) => {
    const written = health === null ? status : statusWith(status, health);
    return statusReadAt(written, now, () => isAlive).problems.some(({ code }) => code === 'health.agent-overdue');
  };

  test.each([
    [next + 30 * MINUTE_MS, false],
    [next + 30 * MINUTE_MS + 1, true],
    [next - DAY_MS, false],
  ])('at %d: overdue %s', (now, is) => expect(overdue(well, now)).toBe(is));

  test('is not expected in the status of a simulation', () => expect(overdue(null, next + 365 * DAY_MS)).toBe(false));

  test('is waited for while its process works, however long, and missed when that is gone', () => {
    const working: Health = { ...well, agent: { ...well.agent, run: 'working' } };
    expect(overdue(working, next + DAY_MS, true)).toBe(false);
    expect(overdue(working, MONDAY_NINE + 20 * MINUTE_MS, false)).toBe(false);
    expect(overdue(working, MONDAY_NINE + 31 * MINUTE_MS, false)).toBe(true);
  });
});
