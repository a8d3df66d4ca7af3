/** A date and time without a zone, to the second, such as `2026-12-25T21:09:31`. */
export function isLocalTime(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(text)) return false;
  try {
    return Temporal.PlainDateTime.from(text, { overflow: 'reject' }).toString().length > 0;
  } catch {
    return false;
  }
}
