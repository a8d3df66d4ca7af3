import { DAY_MS, HOUR_MS, type Instant, isoOf, MINUTE_MS, readInstant, zoned } from '../domain/instant.ts';
import { UpkeepError } from '../domain/problem.ts';

/** A length such as 45m, 4h, 1d or 1d12h, in whole minutes and at most `mostDays`. Throws `usage.wrong`. */
export function lengthArgument(text: string, mostDays: number): number {
  const allowed = `a length such as 45m, 4h, 1d or 1d12h, of at most ${mostDays} days`;
  const [, days = '', hours = '', minutes = ''] = /^(?:(\d{1,3})d)?(?:(\d{1,4})h)?(?:(\d{1,6})m)?$/.exec(text) ?? [];
  const lengthMs = Number(days) * DAY_MS + Number(hours) * HOUR_MS + Number(minutes) * MINUTE_MS;
  if (lengthMs > 0 && lengthMs <= mostDays * DAY_MS) return lengthMs / MINUTE_MS;
  throw wrongArgument('LENGTH', text, allowed);
}

/** A time to come, local unless it names an offset, within a year. Throws `usage.wrong`. */
export function timeArgument(text: string, now: Instant, zone: string): Instant {
  const example = `${zoned(now + DAY_MS, zone).toPlainDate()}T18:00`;
  const allowed = `a date and time within the next year, such as ${example} (local) or ${isoOf(now + DAY_MS).slice(0, 10)}T17:00:00Z`;
  // A zone in brackets would be read over without a word, and a bare date would mean midnight.
  const at = text.includes('[') || text.trim().length <= 10 ? null : readInstant(text, zone);
  if (at === null) throw wrongArgument('TIME', text, allowed);
  if (at <= now) throw wrongArgument('TIME', text, allowed, ': that is over');
  if (at > now + 366 * DAY_MS) throw wrongArgument('TIME', text, allowed);
  return at;
}

function wrongArgument(name: string, given: string, allowed: string, why = ''): UpkeepError {
  return new UpkeepError('usage.wrong', `${name} cannot be ${given === '' ? 'empty' : JSON.stringify(given)}${why}.`, {
    remedy: `Give ${allowed}.`,
    facts: { argument: name },
  });
}
