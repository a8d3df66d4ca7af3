import { DAY_MS, HOUR_MS, type Instant, MINUTE_MS, readInstant, SECOND_MS, zoned } from '../domain/instant.ts';
import type { Values } from './command.ts';
import { textOption, wrongOption } from './options.ts';

const ALLOWED =
  'a date or time such as 2026-11-23 or 2026-11-23T08:00, a length such as 30m, 2h or 3d, today or yesterday';

const UNITS: Record<string, number> = { s: SECOND_MS, m: MINUTE_MS, h: HOUR_MS, d: DAY_MS };

/** The moment `--since` names, by the local clock; null when it is not given. Throws `usage.wrong`, also for the future. */
export function sinceOption(values: Values, now: Instant, zone: string): Instant | null {
  const given = textOption(values, 'since', ALLOWED);
  if (given === null) return null;
  const since = momentOf(given.trim(), now, zone);
  if (since === null) throw wrongOption('since', given, ALLOWED);
  if (since > now) throw wrongOption('since', given, ALLOWED, null, ': that is still to come');
  return since;
}

function momentOf(text: string, now: Instant, zone: string): Instant | null {
  if (text === 'today' || text === 'yesterday') {
    const day = zoned(now, zone).toPlainDate();
    return day.subtract({ days: text === 'today' ? 0 : 1 }).toZonedDateTime(zone).epochMilliseconds;
  }
  const [, number = '', unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const unitMs = UNITS[unit];
  return unitMs === undefined ? readInstant(text, zone) : now - Number(number) * unitMs;
}
