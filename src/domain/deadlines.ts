import { type Instant, instantAt, localDate } from './instant.ts';
import type { DeadlineRule, Settings } from './settings.ts';

export type DeadlineStage = 'open' | 'past-focus' | 'past-soft' | 'past-hard';

/** When one deadline falls and which rule put it there; `at` null means the rules never bring it about by time alone. */
export type Due = { at: Instant | null; by: 'count' | 'days' | 'date' | 'declaration' | null };

/** All three deadlines of a target as instants, with the zone they were reckoned and promised in. */
export type DeadlineSchedule = { zone: string; focus: Due; soft: Due; hard: Due };

/**
 * Turns rules into instants. `days` counts calendar days from the zero date and falls at the set time of day; a bare
 * date does so too; a count that is reached is due at the moment the story gives for it. The earliest rule of each name wins.
 */
export function scheduleFor(
  rules: Settings['deadlines'],
  story: {
    zeroDate: Instant;
    zone: string;
    deferralCount: number;
    countReachedAt: Instant;
    hardCountReachedAt: Instant;
  },
): DeadlineSchedule {
  const due = (rule: DeadlineRule, countedAt: Instant): Due => {
    const found: { at: Instant; by: 'count' | 'days' | 'date' }[] = [];
    if (rule.count !== null && story.deferralCount >= rule.count) found.push({ at: countedAt, by: 'count' });
    if (rule.days !== null)
      found.push({ at: daysAfter(story.zeroDate, rule.days, rules.timeOfDay, story.zone), by: 'days' });
    if (rule.date !== null) found.push({ at: dateDeadline(rule.date, rules.timeOfDay, story.zone), by: 'date' });
    found.sort((a, b) => a.at - b.at);
    return found[0] ?? { at: null, by: null };
  };
  return {
    zone: story.zone,
    focus: due(rules.focus, story.countReachedAt),
    soft: due(rules.soft, story.countReachedAt),
    hard: due(rules.hard, story.hardCountReachedAt),
  };
}

/** Where `at` lies in the schedule; always computed, never stored. Hard beats soft beats focus. */
export function stageAt(schedule: DeadlineSchedule, at: Instant): DeadlineStage {
  const passed = (due: Due) => due.at !== null && due.at <= at;
  if (passed(schedule.hard)) return 'past-hard';
  if (passed(schedule.soft)) return 'past-soft';
  if (passed(schedule.focus)) return 'past-focus';
  return 'open';
}

/** The local calendar day of the zero date plus `days`, at the set time of day. */
function daysAfter(zeroDate: Instant, days: number, timeOfDay: string, zone: string): Instant {
  const date = Temporal.PlainDate.from(localDate(zeroDate, zone)).add({ days });
  return instantAt(date.toString(), timeOfDay, zone);
}

function dateDeadline(date: string, timeOfDay: string, zone: string): Instant {
  const [day = date, time = timeOfDay] = date.split('T');
  return instantAt(day, time, zone);
}
