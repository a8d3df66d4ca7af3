import { type Instant, isoOf, lengthWords, MINUTE_MS } from '../domain/instant.ts';
import type { PromptKind, RestartBy } from '../domain/ledger.ts';
import { compareVersions, type OsRelease } from '../domain/os-version.ts';
import type { Reason } from '../domain/reason.ts';
import type { Settings } from '../domain/settings.ts';
import type { DialogOutcome, Outcome, PasswordOutcome } from '../machines/effects.ts';
import type { Entry } from '../machines/entry.ts';
import { stateName } from '../machines/explain.ts';
import { replay, type Step } from '../machines/replay.ts';
import { promptKindIn, tell } from '../machines/tell.ts';
import { begunForServer, checkInvariants, type InvariantReport, warnedBefore } from './invariants.ts';
import type { HappeningOf } from './mac/happenings.ts';
import { type MdmReport, mdmReport, toldByServer } from './mdm-report.ts';
import type { SimulationInput, SimulationRun } from './simulate.ts';

export const SIMULATION_SCHEMA = 'upkeep.simulation/1';

export type TimelineEntry = { at: string; kind: string; text: string; because: Reason[] };
export type PromptReport = {
  at: string;
  kind: PromptKind;
  shown: boolean;
  answer: string | null;
  until: string | null;
};
export type RestartReport = {
  at: string;
  by: RestartBy | 'mdm' | 'outside';
  loggedIn: boolean;
  warning: { shownAt: string; minutes: number } | null;
};

export type SimulationReport = {
  schema: typeof SIMULATION_SCHEMA;
  seed: number;
  persona: string;
  zone: string;
  policy: Settings;
  startedAt: string;
  endedAt: string;
  outcome: 'updated' | 'up-to-date' | 'waiting' | 'halted';
  /** The reasons of the agent's last rest. */
  because: Reason[];
  os: { before: OsRelease; after: OsRelease };
  timeline: TimelineEntry[];
  prompts: PromptReport[];
  /** How often it was put off: by choice, by not answering, or by a chosen time that was missed. */
  deferrals: number;
  restarts: RestartReport[];
  invariants: InvariantReport;
  commands: { total: number; byTool: Record<string, number>; probes: number; acts: number };
  events: number;
  wakes: number;
  /** The management server’s part; null where there is none. */
  mdm: MdmReport | null;
};

/** Everything a run has to tell, as data. The journal is told by the same code as `upkeep explain`. */
export function reportOn(input: SimulationInput, run: SimulationRun): SimulationReport {
  const { mac } = run;
  const steps = [...replay(run.journal)];
  const before = { version: input.spec.macOS, build: input.spec.build };
  const after = mac.release();
  const prompts = promptsIn(steps);
  const restarts = restartsOf(input, run, steps);
  return {
    schema: SIMULATION_SCHEMA,
    seed: input.seed,
    persona: input.persona,
    zone: input.spec.zone,
    policy: input.settings,
    startedAt: isoOf(input.start),
    endedAt: isoOf(run.endedAt),
    outcome: outcomeOf(run, before, after),
    because: run.status?.because ?? [],
    os: { before, after },
    timeline: timelineOf(steps, run, restarts),
    prompts,
    deferrals: deferralsIn(steps),
    restarts: restarts.map(({ report }) => report),
    invariants: checkInvariants(run, prompts, input.settings),
    commands: commandsOf(run),
    events: run.journal.length,
    wakes: run.wakes,
    mdm: run.mdm === null ? null : mdmReport(run.mdm),
  };
}

function outcomeOf({ status }: SimulationRun, before: OsRelease, after: OsRelease): SimulationReport['outcome'] {
  if (status?.state === 'resting.halted') return 'halted';
  if (status === null || status.target !== null || status.state !== 'resting.upToDate') return 'waiting';
  return compareVersions(after.version, before.version) !== 0 || after.build !== before.build
    ? 'updated'
    : 'up-to-date';
}

type KnownRestart = { at: Instant; report: RestartReport; happening: HappeningOf<'restart'> };

function restartsOf(input: SimulationInput, { mac }: SimulationRun, steps: readonly Step[]): KnownRestart[] {
  return mac.happenings.flatMap((happening) => {
    if (happening.kind !== 'restart') return [];
    const { at, call } = happening;
    const begunBy = call === null ? begunForServer(mac, happening) : mac.calls[call];
    const forServer = call === null && (begunBy !== null || happening.cause === 'mdm');
    const begunAt = begunBy?.at ?? at;
    const begunWall = begunBy?.wall ?? happening.wall;
    const install = steps.findLast((step) => step.at <= begunWall && step.after.context.ledger.install !== null)?.after
      .context.ledger.install;
    const ours = call !== null && happening.cause === 'softwareupdate';
    const warned =
      (ours || forServer) && happening.loggedIn !== null
        ? warnedBefore(mac, begunAt, begunWall, happening, input.settings)
        : null;
    const report: RestartReport = {
      at: isoOf(at),
      by: ours && install ? install.by : forServer ? 'mdm' : 'outside',
      loggedIn: happening.loggedIn !== null,
      warning:
        warned === null
          ? null
          : { shownAt: isoOf(warned.shownAt), minutes: Math.floor((at - warned.shownAt) / MINUTE_MS) },
    };
    return [{ at, report, happening }];
  });
}

type Told = Omit<Entry, 'kind'> & { kind: string };

function timelineOf(
  steps: readonly Step[],
  { mac: { happenings }, mdm }: SimulationRun,
  restarts: readonly KnownRestart[],
): TimelineEntry[] {
  // The Mac's own record tells restarts better than the agent, which only notices them afterwards.
  const told: Told[] = steps.flatMap((step) => tell(step)).filter((entry) => entry.kind !== 'restart');
  for (const { at, report, happening } of restarts) {
    const who =
      happening.loggedIn === null
        ? 'nobody logged in'
        : happening.screenLocked
          ? `${happening.loggedIn} logged in, screen locked`
          : `${happening.loggedIn} logged in`;
    const warning =
      report.warning === null ? '' : `, ${lengthWords(report.warning.minutes * MINUTE_MS)} after the warning came up`;
    told.push({ at, kind: 'restart', text: `The Mac restarts (${BY[report.by]}; ${who}${warning})`, because: [] });
  }
  for (const one of happenings) {
    if (one.kind === 'logged-out')
      told.push({ at: one.at, kind: 'session', text: `${one.user} logged out`, because: [] });
  }
  for (const { at, text } of mdm === null ? [] : toldByServer(mdm)) told.push({ at, kind: 'mdm', text, because: [] });
  return told
    .map((entry, order) => ({ entry, order }))
    .sort((a, b) => a.entry.at - b.entry.at || a.order - b.order)
    .map(({ entry }) => ({ ...entry, at: isoOf(entry.at) }));
}

const BY: Record<RestartReport['by'], string> = {
  person: 'the person chose now',
  deadline: 'deadline',
  schedule: 'at the time set for it',
  order: 'an administrator asked for it',
  mdm: 'for the management server',
  outside: 'not by upkeep',
};

function deferralsIn(steps: readonly Step[]): number {
  let deferrals = 0;
  for (const { before, after } of steps) {
    const was = before.context.ledger.target;
    const is = after.context.ledger.target;
    if (was !== null && is !== null && was.label === is.label)
      deferrals += Math.max(0, is.deferralCount - was.deferralCount);
  }
  return deferrals;
}

/** One row per dialog: what it was, whether it came up, what the answer was. A dialog cut off by a crash has none. */
function promptsIn(steps: readonly Step[]): PromptReport[] {
  const rows: (PromptReport & { id: number })[] = [];
  for (const step of steps) {
    const { ledger } = step.after.context;
    if (ledger.promptCount > step.before.context.ledger.promptCount) {
      const kind = promptKindIn(stateName(step.after.value), step.after.context);
      if (kind !== null)
        rows.push({ id: ledger.promptCount, at: isoOf(step.at), kind, shown: false, answer: null, until: null });
    }
    if (step.type === 'dialog.opened') {
      const row = rows.find((one) => one.id === step.event.promptId);
      if (row !== undefined) row.shown = true;
    }
    const answered = promptKindIn(stateName(step.before.value), step.before.context);
    const output = step.event.output as Outcome<'showDialog'> | Outcome<'askPassword'> | undefined;
    if (answered === null || output === undefined || !step.type.startsWith('xstate.done.actor.')) continue;
    const row = rows.findLast((one) => one.id <= step.before.context.ledger.promptCount);
    if (row === undefined) continue;
    row.answer = output.value.answer;
    row.until = untilOf(step, output.value);
  }
  return rows.map(({ id: _id, ...row }) => row);
}

function untilOf(step: Step, answer: DialogOutcome | PasswordOutcome): string | null {
  const { deferral, warning } = step.after.context.ledger;
  if (answer.answer === 'time') return isoOf(answer.at);
  if ((answer.answer === 'defer' || answer.answer === 'timed-out') && deferral !== null) return isoOf(deferral.until);
  return stateName(step.before.value) === 'warning' && warning !== null ? isoOf(warning.restartAt) : null;
}

function commandsOf({ mac }: SimulationRun): SimulationReport['commands'] {
  const byTool: Record<string, number> = {};
  for (const { name } of mac.calls) {
    const tool = name.split('.')[0] ?? name;
    byTool[tool] = (byTool[tool] ?? 0) + 1;
  }
  const acts = mac.calls.filter((call) => call.effect === 'act').length;
  const sorted = Object.fromEntries(Object.entries(byTool).sort(([a], [b]) => (a < b ? -1 : 1)));
  return { total: mac.calls.length, byTool: sorted, probes: mac.calls.length - acts, acts };
}
