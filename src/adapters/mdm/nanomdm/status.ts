import { z } from 'zod';
import { compareVersions } from '../../../domain/os-version.ts';
import type { PushState } from '../../../domain/push.ts';
import { orNull } from '../json.ts';
import type { Enforcement } from './declarations.ts';

const moment = orNull(z.string()).transform((text) => (text === null ? null : instantOf(text)));

/** What the Mac said of one declaration. `current`: of the one that the server has now. */
export type Verdict = {
  identifier: string;
  valid: string | null;
  current: boolean;
  codes: string[];
  at: number | null;
};

/** `Error.ConfigurationCannotBeApplied`: a code, never the words beside it. */
const code = z
  .string()
  .regex(/^[A-Za-z]{1,40}(?:\.[A-Za-z]{1,60}){0,3}$/)
  .catch('a reason without a code');
const reasonsSchema = z
  .union([z.array(z.object({ code })), z.object({ code }).transform((one) => [one])])
  .nullish()
  .catch(null);

const verdictSchema = z
  .object({
    identifier: z.string(),
    valid: orNull(z.string()),
    current: orNull(z.boolean()),
    status_received: moment,
    reasons: reasonsSchema,
  })
  .transform(
    ({ identifier, valid, current, status_received: at, reasons }): Verdict => ({
      identifier,
      valid,
      current: current ?? false,
      codes: (reasons ?? []).map((one) => one.code),
      at,
    }),
  );

const valueSchema = z.object({
  path: z.string(),
  value: z.union([z.string(), z.number()]).transform(String),
  timestamp: moment,
});
type Value = z.output<typeof valueSchema>;

/** A list for each enrolment; one that nothing is known of may be left out, and what is empty may be null. */
const ofEach = <T extends z.ZodType>(one: T) =>
  z
    .record(z.string(), z.array(one).nullable())
    .nullable()
    .transform((lists) => lists ?? {});
export const verdictsSchema = ofEach(verdictSchema);
export const valuesSchema = ofEach(valueSchema);
export const namesSchema = z
  .array(z.string())
  .nullable()
  .transform((names) => names ?? []);

/** What the Mac last reported of itself; null where it never did. */
export type Report = {
  version: string | null;
  build: string | null;
  state: Told | null;
  reason: string | null;
};
type Told = { value: string; at: number | null };

/** The server keeps every value that was ever reported: of each the newest counts. */
export function reportOf(values: readonly Value[]): Report {
  const newest = (path: string): Told | null => {
    const all = values.filter((one) => one.path === `.StatusItems.${path}`);
    const [last] = all.toSorted((a, b) => (b.timestamp ?? 0) - (a.timestamp ?? 0));
    return last === undefined ? null : { value: last.value, at: last.timestamp };
  };
  return {
    version: newest('device.operating-system.version')?.value ?? null,
    build: newest('device.operating-system.build-version')?.value ?? null,
    state: newest('softwareupdate.install-state'),
    reason: newest('softwareupdate.failure-reason.reason')?.value ?? null,
  };
}

export function isDone({ version, build }: Enforcement, report: Report): boolean {
  if (report.version === null) return false;
  const ahead = compareVersions(report.version, version);
  return ahead > 0 || (ahead === 0 && (build === null || report.build === null || report.build === build));
}

/** Where our declaration stands by what the Mac said; `verdict` is null where it said nothing of it yet. */
export function stateOf(target: Enforcement, verdict: Verdict | null, report: Report): PushState {
  if (isDone(target, report)) return { state: 'completed' };
  if (verdict === null || !verdict.current) return { state: 'under-way', phase: 'not taken by the Mac yet' };
  if (verdict.valid === 'invalid') {
    const codes = [...new Set(verdict.codes)].slice(0, 5).join(', ');
    const why = codes === '' ? '' : `: ${codes}`;
    return { state: 'failed', trouble: 'declaration-failed', detail: `the Mac does not take the declaration${why}` };
  }
  const { state, reason } = report;
  if (state?.value === 'failed' && isSince(state.at, verdict.at))
    return {
      state: 'failed',
      trouble: 'declaration-failed',
      detail: `the Mac could not carry out the declaration${reasonWords(reason)}`,
    };
  if (state !== null && UNDER_WAY.has(state.value)) return { state: 'under-way', phase: state.value };
  return { state: 'scheduled', by: target.by };
}

const UNDER_WAY = new Set(['downloading', 'installing']);

/** A failure from before the Mac knew of this declaration is about another. */
const isSince = (at: number | null, from: number | null): boolean => at === null || from === null || at >= from;

/** `SUMacControllerError 7723`: a name and a number, not a text. */
const reasonWords = (reason: string | null): string =>
  reason !== null && /^[A-Za-z]{1,60}(?: -?\d{1,6})?$/.test(reason) ? `: ${reason}` : '';

function instantOf(text: string): number | null {
  try {
    return Temporal.Instant.from(text).epochMilliseconds;
  } catch {
    return null;
  }
}
