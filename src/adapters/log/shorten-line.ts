/** A line longer than this is shortened, in bytes; some systems' log collectors take no more. */
export const LONGEST_LINE = 32_768;

const LONGEST_TEXT = 2_000;

/**
 * A log line that is not too long, and visibly shortened where it had to be: long texts end in `…`, long structures
 * become such texts, and `shortenedFrom` gives the bytes it had. Still one JSON object with the same fields.
 */
export function shortened(line: string): string {
  const bytes = Buffer.byteLength(line);
  if (bytes <= LONGEST_LINE) return line;
  const fields = JSON.parse(line) as Record<string, unknown>;
  for (const limit of [LONGEST_TEXT, LONGEST_TEXT / 20]) {
    const short = Object.entries(fields).map(([name, value]) => [name, shortValue(value, limit)]);
    const text = JSON.stringify({ ...Object.fromEntries(short), shortenedFrom: bytes });
    if (Buffer.byteLength(text) <= LONGEST_LINE) return text;
  }
  // Thousands of fields: only those that every line has.
  const { time, level, msg } = fields;
  return JSON.stringify({ time, level, msg: shortValue(msg, LONGEST_TEXT), shortenedFrom: bytes });
}

function shortValue(value: unknown, limit: number): unknown {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  if (text.length <= limit) return value;
  // Errors are what one reads a log for: each of their parts is shortened on its own.
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && 'message' in value) {
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, shortText(part, limit / 2)]));
  }
  return shortText(value, limit);
}

function shortText(value: unknown, limit: number): unknown {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return text.length <= limit ? value : `${text.slice(0, limit).toWellFormed()}…`;
}
