// launchd.plist(5), for the keys that upkeep uses: what type each has and what else it must keep. Strict where launchd
// is lenient, since launchd drops a key it does not understand without a word.
import { parse } from 'plist';
import { flawInPlistXml } from '../../../src/adapters/settings/check-plist-xml.ts';

type Check = (value: unknown) => boolean;

const text: Check = (value) => typeof value === 'string' && value !== '';
const absolute: Check = (value) => typeof value === 'string' && value.startsWith('/') && !value.includes('//');
const yesOrNo: Check = (value) => typeof value === 'boolean';
const seconds: Check = (value) => Number.isSafeInteger(value) && (value as number) > 0;
const listOf =
  (item: Check): Check =>
  (value) =>
    Array.isArray(value) && value.length > 0 && value.every(item);

const RANGES: Record<string, [number, number]> = { Month: [1, 12], Day: [1, 31], Hour: [0, 23], Minute: [0, 59] };

const calendarTime: Check = (value) =>
  typeof value === 'object' &&
  value !== null &&
  Object.keys(value).length > 0 &&
  Object.entries(value).every(([field, number]) => {
    const [least, most] = RANGES[field] ?? [1, 0];
    return Number.isSafeInteger(number) && number >= least && number <= most;
  });

const KEYS: Record<string, Check> = {
  Label: text,
  ProgramArguments: (value) => listOf((item) => typeof item === 'string')(value) && absolute((value as string[])[0]),
  RunAtLoad: yesOrNo,
  StartCalendarInterval: listOf(calendarTime),
  StartInterval: seconds,
  WatchPaths: listOf(absolute),
  ExitTimeOut: seconds,
  ThrottleInterval: seconds,
  StandardErrorPath: absolute,
  AbandonProcessGroup: yesOrNo,
};

/** What is wrong with the text of a job's file; empty when launchd reads in it all that it says. */
export function flawsInJob(xml: string): string[] {
  const flaw = flawInPlistXml(xml);
  if (flaw !== null) return [`${flaw.what} at ${flaw.line}:${flaw.column}`];
  const job = parse(xml) as Record<string, unknown>;
  const missing = ['Label', 'ProgramArguments'].filter((key) => !(key in job)).map((key) => `${key} is missing`);
  const wrong = Object.entries(job).flatMap(([key, value]) => {
    const check = KEYS[key];
    if (check === undefined) return [`${key} is not a key used here`];
    return check(value) ? [] : [`${key} cannot be ${JSON.stringify(value)}`];
  });
  return [...missing, ...wrong];
}
