import { type Instant, isZone, readInstant, zoned } from '../domain/instant.ts';
import { UpkeepError } from '../domain/problem.ts';
import { nearestKey } from '../policy/nearest-key.ts';
import type { Values } from './command.ts';

/** Reading of options: each returns a checked value or throws `usage.wrong` with what was given and what is allowed. */

export function textOption(values: Values, name: string, allowed = 'a value that is not empty'): string | null {
  const value = values[name];
  if (value === undefined) return null;
  if (typeof value !== 'string' || value.trim() === '') throw wrongOption(name, value, allowed);
  return value;
}

/** Every value of an option that may be repeated. */
export function listOption(values: Values, name: string): readonly string[] {
  const value = values[name];
  return Array.isArray(value) ? value : [];
}

export function wholeNumberOption(
  values: Values,
  name: string,
  range: { min: number; max: number; otherwise: number },
): number {
  const allowed = `a whole number from ${range.min} to ${range.max}`;
  const text = textOption(values, name, allowed);
  if (text === null) return range.otherwise;
  const number = Number(text);
  const isWhole = /^[+-]?\d+$/.test(text.trim()) && Number.isSafeInteger(number);
  if (isWhole && number >= range.min && number <= range.max) return number;
  throw wrongOption(name, text, allowed);
}

export function choiceOption<T extends string>(values: Values, name: string, choices: readonly T[], otherwise: T): T {
  const allowed = `one of: ${choices.join(', ')}`;
  const text = textOption(values, name, allowed);
  if (text === null) return otherwise;
  const found = choices.find((choice) => choice === text);
  if (found !== undefined) return found;
  throw wrongOption(name, text, allowed, nearestKey(text, choices));
}

/** A zone by its IANA name, spelt as IANA does; a bare offset would know nothing of summer time. */
export function zoneOption(values: Values, otherwise: string): string {
  const allowed = 'an IANA time zone such as Europe/Berlin or America/New_York';
  const text = textOption(values, 'zone', allowed);
  if (text === null) return otherwise;
  if (isZone(text) && /[A-Za-z]/.test(text)) return zoned(0, text).timeZoneId;
  throw wrongOption('zone', text, allowed, nearestKey(text, Intl.supportedValuesOf('timeZone')));
}

const FIRST_YEAR = 2020;
const LAST_YEAR = 2099;

/** A moment between 2020 and 2099, local time of `zone` where it names no offset. */
export function instantOption(values: Values, name: string, zone: string, otherwise: string): Instant {
  const allowed = `an ISO date and time between ${FIRST_YEAR} and ${LAST_YEAR}, such as 2026-11-02T08:00 (local) or 2026-11-02T07:00:00Z`;
  const text = (textOption(values, name, allowed) ?? otherwise).trim();
  // A zone in brackets would be read over without a word; --zone is the place for it.
  const at = text.includes('[') ? null : readInstant(text, zone);
  if (at === null) {
    const looksRight = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?)?$/i.test(text);
    throw wrongOption(name, text, allowed, null, looksRight ? ': there is no such day or time of day' : '');
  }
  const { year } = zoned(at, zone);
  if (year >= FIRST_YEAR && year <= LAST_YEAR) return at;
  throw wrongOption(name, text, allowed);
}

export function wrongOption(
  name: string,
  given: unknown,
  allowed: string,
  nearest: string | null = null,
  why = '',
): UpkeepError {
  const value = given === '' ? 'empty' : JSON.stringify(given);
  const hint = nearest === null ? '' : ` Did you mean ${nearest}?`;
  return new UpkeepError('usage.wrong', `--${name} cannot be ${value}${why}.${hint}`, {
    remedy: `Give ${allowed}.`,
    facts: { option: name },
  });
}
