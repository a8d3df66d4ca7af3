// The next wake as launchd's calendar fields, read back by an interpreter of its own: on time in every zone, over every
// change of the clocks, and harmless where a local time exists twice.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { calendarFor, firingFor, nextOf } from '../../../src/adapters/launchd/calendar.ts';
import { SAFETY_NET } from '../../../src/adapters/launchd/plists.ts';
import { DAY_MS, HOUR_MS, isoOf, MINUTE_MS, readInstant, zoned } from '../../../src/domain/instant.ts';
import { nextFiring, nextFiringOnce } from './calendar-reader.ts';

const at = (iso: string) => readInstant(iso, 'UTC') ?? Number.NaN;

const zones = fc.oneof(
  fc.constantFrom(
    'Europe/Berlin',
    'America/New_York',
    'America/St_Johns',
    'Australia/Lord_Howe',
    'Pacific/Chatham',
    'Pacific/Apia',
    'Asia/Kathmandu',
    'Africa/Casablanca',
    'Antarctica/Troll',
    'America/Nuuk',
    'UTC',
  ),
  fc.constantFrom(...Intl.supportedValuesOf('timeZone')),
);
const nows = fc.integer({ min: at('2026-01-01T00:00:00Z'), max: at('2036-12-31T23:59:59Z') });

/** Instants around the changes of the clocks of a zone, which chance alone would hardly find. */
const aroundChanges = (zone: string) =>
  fc
    .tuple(nows, fc.integer({ min: -3 * HOUR_MS, max: 3 * HOUR_MS }))
    .map(([from, off]) => (zoned(from, zone).getTimeZoneTransition('next')?.epochMilliseconds ?? from) + off);

const wakes = zones.chain((zone) =>
  fc.record({
    zone: fc.constant(zone),
    due: fc.oneof(nows, aroundChanges(zone)),
    ahead: fc.oneof(
      fc.integer({ min: 1, max: 3 * MINUTE_MS }),
      fc.integer({ min: 1, max: 2 * DAY_MS }),
      fc.integer({ min: 1, max: 363 * DAY_MS }),
    ),
  }),
);

describe('a wake ahead', () => {
  test('is fired at or after its time and less than a minute later, or was armed for a local time that exists twice', () => {
    fc.assert(
      fc.property(wakes, ({ zone, due, ahead }) => {
        const now = due - ahead;
        const entries = calendarFor(due, now, zone);
        const fired = nextFiring(entries, now, zone);
        if (entries.length === 1) {
          expect(fired).toBeGreaterThanOrEqual(due);
          expect(fired).toBeLessThan(due + MINUTE_MS);
          expect(firingFor(due, now, zone)).toBe(fired);
        } else {
          expect(fired).toBeGreaterThanOrEqual(due - 3 * HOUR_MS);
          expect(fired).toBeLessThan(due + MINUTE_MS);
        }
        expect(fired).toBeGreaterThan(now);
      }),
      { numRuns: 600 },
    );
  });

  test('fired too early, it finds nothing due, is armed again and comes on time', () => {
    fc.assert(
      fc.property(wakes, ({ zone, due, ahead }) => {
        let now = due - ahead;
        let early = 0;
        for (; now < due && early < 4; early += 1) now = nextFiring(calendarFor(due, now, zone), now, zone);
        expect(now).toBeGreaterThanOrEqual(due);
        expect(now).toBeLessThan(due + MINUTE_MS);
        expect(early).toBeLessThanOrEqual(2);
      }),
      { numRuns: 400 },
    );
  });

  test('with a launchd that knows each local time only once it comes at the latest when the repeated hours are over', () => {
    fc.assert(
      fc.property(wakes, fc.constantFrom('first' as const, 'second' as const), ({ zone, due, ahead }, which) => {
        let now = due - ahead;
        for (let wake = 0; now < due && wake < 4; wake += 1) {
          now = nextFiringOnce(calendarFor(due, now, zone), now, zone, which);
        }
        expect(now).toBeGreaterThanOrEqual(due);
        expect(now).toBeLessThan(due + 3 * HOUR_MS);
      }),
      { numRuns: 400 },
    );
  });

  test('in the night when clocks go back in Berlin: an hour early, then on time', () => {
    const due = at('2026-10-25T01:30:00Z');
    const entries = calendarFor(due, at('2026-10-24T10:00:00Z'), 'Europe/Berlin');
    expect(entries).toEqual([
      { Month: 10, Day: 25, Hour: 2, Minute: 30 },
      { Month: 10, Day: 25, Hour: 3, Minute: 0 },
    ]);
    const early = nextFiring(entries, at('2026-10-24T10:00:00Z'), 'Europe/Berlin');
    expect(isoOf(early)).toBe('2026-10-25T00:30:00Z');
    expect(isoOf(nextFiring(calendarFor(due, early, 'Europe/Berlin'), early, 'Europe/Berlin'))).toBe(isoOf(due));
  });

  test('at the turn of the year, and on the 29th of February', () => {
    const entry = (due: string, now: string) => calendarFor(at(due), at(now), 'America/New_York');
    expect(entry('2027-01-01T04:59:01Z', '2026-12-31T12:00:00Z')).toEqual([{ Month: 1, Day: 1, Hour: 0, Minute: 0 }]);
    expect(entry('2028-02-29T17:00:00Z', '2028-02-01T12:00:00Z')).toEqual([{ Month: 2, Day: 29, Hour: 12, Minute: 0 }]);
  });
});

describe('a wake that is due already', () => {
  test('comes with the next whole minute, never with the one that has begun', () => {
    fc.assert(
      fc.property(zones, nows, fc.integer({ min: 0, max: 400 * DAY_MS }), (zone, now, late) => {
        const firing = firingFor(now - late, now, zone);
        expect(firing).toBeGreaterThan(now);
        expect(firing).toBeLessThanOrEqual(now + MINUTE_MS);
        expect(firing % MINUTE_MS).toBe(0);
      }),
    );
  });
});

test('the safety net never leaves a Mac alone for more than nine hours, whatever the clocks do', () => {
  fc.assert(
    fc.property(zones, nows, (zone, now) => {
      const net = nextOf(SAFETY_NET, now, zone);
      expect(net).toBeGreaterThan(now);
      // Six in general; more where clocks go back, or a zone moved over the date line.
      expect(net - now).toBeLessThanOrEqual(9 * HOUR_MS);
    }),
  );
});
