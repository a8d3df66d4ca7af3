// Many whole lives from seeds, with faults, cuts, clock jumps, power cuts, travel and withdrawn updates, each watched by
// the invariants: nobody is ambushed, promises are kept, everything is bounded, no secret is in the open, every rest has
// a wake. A failing seed prints its options. UPKEEP_SEEDS=from-to runs others: UPKEEP_SEEDS=1-5000 npm test -- test/simulation
import { describe, expect, test } from 'vitest';
import { HOUR_MS } from '../../src/domain/instant.ts';
import { reportOn } from '../../src/simulator/report.ts';
import { simulate } from '../../src/simulator/simulate.ts';
import { Store } from '../../src/store/store.ts';
import { lifeFromSeed } from '../support/random-life.ts';

const [from = 1, to = 60] = (process.env.UPKEEP_SEEDS ?? '1-60').split('-').map(Number);
const CHUNK = 20;

/** More wakes than these would be polling: in a day on the average of the life, and in its busiest hour. */
const MOST_WAKES_A_DAY = 30;
const MOST_WAKES_AN_HOUR = 10;

/** The most wakes launchd fired within any hour. */
function busiestHour(happenings: readonly { kind: string; at: number }[]): number {
  const fired = happenings.filter((one) => one.kind === 'wake-fired').map((one) => one.at);
  return Math.max(0, ...fired.map((from) => fired.filter((at) => at >= from && at < from + HOUR_MS).length));
}

async function liveThrough(seed: number) {
  const { told, ...life } = lifeFromSeed(seed);
  const store = Store.inMemory();
  try {
    const input = { ...life, store };
    const run = await simulate(input);
    const report = reportOn(input, run);
    return { told, run, report };
  } finally {
    store.close();
  }
}

describe('whole lives from seeds', () => {
  const chunks = Array.from({ length: Math.ceil((to - from + 1) / CHUNK) }, (_, index) => from + index * CHUNK);
  const outcomes = new Map<string, number>();
  let checks = 0;

  test.each(chunks)('nothing that must not happen happens (20 seeds from %i)', async (first) => {
    for (let seed = first; seed < first + CHUNK && seed <= to; seed += 1) {
      const { told, run, report } = await liveThrough(seed);
      expect(report.invariants.violated, told).toEqual([]);
      expect(run.wakes, told).toBeLessThan(MOST_WAKES_A_DAY * 24);
      expect(busiestHour(run.mac.happenings), told).toBeLessThanOrEqual(MOST_WAKES_AN_HOUR);
      const codes = report.timeline.flatMap((entry) => entry.because.map((reason) => reason.code));
      expect(codes, told).not.toContain('too-many-steps');
      outcomes.set(report.outcome, (outcomes.get(report.outcome) ?? 0) + 1);
      checks += report.invariants.checked;
    }
  });

  test('the seeds really live: most end updated, and thousands of checks were made', () => {
    expect(outcomes.get('updated') ?? 0).toBeGreaterThan((to - from) / 2);
    expect(checks).toBeGreaterThan(100 * (to - from));
  });

  test('the same seed tells the same story to the byte', async () => {
    const [one, two] = [await liveThrough(7), await liveThrough(7)];
    expect(JSON.stringify(one.report)).toBe(JSON.stringify(two.report));
  });
});
