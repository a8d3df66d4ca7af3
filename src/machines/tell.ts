import type { TokenRepair } from '../domain/bootstrap-token.ts';
import type { DeadlineSchedule } from '../domain/deadlines.ts';
import { count, type Instant, lengthWords, localWords, MINUTE_MS } from '../domain/instant.ts';
import type { PromptKind } from '../domain/ledger.ts';
import { releaseWords } from '../domain/os-version.ts';
import type { HandOverOutcome, PushOutcome } from '../domain/push.ts';
import { type Reason, reasonInWords } from '../domain/reason.ts';
import type { RequestKind } from '../domain/request.ts';
import type { RotationOutcome } from '../domain/rotation.ts';
import type { AgentContext } from './context.ts';
import type {
  DialogOutcome,
  DownloadOutcome,
  InstallOutcome,
  Outcome,
  PasswordOutcome,
  PromptSpec,
  UnlockOutcome,
} from './effects.ts';
import type { PushMoved, StartSettled } from './events.ts';
import { scheduleOf, stateName } from './explain.ts';
import { moveWords } from './move-words.ts';
import { promptSpec } from './orders.ts';
import { TOLD } from './password-records.ts';
import type { Step } from './replay.ts';

export type Kind =
  | 'found'
  | 'gone'
  | 'download'
  | 'prompt'
  | 'answer'
  | 'warning'
  | 'password'
  | 'install'
  | 'restart'
  | 'updated'
  | 'waiting'
  | 'session'
  | 'no-update'
  | 'failed'
  | 'halted'
  | 'paused'
  | 'request'
  | 'recovered';

/** One thing that happened, for a reader: when, what, why. */
export type Entry = { at: Instant; kind: Kind; text: string; because: Reason[] };

/** Turns a step of the journal into what a reader wants to know of it: nothing, one thing, or two. Pure. */
export function tell(step: Step): Entry[] {
  const entries: Entry[] = [];
  const { at, before, after } = step;
  const zone = after.context.facts?.zone ?? 'UTC';
  const say = (kind: Kind, text: string, because: Reason[] = []) => entries.push({ at, kind, text, because });
  const from = stateName(before.value);
  const to = stateName(after.value);

  const news = outcomeNews(step, from, zone);
  if (news !== null) say(...news);
  tellTarget(step, zone, say);
  tellMissedTime(step, zone, say);
  if (step.type === 'request.heard') tellRequest(step, zone, say);
  if (step.type === 'state.recovered') tellRecovery(step, say);
  if (step.type === 'dialog.opened') tellOpened(step, to, zone, say);
  if (step.type === 'start.settled') say('install', startWords(step.event as StartSettled));
  if (to !== from && to === 'downloading')
    say('download', `Downloading ${after.context.ledger.target?.title}`, after.context.because);
  if (to !== from && to === 'installing.bySoftwareupdate') {
    const stops = after.context.because.find(({ code }) => code === 'filevault-stops');
    const screen = stops === undefined ? '' : `; ${reasonInWords(stops, zone)}`;
    say(
      'install',
      `Installing ${after.context.ledger.target?.title}; the Mac restarts when macOS is ready${screen}`,
      after.context.because,
    );
  }
  if (to !== from && to === 'installing.byServer')
    say(
      'install',
      after.context.because.some(({ code }) => code === 'macos-enforces')
        ? `macOS installs ${after.context.ledger.target?.title} by itself, as it was told by declaration, and restarts`
        : `Asking the management server to install ${after.context.ledger.target?.title}; the Mac restarts when macOS is ready`,
      after.context.because,
    );
  if (step.type === 'push.moved')
    say('install', `The management server’s order${moveWords((step.event as PushMoved).move)}`);
  if (step.type === 'agent.woke' && to === 'validating' && from !== 'validating')
    say('restart', 'The Mac has restarted');
  tellRest(step, from, to, say);
  if (to === 'resting.upToDate') tellNothingToDo(step, zone, say);
  return entries;
}

type Say = (kind: Kind, text: string, because?: Reason[]) => void;

/** What the outcome of an effect means to a reader; null where it is no news. */
function outcomeNews(step: Step, from: string, zone: string): [Kind, string, Reason[]?] | null {
  const output = step.event.output as Outcome<'showDialog'> | undefined;
  const failure = step.event.error as { message?: string } | undefined;
  if (failure !== undefined) {
    return [
      'failed',
      `${UNDER_WAY[from] ?? 'A step'} failed: ${failure.message ?? 'unknown'}`,
      step.after.context.because,
    ];
  }
  if (output === undefined) return null;
  const value: unknown = output.value;
  switch (from) {
    case 'downloading':
      return downloadNews(value as DownloadOutcome);
    case 'asking.choosing':
    case 'asking.scheduling':
      return [
        'answer',
        closedForWarning(step, value as DialogOutcome)
          ? 'Nobody answered; the question was closed to make room for the warning'
          : answerWords(value as DialogOutcome, step.after.context, zone),
        step.before.context.decision?.because ?? [],
      ];
    case 'warning':
      return ['answer', warningAnswerWords(value as DialogOutcome)];
    case 'authorizing.byPerson':
      return ['password', passwordWords(value as PasswordOutcome)];
    case 'authorizing.telling':
      return ['answer', noticeAnswerWords(value as DialogOutcome)];
    case 'authorizing.bySavedCredential':
      return ['password', unlockWords(value as UnlockOutcome, step.before.context)];
    case 'handingOver':
      return handOverNews(value as HandOverOutcome, step.before.context, zone);
    case 'repairing': {
      const repair = value as TokenRepair;
      return repair.result === 'repaired'
        ? ['install', 'A new bootstrap token was escrowed']
        : ['failed', `No new bootstrap token could be escrowed: ${repair.why}`];
    }
    case 'installing.byServer':
      return pushNews(value as PushOutcome);
    case 'installing.bySoftwareupdate':
      return installNews(value as InstallOutcome, step.before.context);
    case 'rotating':
      return rotationNews(value as RotationOutcome);
    case 'validating':
      return validationNews(step);
    default:
      return null;
  }
}

/** The dialog closed by itself before its time-out, because the warning had to begin. */
function closedForWarning({ before, after }: Step, outcome: DialogOutcome): boolean {
  const { decision, settings } = before.context;
  if (outcome.answer !== 'timed-out' || decision?.kind !== 'ask' || decision.prompt !== 'soft') return false;
  const { facts } = before.context;
  const fullMs = (settings?.prompts.timeoutMinutes ?? 0) * MINUTE_MS;
  return after.context.ledger.deferral === null && facts !== null && decision.closesAt - facts.at < fullMs;
}

function downloadNews(outcome: DownloadOutcome): [Kind, string] {
  if (outcome.result === 'failed') return ['failed', `The download failed: ${outcome.detail}`];
  const words = outcome.prepared
    ? 'Downloaded and prepared'
    : 'Downloaded; macOS prepares it once somebody types a password';
  return ['download', words];
}

function handOverNews(outcome: HandOverOutcome, { decision }: AgentContext, zone: string): [Kind, string] | null {
  if (outcome.result === 'later') return null;
  if (outcome.result === 'refused') return ['failed', `macOS does not get the deadline: ${outcome.detail}`];
  const by = decision?.kind === 'hand-over' ? decision.by : 0;
  return ['install', `The management server has macOS enforce the deadline ${localWords(by, zone)}`];
}

function pushNews(outcome: PushOutcome): [Kind, string] {
  switch (outcome.result) {
    case 'restarting':
      return ['install', 'macOS is ready and restarts within a minute or so'];
    case 'restarted':
      return ['restart', 'The Mac restarted while the management server installed'];
    case 'refused':
      return ['failed', `The management server does not install it: ${outcome.detail}`];
    case 'quiet':
      return [
        'failed',
        `No more is seen of the management server’s order, which may still be carried out: ${outcome.detail}`,
      ];
  }
}

function installNews(outcome: InstallOutcome, { ledger }: AgentContext): [Kind, string] {
  if (outcome.result === 'failed') {
    const open = ledger.install?.nextStart?.unlocked === true;
    const words = open ? '; the next start passes FileVault’s screen all the same, whoever restarts the Mac' : '';
    return ['failed', `The install failed: ${outcome.detail}${words}`];
  }
  if (outcome.result !== 'unknown') return ['install', 'macOS has taken the update and is about to restart'];
  return ['install', `Nobody can say whether macOS took the update (${outcome.why}); waiting for the restart`];
}

/** What came of unlocking the start that follows an install. */
function startWords({ nextStart }: StartSettled): string {
  if (nextStart.unlocked) return 'The start after the restart is unlocked: the Mac passes FileVault’s screen by itself';
  return capitalized(reasonInWords({ code: 'filevault-stops', why: nextStart.why }, 'UTC'));
}

function validationNews({ before, after }: Step): [Kind, string] {
  const { lastUpdate } = after.context.ledger;
  if (lastUpdate === null || lastUpdate === before.context.ledger.lastUpdate) {
    return ['failed', 'After the restart the old version still runs; nothing that was promised is forgotten'];
  }
  const { from, to } = lastUpdate;
  return ['updated', `Checked after the restart: ${releaseWords(to)} runs, the update from ${from.version} is done`];
}

function rotationNews(outcome: RotationOutcome): [Kind, string] | null {
  if (outcome.result === 'not-needed') return null;
  if (outcome.result === 'rotated') return ['password', 'The service account has a new password'];
  return ['failed', `The password of the service account could not be changed: ${outcome.why}`];
}

function passwordWords(outcome: PasswordOutcome): string {
  switch (outcome.answer) {
    case 'typed': {
      const { kept } = outcome;
      if (kept === undefined) return `The password of ${outcome.user} was typed`;
      return kept.kept
        ? `The password of ${outcome.user} was typed, and is kept in their keychain as they wished`
        : `The password of ${outcome.user} was typed; it could not be kept as they wished: ${kept.why}`;
    }
    case 'wrong':
      return `A password of ${outcome.user} was typed and is wrong`;
    case 'cannot':
      return `The password of ${outcome.user} was typed to no avail: ${TOLD[outcome.why]}`;
    case 'gone':
      return 'Whoever was asked for the password is not at the Mac any more; nothing they typed is used';
    case 'declined':
      return 'The person did not want to type a password now';
    case 'timed-out':
      return 'Nobody typed a password';
    case 'failed':
      return `The password dialog failed: ${outcome.why}`;
  }
}

function noticeAnswerWords(outcome: DialogOutcome): string {
  if (outcome.answer === 'failed') return `The notice failed: ${outcome.why}`;
  return outcome.answer === 'timed-out' ? 'Nobody closed the notice' : 'The person has seen the notice';
}

function unlockWords(outcome: UnlockOutcome, { decision }: AgentContext): string {
  const method = decision?.kind === 'authorize' ? decision.via : undefined;
  if (outcome.result === 'unlocked') return `The saved password of ${outcome.user} is there and not known to be wrong`;
  if (method === undefined || outcome.why === 'not-set') return 'The saved password is gone';
  return capitalized(reasonInWords({ code: 'method-refused', method, why: outcome.why }, 'UTC'));
}

const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const UNDER_WAY: Record<string, string> = {
  assessing: 'Looking at the Mac',
  downloading: 'The download',
  'asking.choosing': 'The dialog',
  'asking.scheduling': 'The dialog',
  warning: 'The warning dialog',
  'authorizing.byPerson': 'The password dialog',
  'authorizing.bySavedCredential': 'Fetching the saved password',
  'authorizing.telling': 'The notice',
  handingOver: 'Handing over the deadline',
  repairing: 'Escrowing a bootstrap token',
  'installing.byServer': 'The install by the management server',
  'installing.bySoftwareupdate': 'The install',
  rotating: 'Changing the password of the service account',
  validating: 'The check after the restart',
};

function answerWords(outcome: DialogOutcome, after: AgentContext, zone: string): string {
  const { deferral, target, scheduled } = after.ledger;
  const putOff =
    deferral === null
      ? ''
      : ` until ${localWords(deferral.until, zone)} (${count(target?.deferralCount ?? 0, 'deferral')} so far)`;
  switch (outcome.answer) {
    case 'now':
      return 'The person chose to restart now';
    case 'defer':
      return `The person put it off for ${lengthWords(outcome.minutes * MINUTE_MS)},${putOff}`;
    case 'choose-time':
      return 'The person wants to choose a time';
    case 'time':
      return `The person chose ${localWords(scheduled?.at ?? outcome.at, zone)} for the restart`;
    case 'back':
      return 'The person went back';
    case 'acknowledged':
      return 'The person has seen it';
    case 'timed-out':
      return deferral === null ? 'Nobody answered' : `Nobody answered, which counts as putting it off${putOff}`;
    case 'no-answer':
      return `No answer: ${outcome.why}`;
    case 'failed':
      return `The dialog failed: ${outcome.why}`;
  }
}

function warningAnswerWords(outcome: DialogOutcome): string {
  switch (outcome.answer) {
    case 'now':
      return 'The person chose to restart now';
    case 'timed-out':
      return 'The time named in the warning has come';
    case 'failed':
      return `The warning failed and has to be shown again: ${outcome.why}`;
    case 'no-answer':
      return 'The person closed the warning';
    default:
      return 'The person has seen the warning';
  }
}

function tellTarget({ before, after }: Step, zone: string, say: Say): void {
  const was = before.context.ledger.target;
  const is = after.context.ledger.target;
  if (is !== null && is.label !== was?.label) {
    say(
      'found',
      `${is.title} is offered (now ${runningWords(after.context)}). ${deadlineWords(scheduleOf(after.context), zone)}`,
      after.context.because,
    );
  } else if (is === null && was !== null && after.context.ledger.lastUpdate === before.context.ledger.lastUpdate) {
    say(
      'gone',
      `${was.title} is no longer to be installed: it is not offered any more, or runs already`,
      after.context.because,
    );
  }
}

/** A chosen time that passed without a restart, as when the Mac slept: told, because it counts as a deferral. */
function tellMissedTime({ before, after }: Step, zone: string, say: Say): void {
  const { scheduled, target, install } = before.context.ledger;
  if (scheduled === null || after.context.ledger.scheduled !== null || install !== null) return;
  const now = after.context.ledger.target;
  if (now === null || now.label !== target?.label || now.deferralCount <= target.deferralCount) return;
  say(
    'waiting',
    `The time chosen (${localWords(scheduled.at, zone)}) passed without a restart, which counts as putting it off (${count(now.deferralCount, 'deferral')} so far)`,
  );
}

const ASKED: Record<RequestKind, string> = {
  check: 'to look for updates now',
  install: 'to install now',
  defer: 'to put it off',
  schedule: 'for a restart time',
  pause: 'for a pause',
  resume: 'to end the pause',
  reset: 'to forget failed attempts',
};

/** What somebody asked for and what became of it; later than asked only where nobody was there to hear it. */
function tellRequest({ at, event, after }: Step, zone: string, say: Say): void {
  const { lastRequest } = after.context.ledger;
  if (lastRequest === null) return;
  const who = lastRequest.by.kind === 'admin' ? 'An administrator' : `The user ${lastRequest.by.uid}`;
  const askedAt = Number(event.askedAt);
  const late = at - askedAt > MINUTE_MS ? ` (asked ${localWords(askedAt, zone)})` : '';
  const asked = `${who} asked ${ASKED[lastRequest.kind]}${late}`;
  say('request', `${asked}: ${lastRequest.accepted ? '' : 'refused, '}${lastRequest.words}`);
}

function tellRecovery({ event }: Step, say: Say): void {
  const from = event.how === 'backup' ? 'its backup' : 'the beginning';
  const kept = event.ledger === null ? 'nothing else was left' : 'what people were promised is kept';
  say('recovered', `The state was lost (${String(event.why)}); upkeep goes on from ${from}, and ${kept}`);
}

function runningWords(context: AgentContext): string {
  return context.facts?.os.known ? releaseWords(context.facts.os.value) : 'an unknown macOS';
}

function deadlineWords(schedule: DeadlineSchedule | null, zone: string): string {
  const parts = (['focus', 'soft', 'hard'] as const).flatMap((name) => {
    const at = schedule?.[name].at ?? null;
    return at === null ? [] : [`${name} ${localWords(at, zone)}`];
  });
  return parts.length === 0 ? 'No deadline is set.' : `Deadlines: ${parts.join(' · ')}.`;
}

function tellOpened(step: Step, state: string, zone: string, say: Say): void {
  const { context } = step.after;
  const kind = promptKindIn(state, context);
  const because = context.decision?.because ?? [];
  const unseen = step.event.screenLocked === false ? '' : ' (the screen is locked)';
  if (kind === 'password') say('password', `Asked for ${whosePassword(context)}${unseen}`, because);
  if (kind === null || kind === 'password') return;
  const spec = promptSpec(context, kind);
  if (kind === 'warning') {
    const minutes = Math.round(((spec.restartAt ?? step.at) - step.at) / MINUTE_MS);
    const ahead = `${localWords(spec.restartAt ?? 0, zone)}, ${lengthWords(minutes * MINUTE_MS)} ahead`;
    say('warning', `Warned that the Mac restarts at ${ahead}${unseen}`, because);
  } else if (kind === 'notice') {
    say('password', `Told that no password can be used: ${TOLD[spec.notice?.why ?? 'not-owner']}${unseen}`, because);
  } else {
    say('prompt', promptWords(spec, kind) + unseen, because);
  }
}

function whosePassword({ decision }: AgentContext): string {
  const others = decision?.kind === 'authorize' ? decision.others : undefined;
  return others === undefined ? 'the password' : `the password of one of ${count(others.length, 'other account')}`;
}

/** Which dialog is up in a state. */
export function promptKindIn(state: string, context: AgentContext): PromptKind | null {
  if (state === 'asking.choosing') return context.decision?.kind === 'ask' ? context.decision.prompt : 'choice';
  if (state === 'asking.scheduling') return 'schedule';
  if (state === 'warning') return 'warning';
  if (state === 'authorizing.telling') return 'notice';
  return state === 'authorizing.byPerson' ? 'password' : null;
}

function promptWords(spec: PromptSpec, kind: Exclude<PromptKind, 'password' | 'warning' | 'notice'>): string {
  if (kind === 'schedule') return `Asked for a time (${count(spec.times.length, 'time')} offered)`;
  if (kind === 'soft') return 'Asked to restart; it cannot be put off any more';
  return `Asked when to restart: now${spec.times.length > 0 ? ', at a time' : ''}, or later: ${spec.deferrals.map((choice) => choice.label).join(' / ')}`;
}

/** Waiting is told when its reason changes, not every time upkeep looks again. */
function tellRest({ before, after }: Step, from: string, to: string, say: Say): void {
  if (to === 'resting.paused' && from !== to) {
    say('paused', 'Paused: nothing is downloaded, asked or installed', after.context.because);
    return;
  }
  if (from === to || !['resting.waiting', 'resting.backingOff', 'resting.stumbled', 'resting.halted'].includes(to))
    return;
  const because = after.context.because;
  const told = because.filter((reason) => OBSTACLES.has(reason.code));
  const toldBefore = new Set(before.context.because.map((reason) => reason.code));
  if (told.length === 0 || told.every((reason) => toldBefore.has(reason.code))) return;
  const zone = after.context.facts?.zone ?? 'UTC';
  const words = told.map((reason) => reasonInWords(reason, zone)).join('; ');
  say(
    to === 'resting.halted' ? 'halted' : 'waiting',
    to === 'resting.halted' ? `Stopped: ${words}` : `Waiting: ${words}`,
    because,
  );
}

/** That there is nothing to do is news at first, and whenever what is left out for a reason changes. */
function tellNothingToDo({ before, after }: Step, zone: string, say: Say): void {
  const leftOut = (context: AgentContext) =>
    (context.ledger.lastScan?.passedOver ?? []).filter(({ why }) => why !== 'not-macos' && why !== 'not-newer');
  const key = (context: AgentContext) => JSON.stringify(leftOut(context));
  const first = before.context.ledger.lastScan === null && after.context.ledger.lastUpdate === null;
  if (!first && key(before.context) === key(after.context)) return;
  const reasons = leftOut(after.context).map(({ label, why }): Reason => ({ code: 'passed-over', label, why }));
  const words = reasons.map((reason) => reasonInWords(reason, zone)).join('; ');
  const nothing = `Nothing to install: ${runningWords(after.context)} runs`;
  say('no-update', words === '' ? nothing : `${nothing}, and ${words}`, after.context.because);
}

const OBSTACLES: ReadonlySet<Reason['code']> = new Set([
  'scan-failed',
  'fact-unknown',
  'outside-active-hours',
  'in-a-meeting',
  'screen-locked',
  'prompts-spent',
  'limit-near',
  'network-down',
  'no-answer',
  'no-password',
  'dialog-failing',
  'power-low',
  'storage-low',
  'nobody-to-authorize',
  'person-cannot',
  'somebody-may-come',
  'unattended-not-allowed',
  'attempt-failed',
  'budget-spent',
  'too-many-steps',
]);
