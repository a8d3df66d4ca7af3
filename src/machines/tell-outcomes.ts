import { count, lengthWords, localWords, MINUTE_MS } from '../domain/instant.ts';
import { releaseWords } from '../domain/os-version.ts';
import type { HandOverOutcome, PushOutcome } from '../domain/push.ts';
import { type Reason, reasonInWords } from '../domain/reason.ts';
import type { RotationOutcome } from '../domain/rotation.ts';
import type { TokenRepairOutcome } from '../domain/token-repair.ts';
import { capitalized } from '../domain/words.ts';
import type { AgentContext } from './context.ts';
import type {
  DialogOutcome,
  DownloadOutcome,
  InstallOutcome,
  Outcome,
  PasswordOutcome,
  UnlockOutcome,
} from './effects.ts';
import type { Kind } from './entry.ts';
import type { StartSettled } from './events.ts';
import { TOLD } from './password-records.ts';
import type { Step } from './replay.ts';

/** What the outcome of an effect means to a reader; null where it is no news. */
export function outcomeNews(step: Step, from: string, zone: string): [Kind, string, Reason[]?] | null {
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
    case 'installing.byServer':
      return pushNews(value as PushOutcome);
    case 'installing.bySoftwareupdate':
      return installNews(value as InstallOutcome, step.before.context);
    case 'rotating':
      return rotationNews(value as RotationOutcome);
    case 'repairing':
      return tokenNews(value as TokenRepairOutcome);
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
    : 'Downloaded; macOS prepares it once the install is authorised';
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
export function startWords({ nextStart }: StartSettled): string {
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

function tokenNews(outcome: TokenRepairOutcome): [Kind, string] | null {
  if (outcome.result === 'forgotten') return null;
  if (outcome.result === 'failed')
    return ['failed', `No new bootstrap token could be sent to the management server: ${outcome.detail}`];
  if (outcome.by === null) return ['password', 'The bootstrap token of this Mac is of use again'];
  return ['password', `A new bootstrap token was sent to the management server, by “${outcome.by}”`];
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
  'installing.byServer': 'The install by the management server',
  'installing.bySoftwareupdate': 'The install',
  rotating: 'Changing the password of the service account',
  repairing: 'Having a new bootstrap token sent to the management server',
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
