import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isActive, nextActive } from '../../src/domain/active-hours.ts';
import { scheduleFor, stageAt } from '../../src/domain/deadlines.ts';
import { deferralChoices, deferralEnd, timeChoices } from '../../src/domain/deferral.ts';
import {
  DAY_MS,
  firstInstantAt,
  HOUR_MS,
  instantAt,
  isoOf,
  lengthWords,
  localTimeOf,
  localWords,
  MINUTE_MS,
  readInstant,
} from '../../src/domain/instant.ts';
import type { ActiveHours } from '../../src/domain/settings.ts';
import { berlin, MONDAY_NINE, settings, ZONE } from '../support/situations.ts';

describe('instants', () => {
  test('are read with an offset, as local time, or as a bare date, and nothing else is guessed', () => {
    expect(readInstant('2026-11-02T08:00:00Z', ZONE)).toBe(MONDAY_NINE);
    expect(readInstant('2026-11-02T09:00:00+01:00', 'UTC')).toBe(MONDAY_NINE);
    expect(readInstant('2026-11-02T09:00', ZONE)).toBe(MONDAY_NINE);
    expect(readInstant('2026-11-02', ZONE)).toBe(berlin('2026-11-02T00:00'));
    for (const wrong of ['', 'tomorrow', '2026-02-31', '2026-11-02T25:00', '02.11.2026', '1793606400'])
      expect(readInstant(wrong, ZONE), wrong).toBeNull();
  });

  test('a time that daylight saving skips becomes the later one, a time it repeats the second', () => {
    expect(isoOf(instantAt('2026-03-29', '02:30', ZONE))).toBe('2026-03-29T01:30:00Z');
    expect(isoOf(instantAt('2026-10-25', '02:30', ZONE))).toBe('2026-10-25T01:30:00Z');
  });

  test('are told in words people read', () => {
    expect(localWords(MONDAY_NINE, ZONE)).toBe('Mon 2 Nov 2026, 09:00');
    expect(localWords(MONDAY_NINE, 'America/New_York')).toBe('Mon 2 Nov 2026, 03:00');
    expect(
      [20_000, MINUTE_MS, 90 * MINUTE_MS, 4 * HOUR_MS, 150 * MINUTE_MS, DAY_MS, 27 * HOUR_MS].map(lengthWords),
    ).toEqual([
      'less than a minute',
      '1 minute',
      '90 minutes',
      '4 hours',
      '2 hours 30 minutes',
      '1 day',
      '1 day 3 hours',
    ]);
  });
});

describe('deadlines', () => {
  const story = {
    zeroDate: berlin('2026-11-02T15:40'),
    zone: ZONE,
    deferralCount: 0,
    countReachedAt: 0,
    hardCountReachedAt: 0,
  };
  const none = { count: null, days: null, date: null };

  test('days count calendar days from the zero date and fall at the set time of day', () => {
    const { soft, hard } = scheduleFor(settings.deadlines, story);
    expect([soft, hard]).toEqual([
      { at: berlin('2026-11-12T12:00'), by: 'days' },
      { at: berlin('2026-11-16T12:00'), by: 'days' },
    ]);
  });

  test('across the end of daylight saving the local time of day stays what was promised', () => {
    const before = { ...story, zeroDate: berlin('2026-10-20T08:00') };
    expect(scheduleFor(settings.deadlines, before).soft.at).toBe(berlin('2026-10-30T12:00'));
  });

  test('the earliest rule of a name wins, whichever it is', () => {
    const rules = { ...settings.deadlines, hard: { count: 3, days: 14, date: '2026-11-09T18:30' } };
    expect(scheduleFor(rules, story).hard).toEqual({ at: berlin('2026-11-09T18:30'), by: 'date' });
    expect(
      scheduleFor(rules, {
        ...story,
        deferralCount: 3,
        countReachedAt: berlin('2026-11-04T10:00'),
        hardCountReachedAt: berlin('2026-11-04T11:05'),
      }).hard,
    ).toEqual({ at: berlin('2026-11-04T11:05'), by: 'count' });
    expect(scheduleFor({ ...rules, hard: { ...none, date: '2026-11-20' } }, story).hard.at).toBe(
      berlin('2026-11-20T12:00'),
    );
  });

  test('hard beats soft beats focus', () => {
    const schedule = scheduleFor(settings.deadlines, story);
    const stages = [
      '2026-11-03T12:00',
      '2026-11-07T12:00',
      '2026-11-12T12:00',
      '2026-11-16T11:59',
      '2026-11-16T12:00',
    ].map((text) => stageAt(schedule, berlin(text)));
    expect(stages).toEqual(['open', 'past-focus', 'past-soft', 'past-soft', 'past-hard']);
  });

  test('no rules, no deadline', () => {
    const schedule = scheduleFor({ ...settings.deadlines, focus: none, soft: none, hard: none }, story);
    expect(stageAt(schedule, MONDAY_NINE + 1000 * DAY_MS)).toBe('open');
  });
});

describe('active hours', () => {
  const office: ActiveHours[] = [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '17:00' }];
  const night: ActiveHours[] = [{ days: ['fri'], from: '22:00', to: '04:00' }];

  test.each([
    [office, '2026-11-02T09:00', true],
    [office, '2026-11-02T08:59', false],
    [office, '2026-11-02T17:00', false],
    [office, '2026-11-07T12:00', false],
    [night, '2026-11-06T23:00', true],
    [night, '2026-11-07T03:59', true],
    [night, '2026-11-07T04:00', false],
    [night, '2026-11-06T03:00', false],
    [[], '2026-11-07T03:00', true],
  ])('%j at %s: %s', (hours, text, expected) => expect(isActive(hours, berlin(text), ZONE)).toBe(expected));

  test.each([
    [office, '2026-11-02T17:00', '2026-11-03T09:00'],
    [office, '2026-11-06T17:00', '2026-11-09T09:00'],
    [night, '2026-11-07T04:00', '2026-11-13T22:00'],
  ])('%j, the next after %s is %s', (hours, text, expected) =>
    expect(nextActive(hours, berlin(text), ZONE)).toBe(berlin(expected)),
  );

  test('the next active instant is active, not before now, and nothing between is (any week of the year)', () => {
    const day = fc.constantFrom(
      'mon' as const,
      'tue' as const,
      'wed' as const,
      'thu' as const,
      'fri' as const,
      'sat' as const,
      'sun' as const,
    );
    const time = fc
      .tuple(fc.nat(23), fc.constantFrom(0, 15, 30, 45))
      .map(([hour, minute]) => `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`);
    const stretch = fc
      .record({ days: fc.uniqueArray(day, { minLength: 1 }), from: time, to: time })
      .filter(({ from, to }) => from !== to);
    fc.assert(
      fc.property(
        fc.array(stretch, { minLength: 1, maxLength: 3 }),
        fc.integer({ min: 0, max: 366 * 48 }),
        (hours, halfHours) => {
          const at = MONDAY_NINE + halfHours * 30 * MINUTE_MS;
          const next = nextActive(hours, at, ZONE);
          if (next === null) throw new Error('a weekly stretch always comes again');
          expect(next).toBeGreaterThanOrEqual(at);
          expect(isActive(hours, next, ZONE)).toBe(true);
          for (let between = at; between < next; between += 15 * MINUTE_MS)
            expect(isActive(hours, between, ZONE)).toBe(false);
        },
      ),
      { numRuns: 60 },
    );
  });
});

const NOW = { at: MONDAY_NINE, answeredBy: MONDAY_NINE };

describe('what a person may choose', () => {
  test('the whole menu, sorted and without doubles, when nothing limits it', () => {
    const choices = deferralChoices({ menuMinutes: [240, 60, 60, 1440], defaultMinutes: 60 }, NOW, null, ZONE);
    expect(choices.map((choice) => choice.label)).toEqual(['60 minutes', '4 hours', '1 day']);
  });

  test('a deferral is counted from the choice and ends at the limit at the latest', () => {
    expect(deferralEnd(MONDAY_NINE, 60, null)).toBe(MONDAY_NINE + HOUR_MS);
    expect(deferralEnd(MONDAY_NINE, 240, MONDAY_NINE + HOUR_MS)).toBe(MONDAY_NINE + HOUR_MS);
    expect(deferralEnd(MONDAY_NINE, 240, MONDAY_NINE - HOUR_MS)).toBe(MONDAY_NINE);
  });

  test('no choice reaches past the limit, whatever the menu (any menu, any limit)', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 5, max: 10_080 }), { maxLength: 6 }),
        fc.integer({ min: -10, max: 20_000 }),
        fc.integer({ min: 0, max: 120 }),
        (menuMinutes, minutesLeft, thinkingMinutes) => {
          const limit = MONDAY_NINE + minutesLeft * MINUTE_MS;
          const answeredBy = Math.max(MONDAY_NINE, Math.min(MONDAY_NINE + thinkingMinutes * MINUTE_MS, limit));
          const choices = deferralChoices(
            { menuMinutes, defaultMinutes: 60 },
            { at: MONDAY_NINE, answeredBy },
            limit,
            ZONE,
          );
          for (const { label, minutes } of choices) {
            // Whoever takes their time before they choose gets what the entry says all the same.
            const chosenAt = label.startsWith('until') ? MONDAY_NINE : answeredBy;
            expect(chosenAt + minutes * MINUTE_MS).toBeLessThanOrEqual(limit);
          }
          expect(choices.length > 0).toBe(minutesLeft >= 5);
          expect(new Set(choices.map((choice) => choice.label)).size).toBe(choices.length);
        },
      ),
    );
  });

  test('offered times are ahead by the lead, not past the limit, and in order', () => {
    const times = timeChoices(MONDAY_NINE, 60, berlin('2026-11-03T18:00'), ZONE).map((choice) => choice.label);
    expect(times).toEqual([
      'Mon 2 Nov 2026, 12:30',
      'Mon 2 Nov 2026, 17:30',
      'Mon 2 Nov 2026, 20:00',
      'Mon 2 Nov 2026, 22:00',
      'Tue 3 Nov 2026, 12:30',
      'Tue 3 Nov 2026, 17:30',
    ]);
  });
});

describe('a time that somebody else acts on', () => {
  const berlin = 'Europe/Berlin';
  const iso = (at: number) => new Date(at).toISOString();

  test('is the first of two where clocks show it twice, and no later than the gap where they skip it', () => {
    expect(iso(firstInstantAt('2026-10-25T02:30:00', berlin))).toBe('2026-10-25T00:30:00.000Z');
    expect(iso(firstInstantAt('2026-03-29T02:30:00', berlin))).toBe('2026-03-29T00:30:00.000Z');
    expect(iso(firstInstantAt('2026-11-16T12:00:00', berlin))).toBe('2026-11-16T11:00:00.000Z');
  });

  test('is written as it was read', () => {
    expect(localTimeOf(firstInstantAt('2026-11-16T12:00:05', berlin), berlin)).toBe('2026-11-16T12:00:05');
  });
});
