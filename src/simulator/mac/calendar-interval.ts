import { type Instant, instantAt, zoned } from '../../domain/instant.ts';

/** One entry of `StartCalendarInterval`: what it leaves out fits always. Sunday is 0 and 7. */
export type CalendarInterval = {
  Minute?: number | undefined;
  Hour?: number | undefined;
  Day?: number | undefined;
  Weekday?: number | undefined;
  Month?: number | undefined;
};

/** A 29th of February comes within eight years, also around a year without one. */
const MOST_DAYS = 8 * 366;
const HOURS = Array.from({ length: 24 }, (_, hour) => hour);
const MINUTES = Array.from({ length: 60 }, (_, minute) => minute);

/** The first whole minute after `after` that fits, in the local time of `zone`; null when none ever comes. */
export function nextFiring(interval: CalendarInterval, after: Instant, zone: string): Instant | null {
  const from = zoned(after, zone);
  let date = from.toPlainDate();
  for (let day = 0; day < MOST_DAYS; day += 1, date = date.add({ days: 1 })) {
    if (!fallsOn(interval, date)) continue;
    for (const hour of interval.Hour === undefined ? HOURS : [interval.Hour]) {
      if (day === 0 && hour < from.hour) continue;
      for (const minute of interval.Minute === undefined ? MINUTES : [interval.Minute]) {
        if (day === 0 && hour === from.hour && minute < from.minute) continue;
        const at = instantAt(date.toString(), `${two(hour)}:${two(minute)}`, zone);
        if (at > after) return at;
      }
    }
  }
  return null;
}

/** As in crontab, a day of the month and a day of the week given together are two ways to fit. */
function fallsOn({ Month, Day, Weekday }: CalendarInterval, date: Temporal.PlainDate): boolean {
  if (Month !== undefined && Month !== date.month) return false;
  const onDay = Day === date.day;
  const onWeekday = Weekday !== undefined && Weekday % 7 === date.dayOfWeek % 7;
  if (Day !== undefined && Weekday !== undefined) return onDay || onWeekday;
  return (Day === undefined || onDay) && (Weekday === undefined || onWeekday);
}

function two(n: number): string {
  return String(n).padStart(2, '0');
}
