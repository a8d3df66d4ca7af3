import { type Instant, zoned } from '../../domain/instant.ts';

/** A point in launchd's calendar, by the local time of the Mac; a field that is missing means any. */
export type CalendarTime = { Month?: number; Day?: number; Hour?: number; Minute?: number };

/**
 * The entries of `StartCalendarInterval` for one wake at `due`, given that it is `now`: the first minute that begins
 * neither before `due` nor before this moment is over. There is no year in launchd's calendar, so a wake further ahead
 * than that comes a year early; the agent then finds nothing due and arms again.
 *
 * Where the local time exists twice, in the night when clocks go back, nobody promises which of the two launchd takes.
 * The first would be an hour early, which does no harm; should it take neither, the second entry is the first minute
 * that exists only once.
 */
export function calendarFor(due: Instant, now: Instant, zone: string): CalendarTime[] {
  const minute = startOf(due, now, zone);
  const repeatedUntil = endOfRepetition(minute);
  return repeatedUntil === null ? [entryOf(minute)] : [entryOf(minute), entryOf(repeatedUntil)];
}

/** The instant at which the minute of `calendarFor` begins: when launchd is to start the wake. */
export function firingFor(due: Instant, now: Instant, zone: string): Instant {
  return startOf(due, now, zone).epochMilliseconds;
}

/** When one of these daily times of the clock comes next after `now`. */
export function nextOf(times: readonly { Hour: number; Minute: number }[], now: Instant, zone: string): Instant {
  const today = zoned(now, zone).toPlainDate();
  const coming = [0, 1].flatMap((days) =>
    times.map(
      ({ Hour: hour, Minute: minute }) =>
        today.add({ days }).toZonedDateTime({ timeZone: zone, plainTime: { hour, minute } }).epochMilliseconds,
    ),
  );
  return Math.min(...coming.filter((at) => at > now));
}

function startOf(due: Instant, now: Instant, zone: string): Temporal.ZonedDateTime {
  const begun = minuteOf(zoned(now, zone));
  const earliest = minuteOf(zoned(Math.max(due, begun.epochMilliseconds + 1), zone));
  // By elapsed time and not on the local clock: after 02:59 the clock may go back to 02:00.
  return earliest.epochMilliseconds < Math.max(due, begun.epochMilliseconds + 1)
    ? earliest.add({ minutes: 1 })
    : earliest;
}

function minuteOf(time: Temporal.ZonedDateTime): Temporal.ZonedDateTime {
  return time.subtract({
    seconds: time.second,
    milliseconds: time.millisecond,
    microseconds: time.microsecond,
    nanoseconds: time.nanosecond,
  });
}

/** When a local time that exists twice is past for good; null for all others. */
function endOfRepetition(time: Temporal.ZonedDateTime): Temporal.ZonedDateTime | null {
  const local = time.toPlainDateTime();
  const first = local.toZonedDateTime(time.timeZoneId, { disambiguation: 'earlier' });
  const second = local.toZonedDateTime(time.timeZoneId, { disambiguation: 'later' });
  if (first.epochMilliseconds === second.epochMilliseconds) return null;
  const change = first.getTimeZoneTransition('next');
  // What is repeated ends as long after the change as the clock was set back.
  return change === null ? null : change.add({ milliseconds: second.epochMilliseconds - first.epochMilliseconds });
}

function entryOf({ month, day, hour, minute }: Temporal.ZonedDateTime): CalendarTime {
  return { Month: month, Day: day, Hour: hour, Minute: minute };
}
