// How a fleet keeps from asking a server all at once.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../src/domain/instant.ts';
import { nextPollMs, PUSH_SPREAD_MS, pushOffsetMs } from '../../src/policy/push-pace.ts';
import { udids } from '../support/mdm-fleet.ts';

test('a Mac keeps its turn for a release, whoever spells its name, and has another for the next', () => {
  const [one = '', two = ''] = udids(2);
  expect(pushOffsetMs(one, '26.1')).toBe(pushOffsetMs(one.toLowerCase(), '26.1'));
  expect(pushOffsetMs(one, '26.1')).not.toBe(pushOffsetMs(one, '26.2'));
  expect(pushOffsetMs(one, '26.1')).not.toBe(pushOffsetMs(two, '26.1'));
});

test.each(['26.1', '26.6.2', '27.0'])('the turns for %s are spread evenly', (version) => {
  const hours = new Array<number>(24).fill(0);
  for (const udid of udids(10_000)) {
    const offset = pushOffsetMs(udid, version);
    expect(Number.isInteger(offset) && offset >= 0 && offset < PUSH_SPREAD_MS).toBe(true);
    const hour = Math.floor(offset / HOUR_MS);
    hours[hour] = (hours[hour] ?? 0) + 1;
  }
  // 417 on average, with a deviation of 20.
  expect(Math.min(...hours)).toBeGreaterThan(330);
  expect(Math.max(...hours)).toBeLessThan(500);
});

test('never sooner than a minute, never later than six hours, and never sooner again', () => {
  fc.assert(
    fc.property(fc.nat(100 * HOUR_MS), fc.nat(HOUR_MS), (since, more) => {
      expect(nextPollMs(since)).toBeGreaterThanOrEqual(MINUTE_MS);
      expect(nextPollMs(since)).toBeLessThanOrEqual(6 * HOUR_MS);
      expect(nextPollMs(since + more)).toBeGreaterThanOrEqual(nextPollMs(since));
    }),
  );
  expect([0, 1, 4, 60, 3_000].map((minutes) => nextPollMs(minutes * MINUTE_MS) / MINUTE_MS)).toEqual([
    1, 1, 2, 30, 360,
  ]);
});
