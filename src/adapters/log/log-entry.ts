import type { Instant } from '../../domain/instant.ts';
import { LOG_LEVELS, type LogLevel } from './log-level.ts';

/** One line of the log; `broken` is what a kill or a full disk left of one. */
export type LogEntry =
  | { kind: 'entry'; at: Instant; level: LogLevel; msg: string; fields: Record<string, unknown>; line: string }
  | { kind: 'broken'; line: string };

/** Reads a line; null for an empty one, which separates a broken line from the next. */
export function readEntry(line: string): LogEntry | null {
  if (line.trim() === '') return null;
  try {
    const { time, level, msg, ...fields } = JSON.parse(line) as Record<string, unknown>;
    const known = LOG_LEVELS.find((name) => name === level);
    if (known !== undefined && typeof time === 'string' && typeof msg === 'string') {
      return { kind: 'entry', at: Temporal.Instant.from(time).epochMilliseconds, level: known, msg, fields, line };
    }
  } catch {
    // Neither JSON nor a time: nothing to be read out of it.
  }
  return { kind: 'broken', line };
}
