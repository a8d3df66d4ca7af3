import { SECOND_MS } from '../../domain/instant.ts';

/** How long a `Retry-After` wants one to wait: seconds, or a date of HTTP. Null where it is neither. */
export function retryAfterMs(header: string | undefined, nowMs: number): number | null {
  const text = header?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * SECOND_MS;
  const date = httpDate(text);
  return date === null ? null : Math.max(0, date - nowMs);
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The form that every HTTP server has to send: `Sun, 06 Nov 1994 08:49:37 GMT`. */
function httpDate(text: string): number | null {
  const [, day, month, year, time] = /^\w{3}, (\d{2}) (\w{3}) (\d{4}) (\d{2}:\d{2}:\d{2}) GMT$/.exec(text) ?? [];
  const index = MONTHS.indexOf(month ?? '');
  if (day === undefined || index < 0) return null;
  try {
    return Temporal.Instant.from(`${year}-${String(index + 1).padStart(2, '0')}-${day}T${time}Z`).epochMilliseconds;
  } catch {
    return null;
  }
}
