import { type Instant, instantAt, localWords, MINUTE_MS, zoned } from '../domain/instant.ts';
import type { Settings } from '../domain/settings.ts';
import { activeHourDoubts } from './active-hour-doubts.ts';
import { dateInstant, isSet, STAGES, type Stage } from './deadline-stages.ts';
import { mdmDoubts } from './mdm-doubts.ts';
import type { SettingDoubt } from './setting-problem.ts';

/** Legal, but hardly meant. Said once when settings are read, so that no silence hides it. */
export function doubts(settings: Settings, zone: string): SettingDoubt[] {
  return [
    ...deadlineDoubts(settings),
    ...unusableDeferrals(settings, zone),
    ...orderDoubts(settings, zone),
    ...skippedTimes(settings, zone),
    ...activeHourDoubts(settings),
    ...mdmDoubts(settings),
  ];
}

function deadlineDoubts({ deadlines, unattended }: Settings): SettingDoubt[] {
  const found: SettingDoubt[] = [];
  const soft = isSet(deadlines.soft);
  const hard = isSet(deadlines.hard);
  if (!soft && !hard) {
    const also = isSet(deadlines.focus) ? ' The focus deadline alone does not change that.' : '';
    found.push({ keys: ['deadlines'], words: `Without a soft or hard deadline people can defer for ever.${also}` });
  } else if (!hard) {
    found.push({
      keys: ['deadlines.soft'],
      words: 'With a soft deadline and no hard one, a Mac never restarts by itself.',
    });
  } else if (!soft) {
    found.push({
      keys: ['deadlines.hard'],
      words: 'With a hard deadline and no soft one, people can put it off until the countdown begins.',
    });
  }
  if (deadlines.hard.days === 0 || deadlines.hard.count === 0) {
    const key = deadlines.hard.days === 0 ? 'deadlines.hard.days' : 'deadlines.hard.count';
    found.push({
      keys: [key],
      words: 'The hard deadline is due as soon as an update is found: people get the warning and no choice.',
    });
  }
  for (const [when, stage, missing] of [
    ['after-soft-deadline', 'soft', !soft],
    ['after-hard-deadline', 'hard', !hard],
  ] as const) {
    if (unattended.install === when && missing) {
      found.push({
        keys: ['unattended.install', `deadlines.${stage}`],
        words: `Installing unattended waits for the ${stage} deadline, and there is none: it never happens.`,
      });
    }
  }
  return found;
}

/** Menu entries that reach past the soft or hard deadline even when chosen in the very first minute. */
function unusableDeferrals({ deferral, deadlines }: Settings, zone: string): SettingDoubt[] {
  const [hour = 0, minute = 0] = deadlines.timeOfDay.split(':').map(Number);
  let room: { minutes: number; key: string } | null = null;
  const limit = (minutes: number, key: string) => {
    if (room === null || minutes < room.minutes) room = { minutes, key };
    return room;
  };
  for (const stage of ['soft', 'hard'] as const) {
    const { days, date } = deadlines[stage];
    // At the most: found in the first minute of the zero date.
    if (days !== null) room = limit(days * DAY_MINUTES + hour * 60 + minute, `deadlines.${stage}.days`);
    if (date !== null && deadlines.zeroDate !== 'discovery') {
      const ahead = dateInstant(deadlines, date, zone) - instantAt(deadlines.zeroDate, '00:00', zone);
      room = limit(ahead / MINUTE_MS, `deadlines.${stage}.date`);
    }
  }
  if (room === null) return [];
  const { minutes: most, key } = room;
  const tooLong = deferral.menuMinutes.filter((minutes) => minutes >= most);
  if (tooLong.length === 0) return [];
  const entries = `${tooLong.length === 1 ? 'entry' : 'entries'} ${tooLong.join(', ')}`;
  return [
    {
      keys: ['deferral.menuMinutes', key],
      words: `The menu ${entries} (minutes) can never be used in full: ${key} is nearer than that from the start.`,
    },
  ];
}

/** Rules of different kinds can only be compared when day 0 is a fixed date. */
function orderDoubts({ deadlines }: Settings, zone: string): SettingDoubt[] {
  const { zeroDate, timeOfDay } = deadlines;
  if (zeroDate === 'discovery') return [];
  const earliest = (stage: Stage): Instant => {
    const { days, date } = deadlines[stage];
    const byDays =
      days === null ? Infinity : instantAt(Temporal.PlainDate.from(zeroDate).add({ days }).toString(), timeOfDay, zone);
    return Math.min(byDays, date === null ? Infinity : dateInstant(deadlines, date, zone));
  };
  const found: SettingDoubt[] = [];
  for (const [first, second] of [
    ['focus', 'soft'],
    ['soft', 'hard'],
  ] as const) {
    if (earliest(first) === Infinity || earliest(first) < earliest(second)) continue;
    const when = localWords(earliest(second), zone);
    found.push({
      keys: [`deadlines.${first}`, `deadlines.${second}`],
      words: `The ${first} deadline has no effect: the ${second} deadline comes no later, on ${when}.`,
    });
  }
  return found;
}

/** Times that the change to summer time leaves out: the promise moves to the later one. */
function skippedTimes({ deadlines }: Settings, zone: string): SettingDoubt[] {
  const found: SettingDoubt[] = [];
  for (const stage of STAGES) {
    const { date } = deadlines[stage];
    if (date === null) continue;
    const [, time = deadlines.timeOfDay] = date.split('T');
    const at = dateInstant(deadlines, date, zone);
    if (zoned(at, zone).toPlainTime().equals(Temporal.PlainTime.from(time))) continue;
    found.push({
      keys: [`deadlines.${stage}.date`],
      words: `${time} does not exist on that day in ${zone} (summer time begins); the deadline becomes ${localWords(at, zone)}.`,
    });
  }
  return found;
}

const DAY_MINUTES = 1_440;
