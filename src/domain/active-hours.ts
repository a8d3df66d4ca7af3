import { type Instant, instantAt, zoned } from './instant.ts';
import type { ActiveHours, Weekday } from './settings.ts';

const WEEKDAYS: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const HORIZON_DAYS = 15;

/** Whether people may be disturbed at this instant. No hours at all means always. */
export function isActive(hours: readonly ActiveHours[], at: Instant, zone: string): boolean {
  if (hours.length === 0) return true;
  // A stretch that began yesterday may run past midnight into today.
  return stretches(hours, at, zone, -1, 0).some((stretch) => stretch.from <= at && at < stretch.to);
}

/** The first instant from `at` on at which people may be disturbed; null when no such hour lies ahead. */
export function nextActive(hours: readonly ActiveHours[], at: Instant, zone: string): Instant | null {
  if (isActive(hours, at, zone)) return at;
  let next: Instant | null = null;
  for (const stretch of stretches(hours, at, zone, 0, HORIZON_DAYS)) {
    if (stretch.from > at && (next === null || stretch.from < next)) next = stretch.from;
  }
  return next;
}

/** The first instant after `at` at which people may not be disturbed; null when they may be for weeks on end. */
export function nextInactive(hours: readonly ActiveHours[], at: Instant, zone: string): Instant | null {
  const ends = stretches(hours, at, zone, -1, HORIZON_DAYS).map((stretch) => stretch.to);
  const later = ends.filter((end) => end > at && !isActive(hours, end, zone)).sort((a, b) => a - b);
  return hours.length === 0 ? null : (later[0] ?? null);
}

/** All active stretches that start between the given days (relative to the local day of `at`), as instants. */
function stretches(hours: readonly ActiveHours[], at: Instant, zone: string, firstDay: number, lastDay: number) {
  const today = zoned(at, zone).toPlainDate();
  const found: { from: Instant; to: Instant }[] = [];
  for (let day = firstDay; day <= lastDay; day += 1) {
    const date = today.add({ days: day });
    const weekday = WEEKDAYS[date.dayOfWeek - 1];
    for (const stretch of hours) {
      if (weekday === undefined || !stretch.days.includes(weekday)) continue;
      const endDate = stretch.to > stretch.from ? date : date.add({ days: 1 });
      found.push({ from: instantAt(date.toString(), stretch.from, zone), to: endOf(endDate, stretch.to, zone) });
    }
  }
  return found;
}

function endOf(date: Temporal.PlainDate, time: string, zone: string): Instant {
  return time === '24:00'
    ? instantAt(date.add({ days: 1 }).toString(), '00:00', zone)
    : instantAt(date.toString(), time, zone);
}
