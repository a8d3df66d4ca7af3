import type { DeadlineSchedule } from '../domain/deadlines.ts';
import { valueOr } from '../domain/facts.ts';
import { count, type Instant, isoOf, localWords } from '../domain/instant.ts';
import { releaseWords } from '../domain/os-version.ts';
import { type Reason, reasonInWords } from '../domain/reason.ts';
import { personRemedy, refusalRemedy } from '../domain/refusal-remedies.ts';
import type { TokenRepairTrouble } from '../domain/token-repair.ts';
import { scheduleForTarget } from '../policy/situation.ts';
import type { AgentContext } from './context.ts';
import { moveWords } from './move-words.ts';
import { type Moment, STATUS_SCHEMA, type Status } from './status.ts';
import { managementOf } from './status-management.ts';

/** The dotted name of a state value: `resting.deferred`. */
export function stateName(value: unknown): string {
  if (typeof value === 'string') return value;
  const [entry] = Object.entries((value ?? {}) as Record<string, unknown>);
  return entry === undefined ? '' : `${entry[0]}.${stateName(entry[1])}`.replace(/\.$/, '');
}

/** Says where the agent stands. Pure: the same checkpoint always reads the same. */
export function explain(value: unknown, context: AgentContext, at: Instant): Status {
  const state = stateName(value);
  const zone = context.facts?.zone ?? context.ledger.target?.zone ?? 'UTC';
  const { target, deferral } = context.ledger;
  const schedule = scheduleOf(context);
  const management = managementOf(context, at, zone);
  return {
    schema: STATUS_SCHEMA,
    writtenAt: isoOf(at),
    zone,
    state,
    what: whatInWords(state, context, zone),
    next: nextMoment(state, context, zone),
    later: laterMoment(schedule, deferral?.until ?? at, management?.declared?.counts === true, zone),
    why: context.because.map((reason) => reasonInWords(reason, zone)),
    because: context.because,
    problems: problemsOf(state, context.because, zone),
    os: context.facts === null ? null : valueOr(context.facts.os, null),
    target:
      target === null
        ? null
        : { title: target.title, version: target.version, build: target.build, label: target.label },
    deferralCount: target?.deferralCount ?? 0,
    deadlines: {
      focus: isoOrNull(schedule?.focus.at),
      soft: isoOrNull(schedule?.soft.at),
      hard: isoOrNull(schedule?.hard.at),
    },
    lastUpdate:
      context.ledger.lastUpdate === null
        ? null
        : { ...context.ledger.lastUpdate, at: isoOf(context.ledger.lastUpdate.at) },
    ...wishesAndPromises(context),
    management,
  };
}

function wishesAndPromises({ ledger, facts }: AgentContext): Partial<Status> {
  const { boot, pause, order, lastRequest, warning } = ledger;
  return {
    boot: boot === null ? null : { id: boot.id, startedAt: isoOrNull(boot.startedAt) },
    user: facts === null ? null : valueOr(facts.consoleUser, null),
    pausedUntil: isoOrNull(pause?.until),
    order: order === null ? null : { at: isoOf(order.at) },
    lastRequest: lastRequest === null ? null : { ...lastRequest, at: isoOf(lastRequest.at) },
    warningRestartAt: warning === null || warning.openedAt === null ? null : isoOf(warning.restartAt),
  };
}

function whatInWords(state: string, context: AgentContext, zone: string): string {
  const { target, deferral, scheduled, warning, lastUpdate, install } = context.ledger;
  const title = target?.title ?? 'macOS';
  const running = context.facts?.os.known ? releaseWords(context.facts.os.value) : 'macOS';
  switch (state) {
    case 'resting.fresh':
      return 'upkeep is installed and has not looked for updates yet';
    case 'resting.upToDate':
      return lastUpdate === null
        ? `Up to date: ${running}`
        : `Up to date: ${running}, updated from ${lastUpdate.from.version} on ${localWords(lastUpdate.at, zone)}`;
    case 'resting.deferred':
      return `Updating to ${title}: put off until ${localWords(deferral?.until ?? 0, zone)} (${count(target?.deferralCount ?? 0, 'deferral')} so far)`;
    case 'resting.scheduled': {
      const at =
        warning !== null && warning.openedAt !== null ? warning.restartAt : (scheduled?.at ?? warning?.restartAt ?? 0);
      return `Updating to ${title}: the restart is set for ${localWords(at, zone)}`;
    }
    case 'resting.waiting':
      return `Updating to ${title}: waiting`;
    case 'resting.backingOff':
    case 'resting.stumbled':
      return target === null
        ? 'Something failed; waiting before the next try'
        : `Updating to ${title}: something failed; waiting before the next try`;
    case 'resting.halted':
      return `Updating to ${title} has stopped: too many attempts failed`;
    case 'resting.paused':
      return target === null ? 'Paused by an administrator' : `Updating to ${title}: paused by an administrator`;
    case 'assessing':
      return 'Looking at the Mac';
    case 'downloading':
      return `Downloading ${title}`;
    case 'asking.choosing':
    case 'asking.scheduling':
      return `Asking when to restart for ${title}`;
    case 'warning':
      return `Warning of the restart for ${title}`;
    case 'authorizing.bySavedCredential':
      return `Fetching the saved password that ${title} needs`;
    case 'authorizing.byPerson':
      return `Asking for the password that ${title} needs`;
    case 'handingOver':
      return `Having macOS itself enforce the deadline for ${title}`;
    case 'rotating':
      return 'Changing the password of the service account';
    case 'repairing':
      return 'Having a new bootstrap token sent to the management server';
    case 'authorizing.telling':
      return `Telling the person why nobody can authorise ${title} now`;
    case 'installing.byServer':
      return `Having the management server install ${title}${moveWords(install?.push)}`;
    case 'installing.bySoftwareupdate':
      return `Installing ${title}`;
    case 'restarting':
      return `macOS has taken ${install === null ? title : install.label} and is about to restart`;
    case 'validating':
    case 'unvalidated':
      return 'Checking what runs after the restart';
    default:
      return state;
  }
}

const NEXT: Record<string, string> = {
  'resting.upToDate': 'look for updates',
  'resting.deferred': 'ask again',
  'resting.waiting': 'look again',
  'resting.backingOff': 'try again',
  'resting.stumbled': 'try again',
  'resting.halted': 'look whether anything changed',
  'resting.paused': 'go on',
  restarting: 'doubt the restart, if it has not come by then',
  unvalidated: 'look again what runs',
};

function nextMoment(state: string, context: AgentContext, zone: string): Moment | null {
  if (context.wakeAt === null) return null;
  const { warning } = context.ledger;
  const restartNext = warning !== null && warning.openedAt !== null && warning.restartAt === context.wakeAt;
  const text =
    state === 'resting.scheduled'
      ? restartNext
        ? 'restart and install'
        : 'warn that the restart is near'
      : (NEXT[state] ?? 'look again');
  return { at: isoOf(context.wakeAt), text: `${localWords(context.wakeAt, zone)}: ${text}` };
}

/** The deadline that comes after the next moment. */
function laterMoment(
  schedule: DeadlineSchedule | null,
  from: Instant,
  isEnforced: boolean,
  zone: string,
): Moment | null {
  if (schedule === null) return null;
  const ahead = (['soft', 'hard'] as const).flatMap((name) => {
    const { at } = schedule[name];
    return at !== null && at >= from ? [{ at, name }] : [];
  });
  const first = ahead.sort((a, b) => a.at - b.at)[0];
  if (first === undefined) return null;
  const text =
    first.name === 'soft'
      ? 'soft deadline, from then on it cannot be put off'
      : isEnforced
        ? 'hard deadline, macOS itself restarts the Mac'
        : 'hard deadline, the Mac restarts after a warning';
  return { at: isoOf(first.at), text: `${localWords(first.at, zone)}: ${text}` };
}

export function scheduleOf({ ledger, settings }: AgentContext): DeadlineSchedule | null {
  if (ledger.target === null || settings === null) return null;
  return scheduleForTarget(settings, ledger.target);
}

const REMEDIES: Partial<Record<Reason['code'], string>> = {
  'push-pending':
    'Save your work: the restart may come without another word. Nothing else can be done on this Mac; in the management server the order may be withdrawn.',
  'macos-overdue':
    'Save your work, and connect the Mac to power: the restart may come without another word. Nothing else can be done on this Mac.',
  'declared-beside':
    'Nothing can be done on this Mac. In the management server, let a deferral end before the declared moment, so that upkeep warns of it, or take the declaration back.',
  'dialog-failing':
    'Check that swiftDialog is installed and starts (`/usr/local/bin/dialog --version`): without it nobody can be asked or warned, and no session is restarted.',
  'no-password': 'Nothing: upkeep asks again. If the password is refused, the account may be no volume owner.',
  'scan-failed':
    'upkeep tries again by itself. If it goes on, run `softwareupdate --list` on this Mac and look at what it prints.',
  'fact-unknown':
    'Run the named tool by hand as root and look at what it prints (`upkeep parse` reads it as upkeep does).',
  'network-down': 'Check that this Mac reaches Apple’s update servers; upkeep tries again by itself.',
  'storage-low': 'Free some space, for instance with System Settings > General > Storage.',
  'power-low': 'Plug in a power adapter.',
  'nobody-to-authorize':
    'Somebody who owns the volume has to log in, unlock the screen and type their password when asked.',
  'budget-spent':
    'Look at `upkeep explain` for what failed, mend it, and install the update by hand or wait for the next release.',
  'attempt-failed': 'upkeep tries again by itself; if it keeps failing, `upkeep explain` shows the history.',
  'too-many-steps': 'Please report this as a bug with the output of `upkeep explain --json`.',
  'prompts-spent': 'Nothing: upkeep asks again tomorrow.',
  'rotation-failed':
    'The account goes on with the password it has. `sudo upkeep service-account status` says what is wrong; `sudo upkeep service-account rotate --admin USER` lets an administrator with a secure token do it.',
};

const BY_HAND = '`sudo upkeep bootstrap-token escrow --admin USER` lets an administrator with a secure token do it.';
const TOKEN_REMEDIES: Record<TokenRepairTrouble, string> = {
  nobody: `Save one who has a secure token: \`sudo upkeep auth set local-account USER\`, or \`sudo upkeep service-account create --admin USER\`. Or by hand: ${BY_HAND}`,
  unfit: `\`sudo upkeep auth verify\` says what is wrong with what is saved. ${BY_HAND}`,
  unsupported:
    'Ask whoever runs the management server: it has to support bootstrap tokens, and the Mac to be supervised.',
  'not-kept': `Look at the management server, which did not keep it. After that: ${BY_HAND}`,
  later: `upkeep tries again by itself. \`sudo upkeep bootstrap-token validate\` says how it stands; ${BY_HAND}`,
};

function remedyOf(reason: Reason): string | undefined {
  if (reason.code === 'method-refused') return refusalRemedy(reason.why, null);
  if (reason.code === 'token-repair-failed') return TOKEN_REMEDIES[reason.why];
  return reason.code === 'person-cannot' ? personRemedy(reason.why) : REMEDIES[reason.code];
}

function problemsOf(state: string, because: readonly Reason[], zone: string): Status['problems'] {
  const seen = new Set<string>();
  return because.flatMap((reason) => {
    const remedy = remedyOf(reason);
    const quiet = reason.code === 'prompts-spent' && state !== 'resting.halted';
    // Several ways may be refused at once, each for a reason of its own.
    const which = reason.code === 'method-refused' ? `${reason.code} ${reason.method}` : reason.code;
    if (remedy === undefined || quiet || seen.has(which)) return [];
    seen.add(which);
    return [{ code: reason.code, text: reasonInWords(reason, zone), remedy }];
  });
}

const isoOrNull = (at: Instant | null | undefined): string | null =>
  at === null || at === undefined ? null : isoOf(at);
