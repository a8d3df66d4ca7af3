import type { AuthMethod, MethodTrouble, PersonState } from './authority.ts';
import { type StopsWhy, UNCERTAIN } from './filevault.ts';
import { count, type Instant, lengthWords, localWords, MINUTE_MS } from './instant.ts';
import type { TokenRepairTrouble } from './token-repair.ts';

/**
 * Why a decision was made: a stable code with its data. Codes are part of the JSON that admins build on; the sentences
 * (`reasonInWords`) may get better.
 */
export type Reason =
  | { code: 'never-looked' }
  | { code: 'offer-found'; label: string; foundAt: Instant }
  | { code: 'nothing-to-install'; running: string; scannedAt: Instant }
  | { code: 'passed-over'; label: string; why: string }
  | { code: 'scan-failed'; failures: number; detail: string }
  | { code: 'fact-unknown'; fact: string; why: string }
  | { code: 'not-downloaded'; label: string }
  | { code: 'download-gone'; label: string; downloadedAt: Instant }
  | { code: 'downloaded'; label: string; at: Instant | null }
  | { code: 'deadline-ahead'; deadline: 'focus' | 'soft' | 'hard'; at: Instant; by: string }
  | { code: 'deadline-passed'; deadline: 'focus' | 'soft' | 'hard'; at: Instant; by: string }
  | { code: 'no-deadline' }
  | { code: 'deferred'; until: Instant; deferralCount: number }
  | { code: 'time-chosen'; at: Instant }
  | { code: 'chose-now'; at: Instant }
  | { code: 'password-typed'; at: Instant }
  | { code: 'no-password'; detail: string; nextAt: Instant }
  | { code: 'dialog-failing'; failures: number; detail: string }
  | { code: 'warning-due'; restartAt: Instant; leadMinutes: number }
  | { code: 'warning-shown'; openedAt: Instant; restartAt: Instant }
  | {
      code: 'warning-lapsed';
      why: 'not-opened' | 'too-late' | 'too-short' | 'restarted-meanwhile' | 'screen-unlocked-since' | 'somebody-else';
    }
  | { code: 'outside-active-hours'; nextAt: Instant | null }
  | { code: 'in-a-meeting'; holders: string }
  | { code: 'screen-locked' }
  | { code: 'nobody-logged-in' }
  | { code: 'prompts-spent'; maxPerDay: number }
  | { code: 'limit-near'; at: Instant }
  | { code: 'network-down'; nextAt: Instant }
  | { code: 'no-answer'; nextAt: Instant }
  | { code: 'power-low'; percent: number | null; minimumPercent: number }
  | { code: 'storage-low'; availableGB: number; neededGB: number }
  | { code: 'needs-password' }
  | { code: 'nobody-to-authorize' }
  | { code: 'authorized-by'; method: AuthMethod }
  | { code: 'method-refused'; method: AuthMethod; why: RefusalWhy; detail?: string }
  | { code: 'push-pending'; since: Instant }
  | { code: 'hand-over-due'; at: Instant }
  | { code: 'macos-enforces'; at: Instant }
  | { code: 'macos-overdue'; since: Instant }
  | { code: 'declared-beside'; version: string; at: Instant }
  | { code: 'person-cannot'; why: PersonState }
  | { code: 'needs-other-owner'; accounts: number }
  | { code: 'filevault-passed-by'; method: AuthMethod }
  | { code: 'filevault-stops'; why: StopsWhy }
  | { code: 'next-start-unlocked'; at: Instant; sure: boolean }
  | { code: 'somebody-may-come'; untilAt: Instant }
  | { code: 'unattended-not-allowed'; setting: string }
  | { code: 'attempt-failed'; what: string; detail: string; nextAt: Instant }
  | { code: 'budget-spent'; budget: string; limit: number }
  | { code: 'restart-expected'; by: Instant }
  | { code: 'too-many-steps'; limit: number }
  | { code: 'rotation-due'; dueAt: Instant }
  | { code: 'rotation-cut-off' }
  | { code: 'rotation-failed'; detail: string; nextAt: Instant }
  | { code: 'token-repair-due' }
  | { code: 'token-repair-failed'; why: TokenRepairTrouble; detail: string; nextAt: Instant }
  | { code: 'paused'; until: Instant }
  | { code: 'ordered'; at: Instant };

/** Why a saved way was not used. */
export type RefusalWhy = Exclude<MethodTrouble, 'not-set'> | 'second-saved';

/** The reason as a sentence without a full stop, in local time of `zone`. */
export function reasonInWords(reason: Reason, zone: string): string {
  const time = (at: Instant) => localWords(at, zone);
  switch (reason.code) {
    case 'never-looked':
      return 'upkeep has not looked for updates yet';
    case 'offer-found':
      return `${reason.label} is offered (first seen ${time(reason.foundAt)})`;
    case 'nothing-to-install':
      return `nothing newer than macOS ${reason.running} is to be installed (looked ${time(reason.scannedAt)})`;
    case 'passed-over':
      return `${reason.label} is not taken: ${PASSED_OVER[reason.why] ?? reason.why}`;
    case 'scan-failed':
      return `looking for updates failed ${count(reason.failures, 'time')}: ${reason.detail}`;
    case 'fact-unknown':
      return `${reason.fact} could not be found out (${reason.why}), and what is unknown never leads to a restart`;
    case 'not-downloaded':
      return `${reason.label} is not downloaded yet`;
    case 'download-gone':
      return `macOS has thrown away what was downloaded ${time(reason.downloadedAt)}, as it does after some days`;
    case 'downloaded':
      return reason.at === null
        ? `${reason.label} is downloaded`
        : `${reason.label} is downloaded (since ${time(reason.at)})`;
    case 'deadline-ahead':
      return `the ${reason.deadline} deadline is ${time(reason.at)} (by ${reason.by})`;
    case 'deadline-passed':
      return `the ${reason.deadline} deadline (by ${reason.by}) was ${time(reason.at)}`;
    case 'no-deadline':
      return 'no deadline is set';
    case 'deferred':
      return `the person asked to be reminded ${time(reason.until)} (deferral ${reason.deferralCount})`;
    case 'time-chosen':
      return `the person chose ${time(reason.at)} for the restart`;
    case 'chose-now':
      return `the person chose to restart now (${time(reason.at)})`;
    case 'password-typed':
      return `the person typed their password (${time(reason.at)})`;
    case 'no-password':
      return `${reason.detail}; it is asked for again ${time(reason.nextAt)}`;
    case 'dialog-failing':
      return `dialogs do not come up (${count(reason.failures, 'time')} in a row: ${reason.detail})`;
    case 'warning-due':
      return `people are warned at least ${lengthWords(reason.leadMinutes * MINUTE_MS)} before the restart at ${time(reason.restartAt)}`;
    case 'warning-shown':
      return `a warning naming ${time(reason.restartAt)} has been on the screen since ${time(reason.openedAt)}`;
    case 'warning-lapsed':
      return `the last warning no longer counts: ${LAPSED[reason.why]}`;
    case 'outside-active-hours':
      return reason.nextAt === null
        ? 'people may not be disturbed now, and no active hour lies ahead'
        : `people may not be disturbed before ${time(reason.nextAt)}`;
    case 'in-a-meeting':
      return `something keeps the display awake, as a call or presentation does (${reason.holders})`;
    case 'screen-locked':
      return 'the screen is locked, so nobody would see a dialog';
    case 'nobody-logged-in':
      return 'nobody is logged in at the screen';
    case 'prompts-spent':
      return `the person was asked ${count(reason.maxPerDay, 'time')} within a day, which is the most allowed`;
    case 'limit-near':
      return `the next deadline is so near (${time(reason.at)}) that there is nothing left to defer`;
    case 'network-down':
      return `Apple’s update servers cannot be reached; next try ${time(reason.nextAt)}`;
    case 'no-answer':
      return `the last dialog brought no answer; nobody is asked again before ${time(reason.nextAt)}`;
    case 'power-low':
      return `the Mac is on battery${reason.percent === null ? '' : ` at ${reason.percent} %`}; ${reason.minimumPercent} % or a power adapter is needed`;
    case 'storage-low':
      return `${reason.availableGB} GB are free and ${reason.neededGB} GB are needed`;
    case 'needs-password':
      return 'on Apple silicon the password of a volume owner is needed to install';
    case 'nobody-to-authorize':
      return 'on Apple silicon somebody has to type a password, and nobody is there who can';
    case 'authorized-by':
      return `${METHODS[reason.method]} authorises the install`;
    case 'method-refused':
      return `${METHODS[reason.method]} cannot be used: ${REFUSED[reason.why]}${reason.detail === undefined ? '' : ` (${reason.detail})`}`;
    case 'hand-over-due':
      return `macOS itself is to enforce the hard deadline ${time(reason.at)}`;
    case 'macos-enforces':
      return `macOS was told by declaration to install it by ${time(reason.at)}, and does so by itself`;
    case 'macos-overdue':
      return `macOS was told by declaration to install it by ${time(reason.since)}, has not done so, and may restart at any time`;
    case 'declared-beside':
      return `macOS was told by declaration to install macOS ${reason.version} by ${time(reason.at)}, and does so by itself; upkeep has not to install it, as where a managed deferral hides it, and so warns nobody of it`;
    case 'push-pending':
      return `the management server was asked to install it ${time(reason.since)}, and may still have this Mac restart at any time`;
    case 'person-cannot':
      return `the person at the Mac cannot authorise it: ${CANNOT[reason.why]}`;
    case 'needs-other-owner':
      return `the password of another account is needed that owns the volume (${count(reason.accounts, 'account')} could do)`;
    case 'filevault-passed-by':
      return `${METHODS[reason.method]} unlocks the start after the restart, so that the Mac passes FileVault’s screen by itself`;
    case 'filevault-stops':
      return UNCERTAIN.has(reason.why)
        ? `whether the Mac passes FileVault’s screen after the restart is not known: ${STOPS[reason.why]}`
        : `after the restart the Mac stops at FileVault’s screen until somebody types a password there: ${STOPS[reason.why]}`;
    case 'next-start-unlocked':
      return `the next start of this Mac ${reason.sure ? 'passes' : 'may pass'} FileVault’s screen without a password, whoever restarts it (since ${time(reason.at)})`;
    case 'somebody-may-come':
      return `somebody may come and log in any moment; the Mac is left alone until ${time(reason.untilAt)}`;
    case 'unattended-not-allowed':
      return `nobody is logged in, and the settings allow an unattended install ${UNATTENDED[reason.setting] ?? reason.setting}`;
    case 'attempt-failed':
      return `the ${reason.what} failed (${reason.detail}); next try ${time(reason.nextAt)}`;
    case 'budget-spent':
      return `the limit of ${reason.limit} for ${reason.budget} is reached`;
    case 'restart-expected':
      return `macOS has accepted the update and is expected to restart by ${time(reason.by)}`;
    case 'too-many-steps':
      return `more than ${reason.limit} steps in one wake, which should not happen; upkeep stopped to be safe`;
    case 'rotation-due':
      return `the password of the service account was due to be changed ${time(reason.dueAt)}`;
    case 'rotation-cut-off':
      return 'changing the password of the service account was cut off, and which one it has is to be found out';
    case 'rotation-failed':
      return `the password of the service account could not be changed (${reason.detail}); next try ${time(reason.nextAt)}`;
    case 'token-repair-due':
      return 'the management server holds no valid bootstrap token of this Mac, and a saved administrator may have a new one sent';
    case 'token-repair-failed':
      return `no new bootstrap token could be sent to the management server (${reason.detail}); next try ${time(reason.nextAt)}`;
    case 'paused':
      return `an administrator has paused upkeep until ${time(reason.until)}`;
    case 'ordered':
      return `an administrator asked for the install (${time(reason.at)})`;
  }
}

const METHODS: Record<AuthMethod, string> = {
  'saved-password': 'the password that the person saved',
  'local-account': 'the saved local account',
  'service-account': 'the service account',
  mdm: 'the management server',
};

const REFUSED: Record<RefusalWhy, string> = {
  unknown: 'whether it works could not be found out',
  'keychain-unavailable': 'the keychain does not open',
  'password-gone': 'the password is not in the keychain any more',
  'no-account': 'the account is gone or disabled',
  'no-token': 'the account has no secure token',
  'not-owner': 'the account is no owner of the volume',
  'not-filevault-user': 'its account cannot unlock FileVault',
  'wrong-password': 'its password is wrong',
  drifted: 'the password that logs in to the account and the one that the disk knows are no longer the same',
  locked: 'the account is locked for now',
  'near-lockout': 'one more wrong password could lock the account',
  'tried-today': 'it was tried within the last day',
  'server-unreachable': 'it cannot be reached',
  'bootstrap-token': 'it holds no valid bootstrap token of this Mac',
  'no-privilege': 'upkeep may not give the command there',
  'command-failed': 'the command had no effect',
  'second-saved': 'only one saved way may be used, and it is not the first',
};

const STOPS: Record<StopsWhy, string> = {
  unknown: 'how it stands with FileVault could not be found out',
  'not-passable': 'this Mac cannot restart past it',
  'key-destroyed': 'this Mac throws the key away that it would take (destroyfvkeyonstandby)',
  'nothing-usable': 'no saved password can be used for it',
  forgotten: 'the password was forgotten before it was used',
  'not-noted': 'that the password is tried could not be written down, so it was not tried',
  'wrong-password': 'the saved password was not accepted',
  'cannot-restart': 'fdesetup cannot unlock a restart',
  refused: 'fdesetup refused',
  'no-answer': 'fdesetup did not say what it did',
  'cut-off': 'upkeep was cut off while it unlocked the start',
};

const CANNOT: Record<PersonState, string> = {
  ready: 'nothing is known to be wrong',
  nobody: 'nobody is there',
  'screen-locked': 'the screen is locked',
  'no-token': 'their account has no secure token',
  'not-owner': 'their account is no owner of the volume',
  'near-lockout': 'one more wrong password could lock their account',
  locked: 'their account is locked for now',
  'asked-enough': 'they were asked often enough today',
  unknown: 'nothing is known about their account',
};

const PASSED_OVER: Record<string, string> = {
  'not-macos': 'it is not a macOS update',
  'not-newer': 'it is not newer than what runs',
  'deferred-by-mdm': 'a managed deferral holds it back',
  beta: 'betas are not allowed',
  'major-not-allowed': 'major upgrades are not allowed',
  'not-the-wanted-version': 'it is not the version asked for',
  'security-response-not-allowed': 'security responses are not allowed',
  'older-than-chosen': 'a newer one is taken',
};

const LAPSED: Record<string, string> = {
  'not-opened': 'the dialog never reported itself open',
  'too-late': 'its time passed without a restart, as when the Mac slept',
  'too-short': 'the Mac was not awake long enough with it on the screen',
  'restarted-meanwhile': 'the Mac was restarted since',
  'somebody-else': 'it was shown to somebody else, and another person is logged in now',
  'screen-unlocked-since': 'nobody could see it while the screen was locked, and now somebody is there',
};

const UNATTENDED: Record<string, string> = {
  'after-soft-deadline': 'only after the soft deadline',
  'after-hard-deadline': 'only after the hard deadline',
  never: 'never',
};
