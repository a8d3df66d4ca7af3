import { parse } from 'plist';
import { z } from 'zod';
import type { CalendarInterval } from './calendar-interval.ts';

/** When launchd starts a job again after its end; a rule about its exit code applies to ends by itself only. */
export type KeepAlive = 'never' | 'always' | 'after success' | 'after failure';

/** A job as its property list describes it, with launchd's defaults for what it leaves out. Paths are as written. */
export type JobDefinition = {
  label: string;
  program: string;
  argv: readonly string[];
  runAtLoad: boolean;
  keepAlive: KeepAlive;
  calendar: readonly CalendarInterval[];
  intervalSeconds: number | null;
  watchPaths: readonly string[];
  throttleSeconds: number;
  /** Whether what is left of its process group may live on when its main process has ended. */
  abandonsGroup: boolean;
  exitTimeOutSeconds: number;
  standardOut: string | null;
  standardError: string | null;
  environment: Readonly<Record<string, string>>;
  workingDirectory: string;
  disabled: boolean;
};

const text = z.string().min(1);
const calendarInterval = z.object({
  Minute: z.int().min(0).max(59).optional(),
  Hour: z.int().min(0).max(23).optional(),
  Day: z.int().min(1).max(31).optional(),
  Weekday: z.int().min(0).max(7).optional(),
  Month: z.int().min(1).max(12).optional(),
});
const schema = z
  .object({
    Label: text,
    Program: text.optional(),
    ProgramArguments: z.array(z.string()).min(1).optional(),
    RunAtLoad: z.boolean().default(false),
    KeepAlive: z.union([z.boolean(), z.object({ SuccessfulExit: z.boolean().optional() })]).default(false),
    StartCalendarInterval: z.union([calendarInterval, z.array(calendarInterval)]).default([]),
    StartInterval: z.int().min(1).optional(),
    WatchPaths: z.array(text).default([]),
    ThrottleInterval: z.int().min(0).default(10),
    AbandonProcessGroup: z.boolean().default(false),
    ExitTimeOut: z.int().min(0).default(20),
    StandardOutPath: text.optional(),
    StandardErrorPath: text.optional(),
    EnvironmentVariables: z.record(z.string(), z.string()).default({}),
    WorkingDirectory: text.default('/'),
    Disabled: z.boolean().default(false),
  })
  .refine((plist) => plist.Program !== undefined || plist.ProgramArguments !== undefined);

/** Reads a job's property list (XML); null where launchd would refuse it. Keys it does not know are let pass, as there. */
export function readJobDefinition(xml: string): JobDefinition | null {
  const read = schema.safeParse(parsed(xml));
  if (!read.success) return null;
  const plist = read.data;
  const argv = plist.ProgramArguments ?? [plist.Program ?? ''];
  const program = plist.Program ?? argv[0] ?? '';
  const { KeepAlive: keep, StartCalendarInterval: calendar } = plist;
  return {
    label: plist.Label,
    program,
    argv,
    runAtLoad: plist.RunAtLoad,
    keepAlive: keepAliveOf(typeof keep === 'boolean' ? keep : keep.SuccessfulExit, typeof keep === 'boolean'),
    calendar: Array.isArray(calendar) ? calendar : [calendar],
    intervalSeconds: plist.StartInterval ?? null,
    watchPaths: plist.WatchPaths,
    throttleSeconds: plist.ThrottleInterval,
    abandonsGroup: plist.AbandonProcessGroup,
    exitTimeOutSeconds: plist.ExitTimeOut,
    standardOut: plist.StandardOutPath ?? null,
    standardError: plist.StandardErrorPath ?? null,
    environment: plist.EnvironmentVariables,
    workingDirectory: plist.WorkingDirectory,
    disabled: plist.Disabled,
  };
}

function parsed(xml: string): unknown {
  try {
    return parse(xml);
  } catch {
    return null;
  }
}

function keepAliveOf(value: boolean | undefined, plain: boolean): KeepAlive {
  if (value === undefined) return 'never';
  if (plain) return value ? 'always' : 'never';
  return value ? 'after success' : 'after failure';
}
