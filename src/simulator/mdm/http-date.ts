const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** An instant as the header `date` has it. */
export function httpDate(instant: number): string {
  const zoned = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO('UTC');
  const two = (number: number): string => String(number).padStart(2, '0');
  const date = `${two(zoned.day)} ${MONTHS[zoned.month - 1]} ${zoned.year}`;
  return `${DAYS[zoned.dayOfWeek - 1]}, ${date} ${two(zoned.hour)}:${two(zoned.minute)}:${two(zoned.second)} GMT`;
}
