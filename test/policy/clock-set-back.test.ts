// A clock that is set back must not put anything off for a year, and one that ran ahead and was corrected must not have
// shortened anything: lengths that were promised stay whole.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/domain/instant.ts';
import type { Ledger } from '../../src/domain/ledger.ts';
import { afterClockSetBack } from '../../src/policy/clock-set-back.ts';
import { decide } from '../../src/policy/decide.ts';
import { observe } from '../../src/policy/observe.ts';
import { BOOT, factsAt, ledgerWith, MONDAY_NINE, settings, targetFoundAt } from '../support/situations.ts';

const YEAR_MS = 365 * DAY_MS;
const AHEAD = MONDAY_NINE + YEAR_MS;

test('what a clock a year ahead wrote down is moved to now, with its lengths', () => {
  const ledger = ledgerWith({
    target: targetFoundAt(AHEAD, { countedAt: AHEAD + 4 * HOUR_MS, deferralCount: 1 }),
    deferral: { chosenAt: AHEAD, until: AHEAD + 4 * HOUR_MS },
    order: { at: AHEAD },
  });
  const now = MONDAY_NINE + HOUR_MS;
  const { target, deferral, order } = afterClockSetBack(ledger, now, settings);
  expect(deferral).toEqual({ chosenAt: now, until: now + 4 * HOUR_MS });
  expect(target).toMatchObject({ foundAt: now, zeroDate: now, countedAt: now + 4 * HOUR_MS, deferralCount: 1 });
  expect(order).toEqual({ at: now });
});

test('a chosen time keeps its distance, to the whole minute', () => {
  const ledger = ledgerWith({ scheduled: { chosenAt: AHEAD, at: AHEAD + 30 * HOUR_MS } });
  expect(afterClockSetBack(ledger, MONDAY_NINE + 1, settings).scheduled).toEqual({
    chosenAt: MONDAY_NINE + 1,
    at: MONDAY_NINE + 30 * HOUR_MS + MINUTE_MS,
  });
});

test('a warning shown by a clock that has been set back since is shown anew, for its full length', () => {
  const hardPassed = targetFoundAt(MONDAY_NINE - 20 * DAY_MS);
  const warning = {
    promptId: 1,
    restartAt: AHEAD + HOUR_MS,
    why: 'deadline',
    openedAt: AHEAD,
    openedMonotonicMs: 0,
    seen: 'unlocked',
    boot: BOOT,
    uid: 501,
    told: true,
  } as const;
  const facts = factsAt(MONDAY_NINE);
  const ledger = observe(ledgerWith({ target: hardPassed, warning }), facts, settings);
  const decision = decide(settings, facts, ledger);
  expect(decision).toMatchObject({ kind: 'warn' });
  const restartAt = decision.kind === 'warn' ? decision.restartAt : 0;
  expect(restartAt - MONDAY_NINE).toBeGreaterThanOrEqual(settings.warning.floorMinutes * MINUTE_MS);
  expect(restartAt - MONDAY_NINE).toBeLessThan(2 * HOUR_MS);
});

test('a clock that ran a year ahead and is right again has neither shortened nor lengthened a deadline', () => {
  const before = ledgerWith({ target: targetFoundAt(MONDAY_NINE) });
  const meanwhile = observe(before, factsAt(AHEAD), settings);
  const after = observe(meanwhile, factsAt(MONDAY_NINE + DAY_MS), settings);
  expect(after.target).toMatchObject({ zeroDate: MONDAY_NINE, foundAt: MONDAY_NINE, deferralCount: 0 });
});

test('a fixed day 0 ahead is the will of the administrator and stays', () => {
  const fixed = { ...settings, deadlines: { ...settings.deadlines, zeroDate: '2027-01-01' } };
  const ledger = ledgerWith({ target: targetFoundAt(MONDAY_NINE, { zeroDate: AHEAD }) });
  expect(afterClockSetBack(ledger, MONDAY_NINE, fixed).target?.zeroDate).toBe(AHEAD);
});

test('with a clock that goes on nothing changes, and no promise is ever cut short', () => {
  const instants = fc.integer({ min: 0, max: 2 * YEAR_MS }).map((ms) => MONDAY_NINE + ms);
  const lengths = fc.integer({ min: MINUTE_MS, max: 2 * DAY_MS });
  fc.assert(
    fc.property(instants, lengths, fc.integer({ min: -2 * YEAR_MS, max: 2 * YEAR_MS }), (chosenAt, length, passed) => {
      const ledger: Ledger = ledgerWith({
        target: targetFoundAt(chosenAt, { countedAt: chosenAt + length }),
        deferral: { chosenAt, until: chosenAt + length },
      });
      const at = chosenAt + passed;
      const after = afterClockSetBack(ledger, at, settings);
      if (passed >= 0) expect(after).toEqual(ledger);
      const until = after.deferral?.until ?? 0;
      const remaining = until - at;
      // Never shorter than what was left by the clock that promised it, and never longer than the whole.
      expect(remaining).toBeGreaterThanOrEqual(length - Math.max(0, passed));
      if (passed < -MINUTE_MS) expect(remaining).toBe(length);
    }),
    { numRuns: 1000 },
  );
});
