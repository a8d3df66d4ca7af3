// What admins and people ask for, in whole lives on the simulated Mac. The invariants (fair warning, promise kept and the
// rest) are checked in every one of them; each request is heard exactly once, wherever the agent is cut off.
import { describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/domain/instant.ts';
import type { Request, Requester } from '../../src/domain/request.ts';
import { reportOn } from '../../src/simulator/report.ts';
import { type SimulationInput, simulate } from '../../src/simulator/simulate.ts';
import { Store } from '../../src/store/store.ts';
import { intelMac, type Life, live, threeWeeks } from '../support/lives.ts';
import { berlin, offer } from '../support/situations.ts';

const START = berlin('2026-11-02T08:00');
const admin: Requester = { kind: 'admin' };
const anna: Requester = { kind: 'user', uid: 501 };
const ask = (afterMs: number, request: Request, by: Requester = admin) => ({ afterMs, by, request });

const told = ({ run }: Life) =>
  run.journal.filter((row) => row.type === 'request.heard').map((row) => (row.event as { id: string }).id);
const restartsOf = ({ run }: Life) =>
  run.mac.happenings.filter((one) => one.kind === 'restart' && one.cause === 'softwareupdate');
const dialogsOf = ({ run }: Life) => run.mac.happenings.filter((one) => one.kind === 'dialog-opened');

function fair({ report }: Life): void {
  expect(report.invariants.violated).toEqual([]);
}

describe('an administrator', () => {
  test('who asks for the install gets it after a full warning, days before any deadline', async () => {
    const life = await live({ requests: [ask(26 * HOUR_MS, { kind: 'install' })], days: 4 });
    fair(life);
    expect(life.report.outcome).toBe('updated');
    const [restart] = restartsOf(life);
    const asked = START + 26 * HOUR_MS;
    expect(restart?.at).toBeGreaterThanOrEqual(asked + threeWeeks.warning.floorMinutes * MINUTE_MS);
    expect(restart?.at).toBeLessThan(asked + 6 * HOUR_MS);
    expect(life.report.restarts).toMatchObject([{ by: 'order' }]);
  });

  test('who pauses upkeep has a Mac on which nobody is asked until the pause ends or is ended', async () => {
    const pause = ask(HOUR_MS / 2, { kind: 'pause', until: START + 10 * DAY_MS });
    const paused = await live({ requests: [pause], days: 9 });
    fair(paused);
    const quiet = dialogsOf(paused).filter((one) => one.at > START + HOUR_MS / 2);
    expect(quiet).toEqual([]);
    expect(paused.run.status).toMatchObject({ state: 'resting.paused' });
    const resumed = await live({ requests: [pause, ask(3 * DAY_MS + 2 * HOUR_MS, { kind: 'resume' })], days: 9 });
    fair(resumed);
    expect(dialogsOf(resumed).filter((one) => one.at > START + 3 * DAY_MS).length).toBeGreaterThan(0);
  });

  test('a pause across the hard deadline only delays: people are warned for the full length after it', async () => {
    const life = await live({ requests: [ask(13 * DAY_MS, { kind: 'pause', until: START + 17 * DAY_MS })] });
    fair(life);
    expect(life.report.outcome).toBe('updated');
    expect(restartsOf(life)).toHaveLength(1);
    expect(restartsOf(life)[0]?.at).toBeGreaterThan(START + 17 * DAY_MS);
  });

  test('gets a halted Mac going again with a reset', async () => {
    const fails = {
      ...intelMac,
      faults: [{ name: 'install-fails' as const, times: threeWeeks.budgets.installAttempts }],
    };
    const input = { spec: fails, persona: 'agreeable' as const, days: 6 };
    const halted = await live(input);
    expect(halted.report.outcome).toBe('halted');
    const again = await live({ ...input, requests: [ask(4 * DAY_MS, { kind: 'reset' })] });
    fair(again);
    expect(again.report.outcome).toBe('updated');
  });
});

describe('the person at the Mac', () => {
  test('may install at once: their word is the consent', async () => {
    const life = await live({ requests: [ask(30 * HOUR_MS, { kind: 'install' }, anna)], days: 4 });
    fair(life);
    expect(life.report.restarts).toMatchObject([{ by: 'person' }]);
    expect(restartsOf(life)[0]?.at).toBeLessThan(START + 31 * HOUR_MS);
  });

  test('may choose a time from the command line, and is warned of it and restarted at it', async () => {
    const at = berlin('2026-11-04T10:30');
    const life = await live({ requests: [ask(30 * HOUR_MS, { kind: 'schedule', at }, anna)], days: 4 });
    fair(life);
    expect(life.report.outcome).toBe('updated');
    const [restart] = restartsOf(life);
    expect(restart?.at).toBeGreaterThanOrEqual(at);
    expect(restart?.at).toBeLessThan(at + 16 * MINUTE_MS);
  });

  test('may put it off, and is not asked before that', async () => {
    const life = await live({ requests: [ask(2 * HOUR_MS, { kind: 'defer', minutes: 240 }, anna)], days: 1 });
    fair(life);
    const from = START + 2 * HOUR_MS;
    expect(dialogsOf(life).filter((one) => one.at > from && one.at < from + 4 * HOUR_MS)).toEqual([]);
  });
});

test('cut off before and after every commit, each request is heard exactly once and the story ends the same', async () => {
  const requests = [
    ask(2 * HOUR_MS, { kind: 'defer', minutes: 60 }, anna),
    ask(5 * HOUR_MS, { kind: 'pause', until: START + 20 * HOUR_MS }),
    ask(7 * HOUR_MS, { kind: 'resume' }),
    ask(26 * HOUR_MS, { kind: 'install' }),
  ];
  const story = { requests, days: 3, persona: 'procrastinator' as const };
  const calm = await live(story);
  expect(calm.report.outcome).toBe('updated');
  for (let commit = 1; commit <= calm.run.commits; commit += 1) {
    for (const when of ['before', 'after'] as const) {
      const life = await live({ ...story, cuts: [{ commit, when }] });
      expect(life.report.invariants.violated, `${commit} ${when}`).toEqual([]);
      expect({ outcome: life.report.outcome, restarts: restartsOf(life).length, told: told(life) }).toEqual({
        outcome: 'updated',
        restarts: 1,
        told: ['request-0', 'request-1', 'request-2', 'request-3'],
      });
    }
  }
});

test('what is asked while the agent is dead is heard at its next wake', async () => {
  const store = Store.inMemory();
  store.append({ id: 'early', at: START, by: admin, request: { kind: 'pause', until: START + 5 * DAY_MS } });
  store.append({ id: 'early', at: START, by: admin, request: { kind: 'pause', until: START + 5 * DAY_MS } });
  const input: SimulationInput = {
    settings: threeWeeks,
    spec: intelMac,
    offers: [offer],
    persona: 'procrastinator',
    days: 2,
    start: START,
    seed: 11,
    store,
  };
  const run = await simulate(input);
  const report = reportOn(input, run);
  expect(run.journal.filter((row) => row.type === 'request.heard')).toHaveLength(1);
  expect(report.timeline.find((entry) => entry.kind === 'request')?.text).toMatch(
    /^An administrator asked for a pause/,
  );
  store.close();
});
