import { type Instant, instantAt } from '../domain/instant.ts';
import type { DeadlineRule, Settings } from '../domain/settings.ts';

/** The deadlines in the order in which they must fall, and the ways in which each can be set. */
export const STAGES = ['focus', 'soft', 'hard'] as const;
export const FAMILIES = ['count', 'days', 'date'] as const;
export type Stage = (typeof STAGES)[number];

export function isSet(rule: DeadlineRule): boolean {
  return FAMILIES.some((family) => rule[family] !== null);
}

/** When a deadline given as a date (with or without a time of its own) falls in `zone`. */
export function dateInstant(deadlines: Settings['deadlines'], date: string, zone: string): Instant {
  const [day = date, time = deadlines.timeOfDay] = date.split('T');
  return instantAt(day, time, zone);
}
