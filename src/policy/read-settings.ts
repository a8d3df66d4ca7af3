import type { z } from 'zod';
import { type Instant, instantAt, isZone, localWords, MINUTE_MS, zoned } from '../domain/instant.ts';
import { UpkeepError } from '../domain/problem.ts';
import type { DeadlineRule, Settings } from '../domain/settings.ts';
import { nearestKey } from './nearest-key.ts';
import { defaultSettings, knownKeys, type SettingWords, settingsSchema, WEEKDAYS } from './schema.ts';

/** One thing wrong with what an admin said. `key` is a dotted path as it was written, empty for the whole. */
export type SettingProblem = {
  key: string;
  /** The value as text; null when there is none or when it must not be repeated. */
  given: string | null;
  /** Continues "this setting …". */
  what: string;
  /** Continues "must be …"; null when nothing could be right here. */
  allowed: string | null;
  /** The known key that was probably meant. */
  nearest: string | null;
};

/** Something allowed that does little or does harm; `keys` are the settings it comes from. */
export type SettingDoubt = { keys: string[]; words: string };

export type SettingsReading =
  | { ok: true; settings: Settings; given: string[]; warnings: SettingDoubt[] }
  | { ok: false; problems: SettingProblem[] };

/**
 * Turns what a profile or file holds into settings, or into everything that is wrong with it at once: an admin who has
 * to upload a profile again for each single mistake stops reading. `zone` is where the local dates are compared.
 */
export function readSettings(raw: unknown, options: { zone: string }): SettingsReading {
  if (!isZone(options.zone)) {
    throw new UpkeepError('usage.wrong', `"${options.zone}" is not a time zone.`, {
      remedy: 'Name a zone such as Europe/Berlin.',
    });
  }
  if (!isGroup(raw)) return { ok: false, problems: [wrongWhole(raw)] };
  const survey = surveyKeys(raw);
  const problems = survey.strangers.map((stranger, nth) => strangerProblem(stranger, nth < MOST_SUGGESTIONS));
  const faulty = new Set<string>();
  let parsed = settingsSchema.safeParse(survey.tidy);
  if (!parsed.success) {
    const seen = new Set<string>();
    for (const issue of parsed.error.issues) {
      const at = pathWords(issue.path);
      if (seen.has(at)) continue;
      seen.add(at);
      const key = keyAround(issue.path);
      problems.push(valueProblem(issue, at, valueAt(survey.tidy, issue.path), key.words));
      faulty.add(key.key);
    }
    // What is wrong by itself is left out, so that the rest can still be compared with each other.
    parsed = settingsSchema.safeParse(without(survey.tidy, faulty));
  }
  if (parsed.success) problems.push(...contradictions(parsed.data, faulty, options.zone));
  if (!parsed.success || problems.length > 0) return { ok: false, problems };
  return { ok: true, settings: parsed.data, given: survey.given, warnings: doubts(parsed.data, options.zone) };
}

/** The problems as an admin reads them in a terminal: one block each, all in one message. */
export function problemsInWords(source: string, problems: readonly SettingProblem[]): string {
  const heading = `${printable(source)}: ${problems.length === 1 ? 'one setting is' : `${problems.length} settings are`} wrong.`;
  const blocks = problems.slice(0, MOST_BLOCKS).map((problem) => {
    const lines = [`  ${problem.key === '' ? '(the whole)' : printable(problem.key)}`];
    const value = problem.given === null ? '' : `${problem.given} `;
    lines.push(`    ${value}${problem.what}.`);
    if (problem.allowed !== null) lines.push(`    Allowed: ${problem.allowed}.`);
    if (problem.nearest !== null) lines.push(`    Did you mean ${problem.nearest}?`);
    return lines.join('\n');
  });
  if (problems.length > MOST_BLOCKS) blocks.push(`  … and ${problems.length - MOST_BLOCKS} more.`);
  return [heading, ...blocks].join('\n\n');
}

const MOST_BLOCKS = 50;
const MOST_SUGGESTIONS = 100;
const LONGEST_VALUE = 80;

// ---------------------------------------------------------------------------------------------------- keys

type Group = Record<string, unknown>;
type Stranger = { key: string; value: unknown };
type Survey = { tidy: Group; given: string[]; strangers: Stranger[] };

const WORDS_BY_KEY = new Map(knownKeys.map((known) => [known.key, known]));

/** Sorts what was given into known keys (`tidy`, a copy with nothing else in it) and strangers. */
function surveyKeys(raw: Group): Survey {
  const given: string[] = [];
  const strangers: Stranger[] = [];
  const copyGroup = (group: Group, pattern: string, path: string, isEntry: boolean): Group => {
    const copy: Group = {};
    for (const [name, value] of Object.entries(group)) {
      if (value === undefined) continue;
      const key = path === '' ? name : `${path}.${name}`;
      const known = name.includes('.') ? undefined : WORDS_BY_KEY.get(pattern === '' ? name : `${pattern}.${name}`);
      if (!known) {
        strangers.push(...leavesOf(key, value, 0));
        continue;
      }
      if (known.kind !== 'group' && !isEntry) given.push(known.key);
      copy[name] = copyValue(value, known.key, key, known.kind === 'group');
    }
    return copy;
  };
  const copyValue = (value: unknown, pattern: string, path: string, asGroup: boolean): unknown => {
    if (asGroup && isGroup(value)) return copyGroup(value, pattern, path, false);
    if (!Array.isArray(value) || !LISTS.has(pattern)) return value;
    return value.map((entry, index) =>
      isGroup(entry) ? copyGroup(entry, `${pattern}[]`, `${path}[${index}]`, true) : entry,
    );
  };
  const tidy = copyGroup(raw, '', '', false);
  return { tidy, given, strangers };
}

/** Lists whose entries have keys of their own. */
const LISTS = new Set(
  knownKeys.filter((known) => known.kind === 'entry').map((known) => known.key.slice(0, known.key.indexOf('[]'))),
);

/** A stranger that is a group is reported by its innermost keys: `deadline.hard.dayz` tells more than `deadline`. */
function leavesOf(key: string, value: unknown, depth: number): Stranger[] {
  if (!isGroup(value) || depth > 3 || Object.keys(value).length === 0) return [{ key, value }];
  return Object.entries(value).flatMap(([name, inner]) => leavesOf(`${key}.${name}`, inner, depth + 1));
}

/** Names under which other tools keep what must not stand in a profile, where every process on the Mac can read it. */
const SECRET_NAME =
  /pass(?:word|wd|phrase|code)|pwd|secret|token|credential|(?:api|private).?key|^auth|^user|user(?:name)?$|^login|account/i;

function strangerProblem(stranger: Stranger, suggest: boolean): SettingProblem {
  const { key } = stranger;
  if (key.split('.').some((name) => SECRET_NAME.test(name))) {
    return {
      key,
      given: null,
      what: 'would be a credential, and a profile can be read by everyone who uses the Mac. Secrets are never settings; take it out, and change it if it was real',
      allowed: null,
      nearest: null,
    };
  }
  const given = valueWords(stranger.value);
  if (WORDS_BY_KEY.has(key) && key.includes('.')) {
    const nested = key.split('.').join(' → ');
    return {
      key,
      given,
      what: 'stands under a key in one piece',
      allowed: `the groups one inside the other: ${nested}`,
      nearest: null,
    };
  }
  const index = /\[\d+\]/.exec(key)?.[0] ?? '[]';
  const nearest = suggest ? nearestKey(key.replace(/\[\d+\]/, '[]'), [...WORDS_BY_KEY.keys()]) : null;
  return {
    key,
    given,
    what: 'is set for a key that upkeep does not know',
    allowed: nearest === null ? siblingsOf(key) : null,
    nearest: nearest?.replace('[]', index) ?? null,
  };
}

/** Where no single key is the nearest, the keys of the group that the stranger stands in. */
function siblingsOf(key: string): string | null {
  const group = key.slice(0, Math.max(0, key.lastIndexOf('.')));
  if (WORDS_BY_KEY.get(group)?.kind !== 'group') return null;
  const names = [...WORDS_BY_KEY.keys()].filter((other) => other.slice(0, other.lastIndexOf('.')) === group);
  return `${names.map((name) => name.slice(group.length + 1)).join(', ')} as the keys of ${group}`;
}

// -------------------------------------------------------------------------------------------------- values

function wrongWhole(raw: unknown): SettingProblem {
  return {
    key: '',
    given: valueWords(raw),
    what: `is ${kindWords(raw)}, not a group of settings`,
    allowed: 'a dictionary of settings',
    nearest: null,
  };
}

function valueProblem(issue: z.core.$ZodIssue, key: string, value: unknown, said: SettingWords): SettingProblem {
  return {
    key,
    given: value === undefined ? null : valueWords(value),
    what: whatIsWrong(issue, value),
    allowed: said.allowed,
    nearest: null,
  };
}

function whatIsWrong(issue: z.core.$ZodIssue, value: unknown): string {
  if (value === undefined) return 'is missing';
  switch (issue.code) {
    case 'invalid_type':
      return issue.expected === 'int' ? 'is not a whole number' : wrongKind(issue.expected, value);
    case 'invalid_value':
      return typeof value === 'string' ? 'is none of the choices' : wrongKind('string', value);
    case 'too_small':
      return issue.origin === 'number' || issue.origin === 'int' ? 'is too small' : 'is empty';
    case 'too_big':
      return issue.origin === 'number' || issue.origin === 'int' ? 'is too large' : 'is too long';
    default:
      return issue.message;
  }
}

const EXPECTED_WORDS: Record<string, string> = {
  string: 'text',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a group of keys',
};

function wrongKind(expected: string, value: unknown): string {
  return `is ${kindWords(value)}, not ${EXPECTED_WORDS[expected] ?? expected}${kindHint(expected, value)}`;
}

/** How to write what was probably meant; quotes and plist tags are the usual slips. */
function kindHint(expected: string, value: unknown): string {
  if (expected === 'number' && typeof value === 'string' && /^\s*-?\d+(?:\.\d+)?\s*$/.test(value)) {
    return '; write it without quotes, in a profile as <integer> instead of <string>';
  }
  if (expected === 'boolean' && (typeof value === 'string' || typeof value === 'number')) {
    return '; write true or false without quotes, in a profile <true/> or <false/>';
  }
  if (expected === 'string' && typeof value === 'number') {
    return '; write it in quotes, in a profile as <string>';
  }
  if (expected === 'string' && value instanceof Date) {
    return '; a <date> of a profile is meant in UTC, so write the local date as <string>';
  }
  return '';
}

function kindWords(value: unknown): string {
  if (value === null) return 'no value';
  if (typeof value === 'string') return 'text';
  if (typeof value === 'number' || typeof value === 'bigint') return 'a number';
  if (typeof value === 'boolean') return 'a yes or no';
  if (Array.isArray(value)) return 'a list';
  if (value instanceof Date) return 'a date of a property list';
  if (value instanceof Uint8Array) return 'data';
  return isGroup(value) ? 'a group of keys' : 'something else';
}

/** A value in one short line that cannot steer the terminal. */
function valueWords(value: unknown): string {
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (typeof value === 'string') return printable(JSON.stringify(value));
  if (Array.isArray(value))
    return value.length === 0 ? '[]' : shorten(`[${value.slice(0, 20).map(innerWords).join(', ')}]`);
  if (isGroup(value))
    return Object.keys(value).length === 0
      ? '{}'
      : shorten(`{${Object.keys(value).slice(0, 20).map(printable).join(', ')}}`);
  return scalarWords(value);
}

function innerWords(value: unknown): string {
  if (Array.isArray(value)) return '[…]';
  if (typeof value === 'string') return printable(JSON.stringify(value));
  return isGroup(value) ? '{…}' : scalarWords(value);
}

function scalarWords(value: unknown): string {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'a broken date' : value.toISOString();
  if (value === null || typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean')
    return String(value);
  return `(${typeof value})`;
}

function printable(text: string): string {
  const steering = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;
  return shorten(text).replace(steering, (sign) => `\\u${(sign.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`);
}

function shorten(text: string): string {
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text;
}

function isGroup(value: unknown): value is Group {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function pathWords(path: readonly PropertyKey[]): string {
  return path.reduce<string>((words, step) => {
    if (typeof step === 'number') return `${words}[${step}]`;
    return words === '' ? String(step) : `${words}.${String(step)}`;
  }, '');
}

/** The key that a place belongs to: the place itself, or the nearest one around it that has words of its own. */
function keyAround(path: readonly PropertyKey[]): { key: string; words: SettingWords } {
  for (let length = path.length; length > 0; length -= 1) {
    const pattern = pathWords(path.slice(0, length)).replace(/\[\d+\]/g, '[]');
    const known = WORDS_BY_KEY.get(pattern);
    if (known) return { key: pattern, words: known.words };
  }
  throw new UpkeepError('bug', `No setting is known at ${pathWords(path)}.`, { remedy: 'Please report this.' });
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((inner, step) => {
    if (typeof inner !== 'object' || inner === null) return undefined;
    return Object.getOwnPropertyDescriptor(inner, step)?.value;
  }, value);
}

/** A copy without the given keys; a wrong entry takes its whole list along. */
function without(tidy: Group, keys: ReadonlySet<string>, path = ''): Group {
  const copy: Group = {};
  for (const [name, value] of Object.entries(tidy)) {
    const key = path === '' ? name : `${path}.${name}`;
    if (keys.has(key) || [...keys].some((faulty) => faulty.startsWith(`${key}[]`))) continue;
    copy[name] = isGroup(value) ? without(value, keys, key) : value;
  }
  return copy;
}

// ------------------------------------------------------------------------------------------ contradictions

const STAGES = ['focus', 'soft', 'hard'] as const;
const FAMILIES = ['count', 'days', 'date'] as const;
type Stage = (typeof STAGES)[number];

/** What no single key shows: settings that are right by themselves and impossible together. */
function contradictions(settings: Settings, faulty: ReadonlySet<string>, zone: string): SettingProblem[] {
  const problems: SettingProblem[] = [];
  const { deadlines, warning } = settings;
  const sound = (...keys: string[]) =>
    !keys.some((key) => [...faulty].some((bad) => key === bad || key.startsWith(`${bad}.`)));

  for (const family of FAMILIES) {
    if (family === 'date' && !sound('deadlines.timeOfDay')) continue;
    const set = STAGES.filter((stage) => deadlines[stage][family] !== null && sound(`deadlines.${stage}.${family}`));
    for (const [nth, later] of set.entries()) {
      const own = orderOf(deadlines, later, family, zone);
      const earlier = set.slice(0, nth).find((stage) => orderOf(deadlines, stage, family, zone) >= own);
      if (earlier === undefined) continue;
      problems.push({
        key: `deadlines.${later}.${family}`,
        given: valueWords(deadlines[later][family]),
        what: `is not later than deadlines.${earlier}.${family} (${deadlines[earlier][family]})`,
        allowed: 'focus before soft before hard, where they are set',
        nearest: null,
      });
    }
  }

  const { zeroDate } = deadlines;
  if (zeroDate !== 'discovery' && sound('deadlines.zeroDate')) {
    for (const stage of STAGES) {
      const { date } = deadlines[stage];
      if (date === null || !sound(`deadlines.${stage}.date`)) continue;
      if (dateInstant(deadlines, date, zone) >= instantAt(zeroDate, '00:00', zone)) continue;
      problems.push({
        key: `deadlines.${stage}.date`,
        given: valueWords(date),
        what: `is before the zero date, deadlines.zeroDate (${zeroDate})`,
        allowed: 'a date on or after the zero date',
        nearest: null,
      });
    }
  }

  if (
    sound('warning.floorMinutes', 'warning.lockedFloorMinutes') &&
    warning.lockedFloorMinutes < warning.floorMinutes
  ) {
    const isDefault = warning.lockedFloorMinutes === defaultSettings.warning.lockedFloorMinutes;
    problems.push({
      key: 'warning.lockedFloorMinutes',
      given: valueWords(warning.lockedFloorMinutes),
      what: `${isDefault ? '(the default) ' : ''}is less than warning.floorMinutes (${warning.floorMinutes})`,
      allowed: 'at least as long as warning.floorMinutes, since nobody sees a warning on a locked Mac',
      nearest: null,
    });
  }
  return problems;
}

function orderOf(deadlines: Settings['deadlines'], stage: Stage, family: keyof DeadlineRule, zone: string): number {
  const value = deadlines[stage][family];
  return typeof value === 'string' ? dateInstant(deadlines, value, zone) : (value ?? 0);
}

function dateInstant(deadlines: Settings['deadlines'], date: string, zone: string): Instant {
  const [day = date, time = deadlines.timeOfDay] = date.split('T');
  return instantAt(day, time, zone);
}

// -------------------------------------------------------------------------------------------------- doubts

const DAY_MINUTES = 1_440;

/** Legal, but hardly meant. Said once when settings are read, so that no silence hides it. */
function doubts(settings: Settings, zone: string): SettingDoubt[] {
  return [
    ...deadlineDoubts(settings),
    ...unusableDeferrals(settings, zone),
    ...orderDoubts(settings, zone),
    ...skippedTimes(settings, zone),
    ...activeHourDoubts(settings),
  ];
}

function isSet(rule: DeadlineRule): boolean {
  return FAMILIES.some((family) => rule[family] !== null);
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
      words: 'With a hard deadline and no soft one, people are never asked to pick a time before the countdown begins.',
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

function activeHourDoubts({ activeHours, warning, deadlines }: Settings): SettingDoubt[] {
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
