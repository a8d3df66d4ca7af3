/**
 * A point in time: whole milliseconds since 1970-01-01T00:00Z. A plain number, so that it survives JSON unchanged;
 * every conversion to or from local time goes through Temporal here.
 */
export type Instant = number;

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

/** When something happened, on both clocks: the wall (may jump) and the monotonic one (stands still in sleep). */
export type Stamp = { at: Instant; monotonicMs: number };

/** The instant as ISO 8601 in UTC, to the second when it is whole: `2026-11-23T08:00:00Z`. */
export function isoOf(instant: Instant): string {
  return Temporal.Instant.fromEpochMilliseconds(instant).toString();
}

/** Local time in `zone` as an admin reads it: `Mon 23 Nov 2026, 09:00`. The same words stand in dialogs and status. */
export function localWords(instant: Instant, zone: string): string {
  const local = zoned(instant, zone);
  const clock = `${two(local.hour)}:${two(local.minute)}`;
  return `${weekdayShort(local)} ${local.day} ${MONTHS[local.month - 1]} ${local.year}, ${clock}`;
}

export function zoned(instant: Instant, zone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(zone);
}

/** The local calendar date of an instant, `2026-11-23`. */
export function localDate(instant: Instant, zone: string): string {
  return zoned(instant, zone).toPlainDate().toString();
}

/**
 * The instant of a local date and time of day. A time skipped by a daylight-saving change becomes the later one
 * (`compatible`): a promise may get longer, never shorter.
 */
export function instantAt(date: string, time: string, zone: string): Instant {
  const local = Temporal.PlainDate.from(date).toPlainDateTime(Temporal.PlainTime.from(time));
  return local.toZonedDateTime(zone, { disambiguation: 'later' }).epochMilliseconds;
}

/**
 * Reads an instant from ISO text: with an offset or `Z` as given, without one as local time in `zone`, a bare date as
 * its first moment there. Returns null when the text is none of these.
 */
export function readInstant(text: string, zone: string): Instant | null {
  const iso = text.trim();
  if (!/^\d{4}-\d{2}-\d{2}/.test(iso)) return null;
  try {
    if (/(?:[zZ]|[+-]\d{2}(?::?\d{2})?)$/.test(iso) && iso.length > 10)
      return Temporal.Instant.from(iso).epochMilliseconds;
    if (iso.length === 10) return Temporal.PlainDate.from(iso).toZonedDateTime(zone).epochMilliseconds;
    return Temporal.PlainDateTime.from(iso).toZonedDateTime(zone, { disambiguation: 'later' }).epochMilliseconds;
  } catch {
    return null;
  }
}

/** Whether the runtime knows this IANA zone. */
export function isZone(zone: string): boolean {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone);
    return true;
  } catch {
    return false;
  }
}

/** A length of time in words a person would use: `45 minutes`, `2 hours`, `1 day 3 hours`. */
export function lengthWords(lengthMs: number): string {
  const minutes = Math.round(lengthMs / MINUTE_MS);
  if (minutes < 1) return 'less than a minute';
  if (minutes < 120) return count(minutes, 'minute');
  const hours = Math.floor(minutes / 60);
  const restMinutes = minutes % 60;
  if (hours < 24)
    return restMinutes === 0 ? count(hours, 'hour') : `${count(hours, 'hour')} ${count(restMinutes, 'minute')}`;
  const days = Math.floor(hours / 24);
  const restHours = hours % 24;
  return restHours === 0 ? count(days, 'day') : `${count(days, 'day')} ${count(restHours, 'hour')}`;
}

/** `1 hour`, `2 hours`. */
export function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;
const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;

function weekdayShort(local: Temporal.ZonedDateTime): string {
  return WEEKDAYS[local.dayOfWeek - 1] ?? '';
}

function two(n: number): string {
  return String(n).padStart(2, '0');
}

/** A date and time without a zone, to the second, such as `2026-12-25T21:09:31`. */
export function isLocalTime(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(text)) return false;
  try {
    return Temporal.PlainDateTime.from(text, { overflow: 'reject' }).toString().length > 0;
  } catch {
    return false;
  }
}

/**
 * The first instant at which the clocks of a zone may be taken to show such a time: one that a daylight-saving change repeats or
 * skips is not expected later than somebody else acts on it.
 */
export function firstInstantAt(local: string, zone: string): Instant {
  return Temporal.PlainDateTime.from(local).toZonedDateTime(zone, { disambiguation: 'earlier' }).epochMilliseconds;
}

/** The first whole minute from then on: times are shown to the minute. */
export const wholeMinute = (at: Instant): Instant => Math.ceil(at / MINUTE_MS) * MINUTE_MS;

/** Such a date and time as it is in a zone at an instant. */
export function localTimeOf(at: Instant, zone: string): string {
  return zoned(at, zone).toPlainDateTime().toString({ smallestUnit: 'second' });
}
