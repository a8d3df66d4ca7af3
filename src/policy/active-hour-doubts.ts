import type { Settings } from '../domain/settings.ts';
import { STAGES } from './deadline-stages.ts';
import { WEEKDAYS } from './schema.ts';
import type { SettingDoubt } from './setting-problem.ts';

/** Active hours that leave no room for what is to happen in them. */
export function activeHourDoubts({ activeHours, warning, deadlines }: Settings): SettingDoubt[] {
  if (activeHours.length === 0) return [];
  const found: SettingDoubt[] = [];
  const week = activeMinutes(activeHours);
  const longest = longestRun(week);
  if (longest < warning.floorMinutes) {
    found.push({
      keys: ['activeHours', 'warning.floorMinutes'],
      words: `The longest active stretch is ${longest} minutes, shorter than a warning must stand (${warning.floorMinutes}): a restart never fits into it.`,
    });
  }
  const byTimeOfDay = STAGES.some((stage) => deadlines[stage].days !== null || deadlines[stage].date?.length === 10);
  const noon = minutesOf(deadlines.timeOfDay);
  if (byTimeOfDay && !WEEKDAYS.some((_, day) => week[day * DAY_MINUTES + noon])) {
    found.push({
      keys: ['deadlines.timeOfDay', 'activeHours'],
      words: `Deadlines fall at ${deadlines.timeOfDay}, which is outside the active hours on every day.`,
    });
  }
  return found;
}

const DAY_MINUTES = 1_440;

/** Each minute of a week, Monday 00:00 first: whether people may be disturbed in it. */
function activeMinutes(activeHours: Settings['activeHours']): boolean[] {
  const week = new Array<boolean>(WEEKDAYS.length * DAY_MINUTES).fill(false);
  for (const { days, from, to } of activeHours) {
    const length = minutesOf(to) - minutesOf(from) + (to > from ? 0 : DAY_MINUTES);
    for (const day of days) {
      const start = WEEKDAYS.indexOf(day) * DAY_MINUTES + minutesOf(from);
      for (let minute = start; minute < start + length; minute += 1) week[minute % week.length] = true;
    }
  }
  return week;
}

/** The longest unbroken stretch, Sunday night running on into Monday. */
function longestRun(week: readonly boolean[]): number {
  let longest = 0;
  let run = 0;
  for (const active of [...week, ...week]) {
    run = active ? run + 1 : 0;
    longest = Math.max(longest, run);
  }
  return Math.min(longest, week.length);
}

function minutesOf(time: string): number {
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  return hour * 60 + minute;
}
