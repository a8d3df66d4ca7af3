import { type Instant, isZone, readInstant } from '../domain/instant.ts';
import { UpkeepError } from '../domain/problem.ts';
import type { Values } from './command.ts';

/** Reading of options: each returns a checked value or throws `usage.wrong` with what was given and what is allowed. */

export function textOption(values: Values, name: string): string | null {
  const value = values[name];
  if (value === undefined) return null;
  if (typeof value !== 'string' || value.trim() === '') throw wrongOption(name, value, 'a value that is not empty');
  return value;
}

export function wholeNumberOption(
  values: Values,
  name: string,
  range: { min: number; max: number; otherwise: number },
): number {
  const text = textOption(values, name);
  if (text === null) return range.otherwise;
  const number = Number(text);
  if (/^[+-]?\d+$/.test(text.trim()) && Number.isSafeInteger(number) && number >= range.min && number <= range.max)
    return number;
  throw wrongOption(name, text, `a whole number from ${range.min} to ${range.max}`);
}

export function choiceOption<T extends string>(values: Values, name: string, choices: readonly T[], otherwise: T): T {
  const text = textOption(values, name);
  if (text === null) return otherwise;
  const found = choices.find((choice) => choice === text);
  if (found !== undefined) return found;
  throw wrongOption(name, text, `one of: ${choices.join(', ')}`);
}

export function zoneOption(values: Values, otherwise: string): string {
  const text = textOption(values, 'zone');
  if (text === null) return otherwise;
  if (isZone(text) && /[A-Za-z]/.test(text)) return text;
  throw wrongOption('zone', text, 'an IANA time zone such as Europe/Berlin or America/New_York');
}

/** A moment between 2020 and 2099, local time of `zone` where it names no offset. */
export function instantOption(values: Values, name: string, zone: string, otherwise: string): Instant {
  const text = textOption(values, name) ?? otherwise;
  const at = readInstant(text, zone);
  const year = at === null ? 0 : Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO('UTC').year;
  if (at !== null && year >= 2020 && year <= 2099) return at;
  throw wrongOption(
    name,
    text,
    'an ISO date and time between 2020 and 2099, such as 2026-11-02T08:00 (local) or 2026-11-02T07:00:00Z',
  );
}

export function wrongOption(name: string, given: unknown, allowed: string): UpkeepError {
  return new UpkeepError('usage.wrong', `--${name} cannot be ${JSON.stringify(given)}`, {
    remedy: `Give ${allowed}.`,
    facts: { option: name },
  });
}
