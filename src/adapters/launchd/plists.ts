import { dirname, join } from 'node:path';
import { build, type PlistValue, parse } from 'plist';
import type { Places } from '../places.ts';
import { flawInPlistXml } from '../settings/check-plist-xml.ts';
import type { CalendarTime } from './calendar.ts';

/** The job that runs one wake of the agent. */
export const AGENT_LABEL = 'org.upkeep.agent';
/** The job that only starts the agent, at the time of the next wake. */
export const WAKE_LABEL = 'org.upkeep.wake';

/** A job as launchd.plist(5) describes it, of the keys used here. */
export type Job = {
  Label: string;
  ProgramArguments: string[];
  RunAtLoad?: boolean;
  StartCalendarInterval?: CalendarTime[];
  /** Seconds. */
  StartInterval?: number;
  WatchPaths?: string[];
  ExitTimeOut?: number;
  ThrottleInterval?: number;
  StandardErrorPath?: string;
  AbandonProcessGroup?: boolean;
};

/**
 * The safety net: should no wake be armed, whatever the reason, the agent is started at these local times. None lies in
 * an hour that clocks skip or repeat. Calendar times missed in sleep are caught up, which `StartInterval` would not be.
 */
export const SAFETY_NET = [5, 11, 17, 23].map((Hour) => ({ Hour, Minute: 17 }));

/** While the agent works, this often the wake job looks whether it is still alive, in seconds. */
export const WORKING_INTERVAL = 300;

/** What launchd and the command of people both run: a script that only root may change. */
export const programFile = (places: Places): string => join(dirname(places.state), 'upkeep');

export const plistFile = (places: Places, label: string): string => join(places.launchDaemons, `${label}.plist`);

/** Where launchd puts what the agent writes to standard error. */
export const stderrFile = (places: Places): string => join(places.logs, 'stderr.log');

/** The agent's job. It has no `KeepAlive`: an agent whose store is broken would be started for ever. */
export function agentJob(places: Places): Job {
  return {
    Label: AGENT_LABEL,
    ProgramArguments: [programFile(places), 'run', ...(places.root === '' ? [] : ['--root', places.root])],
    RunAtLoad: true,
    StartCalendarInterval: SAFETY_NET,
    WatchPaths: [
      places.doorbell,
      places.managedPreferences,
      places.localPreferences,
      places.localtime,
      places.declarations,
    ],
    ExitTimeOut: 10,
    ThrottleInterval: 10,
    StandardErrorPath: stderrFile(places),
    AbandonProcessGroup: false,
  };
}

/** The wake job with these times, and with the interval while the agent `isWorking`. Without either it waits for good. */
export function wakeJob(places: Places, times: readonly CalendarTime[], isWorking: boolean): Job {
  return {
    Label: WAKE_LABEL,
    ProgramArguments: [places.tool('/bin/launchctl'), 'kickstart', `system/${AGENT_LABEL}`],
    ...(times.length === 0 ? {} : { StartCalendarInterval: [...times] }),
    ...(isWorking ? { StartInterval: WORKING_INTERVAL } : {}),
  };
}

/** The job as the text of its file; the same job is always the same text. */
export function renderPlist(job: Job): string {
  return `${build(job as unknown as PlistValue)}\n`;
}

/** The label and the calendar times in the text of a job's file; null where it is no job that can be read. */
export function readPlist(text: string): { label: string; times: CalendarTime[] } | null {
  if (flawInPlistXml(text) !== null) return null;
  let value: unknown;
  try {
    value = parse(text);
  } catch {
    return null;
  }
  if (!isRecord(value) || typeof value.Label !== 'string') return null;
  const written = value.StartCalendarInterval ?? [];
  const entries = Array.isArray(written) ? written : [written];
  return { label: value.Label, times: entries.filter(isCalendarTime) };
}

const FIELDS: ReadonlySet<string> = new Set(['Month', 'Day', 'Hour', 'Minute']);

function isCalendarTime(value: unknown): value is CalendarTime {
  if (!isRecord(value)) return false;
  return Object.entries(value).every(([name, number]) => FIELDS.has(name) && Number.isSafeInteger(number));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
