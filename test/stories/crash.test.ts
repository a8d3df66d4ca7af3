// The agent's life is to be killed. Here it is cut off before and after commits of a whole story (every eighth one of the
// demo, every one with UPKEEP_CUTS=all; test/kill kills real processes at every commit), and started
// again by launchd half a minute later, with its tools ended as launchd ends them. Whatever the moment:
//   - the story ends as the calm one does: updated, with exactly one restart;
//   - the deadlines people were told are the same instants as in the calm story;
//   - every click is recorded once; at most the one click that fell into the cut is asked for again.
// The course in between may differ by seconds (the virtual Mac rolls its dice anew), so moments are not compared.
import { describe, expect, test } from 'vitest';
import { replay } from '../../src/machines/replay.ts';
import type { Cut } from '../../src/simulator/simulate.ts';
import { type Life, live, siliconMac } from '../support/lives.ts';
import { berlin } from '../support/situations.ts';

type Story = Parameters<typeof live>[0];

const ALL = process.env.UPKEEP_CUTS === 'all';

const demo: Story = {};
const typed: Story = { spec: siliconMac, persona: 'agreeable', days: 4, seed: 3 };
const scheduled: Story = { persona: 'nine-to-five', days: 21, seed: 2 };
const wrongPassword: Story = { spec: siliconMac, persona: 'forgetful', days: 4, seed: 1 };

/** What must not depend on when the agent was cut off. */
function promisesOf({ run, report }: Life) {
  const deadlines = new Set<string>();
  let clicks = 0;
  for (const one of run.mac.happenings) if (one.kind === 'dialog-answered') clicks += 1;
  let answers = 0;
  let deferralCount = 0;
  let counted = 0;
  for (const step of replay(run.journal)) {
    const { ledger, decision } = step.after.context;
    for (const reason of decision?.because ?? []) {
      if ((reason.code === 'deadline-ahead' || reason.code === 'deadline-passed') && reason.by === 'days')
        deadlines.add(`${reason.deadline} ${reason.at}`);
    }
    if (/^xstate\.done\.actor\.(ask|askTime|warn|askPassword|tell)$/.test(step.type)) {
      const { answer } = (step.event.output as { value: { answer: string } }).value;
      if (answer !== 'timed-out' && answer !== 'failed' && answer !== 'no-answer') answers += 1;
    }
    const before = step.before.context.ledger.target?.deferralCount ?? 0;
    const after = ledger.target?.deferralCount ?? before;
    if (after > before) {
      counted += after - before;
      deferralCount += 1;
    }
  }
  return {
    outcome: report.outcome,
    installs: report.restarts.filter((restart) => restart.by !== 'outside').length,
    restarts: report.restarts.length,
    violated: report.invariants.violated,
    deadlines: [...deadlines].sort(),
    unheardClicks: clicks - answers,
    // Every deferral was counted by one, once.
    doubleCounts: counted - deferralCount,
    restsWithoutWake: run.restsWithoutWake,
  };
}

async function cutEverywhere(story: Story, every: number): Promise<number> {
  const calm = await live(story);
  const expected = promisesOf(calm);
  expect(expected).toMatchObject({
    outcome: 'updated',
    installs: 1,
    restarts: 1,
    violated: [],
    unheardClicks: 0,
    doubleCounts: 0,
  });
  let runs = 0;
  for (let commit = 1; commit <= calm.run.commits; commit += every) {
    for (const when of ['before', 'after'] as const) {
      const cut: Cut = { commit, when };
      const cutOff = await live({ ...story, cuts: [cut] });
      const found = promisesOf(cutOff);
      const place = `cut off ${when} commit ${commit} of ${calm.run.commits}`;
      expect(cutOff.run.cutsMade, place).toBe(1);
      expect({ ...found, unheardClicks: 0 }, place).toEqual(expected);
      expect(found.unheardClicks, place).toBeLessThanOrEqual(1);
      runs += 1;
    }
  }
  return runs;
}

describe('cut off at any commit, the story ends as the calm one', () => {
  test('the demo: deferrals, soft deadline, warning, restart, validation (every eighth commit, before and after)', {
    timeout: 240_000,
  }, async () => {
    const runs = await cutEverywhere(demo, ALL ? 1 : 8);
    expect(runs).toBeGreaterThan(ALL ? 150 : 17);
  });

  test('Apple silicon: the password is forgotten and asked for again (every second commit)', async () => {
    expect(await cutEverywhere(typed, ALL ? 1 : 2)).toBeGreaterThan(10);
  });

  test('Apple silicon with a wrong password first (every third commit)', async () => {
    expect(await cutEverywhere(wrongPassword, ALL ? 1 : 3)).toBeGreaterThan(7);
  });

  test('times chosen and missed (every twelfth commit)', async () => {
    expect(await cutEverywhere(scheduled, ALL ? 1 : 12)).toBeGreaterThan(5);
  });

  test('cut off again and again, every few commits of a four-day story', async () => {
    // A life of less than four commits could never get from a look to the end of a dialog; these are a little longer.
    const gaps = [5, 9, 6, 12, 4, 7];
    let commit = 1;
    const cuts = Array.from({ length: 200 }, (_, index): Cut => {
      commit += gaps[index % gaps.length] ?? 5;
      return { commit, when: index % 2 === 0 ? 'after' : 'before' };
    });
    const { run, report } = await live({ ...typed, start: berlin('2026-11-02T08:00'), cuts });
    expect(run.cutsMade).toBeGreaterThan(3);
    expect(report.outcome).toBe('updated');
    expect(report.restarts).toHaveLength(1);
    expect(report.invariants.violated).toEqual([]);
  });
});
