// What launchd makes of calendar entries, written apart from the code that makes them: it knows no year, no seconds and
// no time zone but the Mac's own, and fires at the first minute after now whose local fields match.
import type { CalendarTime } from '../../../src/adapters/launchd/calendar.ts';

const QUARTER_MS = 15 * 60_000;
const FARTHEST_OFFSET_MS = 14 * 3_600_000;

/** Every instant around `now` at which the local clock shows what the entry says, in order. */
function matches({ Month = 1, Day = 1, Hour = 0, Minute = 0 }: CalendarTime, now: number, zone: string): number[] {
  const year = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO('UTC').year;
  const found: number[] = [];
  for (let y = year - 1; y <= year + 5; y += 1) {
    const asIfUtc = Date.UTC(y, Month - 1, Day, Hour, Minute);
    for (let offset = -FARTHEST_OFFSET_MS; offset <= FARTHEST_OFFSET_MS; offset += QUARTER_MS) {
      const local = Temporal.Instant.fromEpochMilliseconds(asIfUtc - offset).toZonedDateTimeISO(zone);
      const same =
        local.month === Month &&
        local.day === Day &&
        local.hour === Hour &&
        local.minute === Minute &&
        local.year === y;
      if (same) found.push(asIfUtc - offset);
    }
  }
  return found.sort((a, b) => a - b);
}

/** When launchd fires next, taking whichever of two equal local times comes first. */
export function nextFiring(entries: readonly CalendarTime[], now: number, zone: string): number {
  return Math.min(
    ...entries.flatMap((entry) =>
      matches(entry, now, zone)
        .filter((at) => at > now)
        .slice(0, 1),
    ),
  );
}

/** The same for a launchd that sees each local time only once, the first time or the second. */
export function nextFiringOnce(
  entries: readonly CalendarTime[],
  now: number,
  zone: string,
  which: 'first' | 'second',
): number {
  const once = entries.flatMap((entry) => {
    const all = matches(entry, now, zone);
    const isTwin = (at: number, other: number | undefined) => other !== undefined && Math.abs(other - at) < 86_400_000;
    return all.filter((at, i) => !isTwin(at, all[which === 'first' ? i - 1 : i + 1])).filter((at) => at > now);
  });
  return Math.min(...once);
}
