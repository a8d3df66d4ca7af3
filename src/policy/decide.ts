import { isActive, nextActive, nextInactive } from '../domain/active-hours.ts';
import { type DeadlineSchedule, type DeadlineStage, scheduleFor, stageAt } from '../domain/deadlines.ts';
import type { Decision, RestState } from '../domain/decision.ts';
import { deferralChoices, nextLocalMidnight, timeChoices } from '../domain/deferral.ts';
import { type Facts, sameBoot } from '../domain/facts.ts';
import { DAY_MS, HOUR_MS, type Instant, MINUTE_MS } from '../domain/instant.ts';
import type { Ledger, PromptKind, RestartBy, TrackedTarget, Warning } from '../domain/ledger.ts';
import type { Reason } from '../domain/reason.ts';
import type { Settings } from '../domain/settings.ts';
import { backOffMs, LATE_TOLERANCE_MS, readiness } from './observe.ts';

/** Consent is for now: after this long without the restart it is asked for again. */
export const CONSENT_LIFE_MS = 30 * MINUTE_MS;
/** How often upkeep looks whether somebody is back, the call is over, the adapter is plugged in. */
export const LOOK_AGAIN_MS = 15 * MINUTE_MS;
/** A warning starts this much early, so that looking at the Mac first does not push the promised time back. */
const WARNING_MARGIN_MS = 5 * MINUTE_MS;
/** How long the login window must have stood there before an unattended install: nobody just left or just came. */
export const QUIET_MS = 20 * MINUTE_MS;
const PASSWORD_DIALOG_MS = 30 * MINUTE_MS;
const GB_KIB = 1_000_000_000 / 1024;

/** Everything one decision is made from, with what follows from it computed once. */
type Situation = {
  settings: Settings;
  facts: Facts;
  ledger: Ledger;
  at: Instant;
  target: TrackedTarget;
  schedule: DeadlineSchedule;
  stage: DeadlineStage;
};

/**
 * What to do next, and why. Pure: the same settings, facts and ledger always give the same decision.
 *
 * INVARIANTS
 * - An unknown fact never leads to `install`, and never to a default in its place.
 * - `install` with somebody logged in needs their consent of the last half hour, or a warning that was on the screen
 *   long enough (`warningHolds`).
 * - Every `rest` has a `wakeAt` after `facts.at` and at least one reason.
 */
export function decide(settings: Settings, facts: Facts, ledger: Ledger): Decision {
  const at = facts.at;
  const rest = restAt(at);
  if (!facts.os.known)
    return rest('backingOff', at + LOOK_AGAIN_MS, [
      { code: 'fact-unknown', fact: 'the macOS version', why: facts.os.why },
    ]);
  if (!facts.boot.known)
    return rest('backingOff', at + LOOK_AGAIN_MS, [
      { code: 'fact-unknown', fact: 'the boot session', why: facts.boot.why },
    ]);
  if (ledger.target === null) return decideWithoutTarget(settings, facts, ledger, facts.os.value.version);

  const target = ledger.target;
  const schedule = scheduleFor(settings.deadlines, {
    zeroDate: target.zeroDate,
    zone: target.zone,
    deferralCount: target.deferralCount,
    countReachedAt: target.countedAt,
  });
  const situation: Situation = { settings, facts, ledger, at, target, schedule, stage: stageAt(schedule, at) };
  return decideAboutBudgets(situation) ?? decideAboutDownload(situation) ?? decideAboutPeople(situation);
}

function decideWithoutTarget(settings: Settings, facts: Facts, ledger: Ledger, running: string): Decision {
  const rest = restAt(facts.at);
  if (ledger.scanFailures > 0) {
    const detail = facts.offers !== null && !facts.offers.known ? facts.offers.why : 'see the log';
    const wakeAt = ledger.scanNextAt ?? facts.at + backOffMs(ledger.scanFailures, settings.scan.everyHours * HOUR_MS);
    return rest('backingOff', wakeAt, [{ code: 'scan-failed', failures: ledger.scanFailures, detail }]);
  }
  if (ledger.lastScan === null) return rest('backingOff', facts.at + LOOK_AGAIN_MS, [{ code: 'never-looked' }]);
  const passedOver = ledger.lastScan.passedOver.map(({ label, why }): Reason => ({ code: 'passed-over', label, why }));
  return rest('upToDate', ledger.lastScan.at + settings.scan.everyHours * HOUR_MS, [
    { code: 'nothing-to-install', running, scannedAt: ledger.lastScan.at },
    ...passedOver,
  ]);
}

/** Attempts have limits; over one, upkeep stops trying this release, says so, and only looks for a newer one. */
function decideAboutBudgets({ settings, target, ledger, at }: Situation): Decision | null {
  const budgets = settings.budgets;
  const spent: [string, number, number][] = [
    ['downloads', target.downloadFailures, budgets.downloadAttempts],
    ['installs', target.installFailures, budgets.installAttempts],
    ['restarts', target.restarts, budgets.restartsPerTarget],
  ];
  for (const [budget, used, limit] of spent) {
    if (used < limit) continue;
    return restAt(at)('halted', at + DAY_MS, [offered(target), { code: 'budget-spent', budget, limit }]);
  }
  if (ledger.notBefore !== null && ledger.notBefore.at > at) {
    const { at: nextAt, code, text } = ledger.notBefore;
    if (code === 'network') return restAt(at)('waiting', nextAt, [offered(target), { code: 'network-down', nextAt }]);
    return restAt(at)('backingOff', nextAt, [
      offered(target),
      { code: 'attempt-failed', what: code, detail: text, nextAt },
    ]);
  }
  return null;
}

function decideAboutDownload(situation: Situation): Decision | null {
  const { facts, ledger, target, settings, at } = situation;
  const rest = restAt(at);
  const state = readiness(ledger, facts);
  if (state === 'ready') return null;
  if (state === 'unknown') {
    const why = facts.staged.known ? '' : facts.staged.why;
    return rest('backingOff', at + LOOK_AGAIN_MS, [
      offered(target),
      { code: 'fact-unknown', fact: 'what is downloaded', why },
    ]);
  }
  if (!facts.availableKiB.known) {
    return rest('backingOff', at + LOOK_AGAIN_MS, [
      offered(target),
      { code: 'fact-unknown', fact: 'free storage', why: facts.availableKiB.why },
    ]);
  }
  const neededKiB =
    (target.kind === 'major' ? settings.storage.upgradeGB : settings.storage.updateGB) * GB_KIB + (target.sizeKiB ?? 0);
  if (facts.availableKiB.value < neededKiB) {
    const low: Reason = { code: 'storage-low', availableGB: toGB(facts.availableKiB.value), neededGB: toGB(neededKiB) };
    return rest('waiting', at + HOUR_MS, [offered(target), low]);
  }
  return { kind: 'download', because: [offered(target), { code: 'not-downloaded', label: target.label }] };
}

function decideAboutPeople(situation: Situation): Decision {
  const { facts, at, target } = situation;
  if (!facts.consoleUser.known) {
    const reason: Reason = { code: 'fact-unknown', fact: 'who is logged in', why: facts.consoleUser.why };
    return restAt(at)('backingOff', at + LOOK_AGAIN_MS, [offered(target), reason]);
  }
  return facts.consoleUser.value === null ? decideUnattended(situation) : decideAttended(situation);
}

/** Nobody is logged in: no session to disturb, but what somebody was promised still holds. */
function decideUnattended(situation: Situation): Decision {
  const { settings, facts, ledger, at, target, stage } = situation;
  const rest = restAt(at);
  const because: Reason[] = [offered(target), ...deadlineReasons(situation), { code: 'nobody-logged-in' }];
  const promised = promisedUntil(ledger, at);
  if (promised !== null) return rest(promised.state, promised.until, [...because, promised.reason]);
  if (!unattendedAllowed(settings, stage)) {
    const wakeAt = Math.min(nextDeadlineAfter(situation, at) ?? Infinity, at + HOUR_MS);
    return rest('waiting', wakeAt, [
      ...because,
      { code: 'unattended-not-allowed', setting: settings.unattended.install },
    ]);
  }
  if (!facts.appleSilicon.known) {
    return rest('backingOff', at + LOOK_AGAIN_MS, [
      ...because,
      { code: 'fact-unknown', fact: 'the processor', why: facts.appleSilicon.why },
    ]);
  }
  if (facts.appleSilicon.value) {
    return rest('waiting', at + lookForPeopleMs(ledger, at), [...because, { code: 'nobody-to-authorize' }]);
  }
  const quietMs = ledger.nobodySince === null ? 0 : facts.monotonicMs - ledger.nobodySince.monotonicMs;
  if (quietMs < QUIET_MS) {
    const untilAt = at + QUIET_MS - quietMs;
    return rest('waiting', untilAt, [...because, { code: 'somebody-may-come', untilAt }]);
  }
  const { activeHours } = settings;
  if (activeHours.length > 0 && stage !== 'past-hard' && isActive(activeHours, at, facts.zone)) {
    // In the hours people work they come to the login window any moment; the evening is as good.
    const untilAt = nextInactive(activeHours, at, facts.zone);
    if (untilAt !== null) return rest('waiting', untilAt, [...because, { code: 'somebody-may-come', untilAt }]);
  }
  const obstacle = obstacleToInstalling(situation);
  if (obstacle) return rest('waiting', at + LOOK_AGAIN_MS, [...because, obstacle]);
  return { kind: 'install', by: stage === 'past-hard' ? 'deadline' : 'schedule', because };
}

/** What was promised to somebody who has since logged out: a time not to be brought forward. */
function promisedUntil(ledger: Ledger, at: Instant): { until: Instant; state: RestState; reason: Reason } | null {
  const { warning, scheduled, deferral, target } = ledger;
  if (scheduled !== null && scheduled.at > at) {
    return { until: scheduled.at, state: 'scheduled', reason: { code: 'time-chosen', at: scheduled.at } };
  }
  if (warning !== null && warning.openedAt !== null && warning.restartAt > at) {
    return { until: warning.restartAt, state: 'scheduled', reason: warningShown(warning, warning.openedAt) };
  }
  if (deferral !== null && deferral.until > at) {
    const reason: Reason = { code: 'deferred', until: deferral.until, deferralCount: target?.deferralCount ?? 0 };
    return { until: deferral.until, state: 'deferred', reason };
  }
  return null;
}

function unattendedAllowed(settings: Settings, stage: DeadlineStage): boolean {
  switch (settings.unattended.install) {
    case 'always':
      return true;
    case 'after-soft-deadline':
      return stage === 'past-soft' || stage === 'past-hard';
    case 'after-hard-deadline':
      return stage === 'past-hard';
    case 'never':
      return false;
  }
}

/** Somebody is logged in: consent first, then promised restarts and their warnings, then asking. */
function decideAttended(situation: Situation): Decision {
  const { ledger, at } = situation;
  if (ledger.consent !== null && at >= ledger.consent.at && at - ledger.consent.at < CONSENT_LIFE_MS) {
    return proceed(situation, ledger.consent.by, [{ code: 'chose-now', at: ledger.consent.at }]);
  }
  return decideAboutPlannedRestart(situation) ?? decideAboutAsking(situation);
}

/** A restart with a time of its own: the hard deadline or the moment the person chose, whichever comes first. */
function decideAboutPlannedRestart(situation: Situation): Decision | null {
  const { settings, facts, ledger, at, target, schedule } = situation;
  const plan = plannedRestart(ledger, schedule);
  if (plan === null) return null;
  const because: Reason[] = [offered(target), ...deadlineReasons(situation)];
  if (ledger.scheduled !== null) because.push({ code: 'time-chosen', at: ledger.scheduled.at });

  const warning = ledger.warning;
  if (warning !== null && warning.openedAt !== null) {
    const reasons = [...because, warningShown(warning, warning.openedAt)];
    if (at < warning.restartAt) return restAt(at)('scheduled', warning.restartAt, reasons);
    const lapse = warningLapse(warning, warning.openedAt, facts, settings);
    if (lapse === null) return proceedAfterWarning(situation, warning, reasons);
    because.push({ code: 'warning-lapsed', why: lapse });
    const password = askForPasswordAgain(situation, because);
    if (password) return password;
  } else if (warning !== null) {
    because.push({ code: 'warning-lapsed', why: 'not-opened' });
  }

  const unlocked = facts.screenLocked.known && !facts.screenLocked.value;
  const leadMinutes = unlocked ? settings.warning.floorMinutes : settings.warning.lockedFloorMinutes;
  if (at < plan.at - leadMinutes * MINUTE_MS - WARNING_MARGIN_MS) return null;
  return warnOrWait(situation, plan, leadMinutes, unlocked, because);
}

/**
 * On Apple silicon the restart cannot come before somebody types a password, so once a warning was shown and its time
 * has passed, the password dialog is the warning: it is repeated within the daily budget, not the countdown.
 */
function askForPasswordAgain(situation: Situation, because: Reason[]): Decision | null {
  const { settings, facts, ledger, at, schedule } = situation;
  const plan = plannedRestart(ledger, schedule);
  const unlocked = facts.screenLocked.known && !facts.screenLocked.value;
  if (plan === null || at < plan.at || !unlocked || !facts.appleSilicon.known || !facts.appleSilicon.value) return null;
  if (promptsToday(ledger, at, facts.zone) >= settings.prompts.maxPerDay) {
    const reason: Reason = { code: 'prompts-spent', maxPerDay: settings.prompts.maxPerDay };
    return restAt(at)('waiting', nextLocalMidnight(at, facts.zone), [...because, reason]);
  }
  return proceed(situation, plan.why, because);
}

function warnOrWait(
  situation: Situation,
  plan: { at: Instant; why: Warning['why'] },
  leadMinutes: number,
  unlocked: boolean,
  because: Reason[],
): Decision {
  const { settings, facts, ledger, at } = situation;
  const rest = restAt(at);
  // On Apple silicon somebody has to type a password at the end, so a warning to an empty room would only wear it out.
  if (!unlocked && !(facts.appleSilicon.known && !facts.appleSilicon.value)) {
    const reasons: Reason[] = [...because, { code: 'screen-locked' }, { code: 'nobody-to-authorize' }];
    return rest('waiting', at + lookForPeopleMs(ledger, at), reasons);
  }
  if (promptsToday(ledger, at, facts.zone, ['warning']) >= settings.budgets.warningsPerDay) {
    const spent: Reason = { code: 'budget-spent', budget: 'warnings a day', limit: settings.budgets.warningsPerDay };
    return rest('waiting', nextLocalMidnight(at, facts.zone), [...because, spent]);
  }
  const restartAt = wholeMinute(Math.max(plan.at, at + leadMinutes * MINUTE_MS));
  return {
    kind: 'warn',
    restartAt,
    why: plan.why,
    postponing: false,
    because: [...because, { code: 'warning-due', restartAt, leadMinutes }],
  };
}

/** The warned moment has come and the warning holds: the last look before the restart. */
function proceedAfterWarning(situation: Situation, warning: Warning, because: Reason[]): Decision {
  const { settings, facts, at, target } = situation;
  const rest = restAt(at);
  if (!facts.displayHolders.known) {
    return rest('backingOff', at + LOOK_AGAIN_MS, [
      ...because,
      { code: 'fact-unknown', fact: 'whether a call is running', why: facts.displayHolders.why },
    ]);
  }
  const holders = facts.displayHolders.value;
  if (settings.meetings.respect && holders.length > 0 && target.postponements < settings.meetings.maxPostponements) {
    const restartAt = wholeMinute(at + settings.warning.floorMinutes * MINUTE_MS);
    const reason: Reason = { code: 'in-a-meeting', holders: holders.join(', ') };
    return { kind: 'warn', restartAt, why: warning.why, postponing: true, because: [...because, reason] };
  }
  return proceed(situation, warning.why, because);
}

/** Consent or a kept warning is there: check what an install needs, get the authority, then install. */
function proceed(situation: Situation, by: RestartBy, because: Reason[]): Decision {
  const { facts, at } = situation;
  const rest = restAt(at);
  const obstacle = obstacleToInstalling(situation);
  if (obstacle) return rest('waiting', at + 5 * MINUTE_MS, [...because, obstacle]);
  if (!facts.appleSilicon.known) {
    return rest('backingOff', at + LOOK_AGAIN_MS, [
      ...because,
      { code: 'fact-unknown', fact: 'the processor', why: facts.appleSilicon.why },
    ]);
  }
  if (!facts.appleSilicon.value) return { kind: 'install', by, because };
  if (facts.screenLocked.known && facts.screenLocked.value) {
    return rest('waiting', at + LOOK_AGAIN_MS, [...because, { code: 'nobody-to-authorize' }]);
  }
  return {
    kind: 'authorize',
    closesAt: at + PASSWORD_DIALOG_MS,
    by,
    because: [...because, { code: 'needs-password' }],
  };
}

function obstacleToInstalling({ facts, settings }: Situation): Reason | null {
  if (!facts.power.known) return { code: 'fact-unknown', fact: 'the power source', why: facts.power.why };
  const { source, percent } = facts.power.value;
  const { minimumPercent } = settings.power;
  if (source !== 'ac' && (percent === null || percent < minimumPercent))
    return { code: 'power-low', percent, minimumPercent };
  return null;
}

/** No restart is planned yet for this moment: whether and how to ask. */
function decideAboutAsking(situation: Situation): Decision {
  const { settings, facts, ledger, at, target, schedule, stage } = situation;
  const rest = restAt(at);
  const because: Reason[] = [
    offered(target),
    { code: 'downloaded', label: target.label, at: ledger.download?.at ?? null },
    ...deadlineReasons(situation),
  ];
  const warnAt = warnMoment(situation);
  const notPast = (wakeAt: Instant) => Math.min(wakeAt, nextWarnMoment(situation));

  if (ledger.scheduled !== null) {
    return rest('scheduled', notPast(warnAt ?? ledger.scheduled.at), [
      ...because,
      { code: 'time-chosen', at: ledger.scheduled.at },
    ]);
  }
  if (stage !== 'past-soft' && ledger.deferral !== null && ledger.deferral.until > at) {
    const { until } = ledger.deferral;
    return rest('deferred', notPast(until), [
      ...because,
      { code: 'deferred', until, deferralCount: target.deferralCount },
    ]);
  }
  if (ledger.askNotBefore !== null && ledger.askNotBefore > at) {
    return rest('waiting', notPast(ledger.askNotBefore), [
      ...because,
      { code: 'no-answer', nextAt: ledger.askNotBefore },
    ]);
  }
  if (!isActive(settings.activeHours, at, facts.zone)) {
    const nextAt = nextActive(settings.activeHours, at, facts.zone);
    return rest('waiting', notPast(nextAt ?? at + DAY_MS), [...because, { code: 'outside-active-hours', nextAt }]);
  }
  if (!facts.screenLocked.known) {
    const reason: Reason = { code: 'fact-unknown', fact: 'whether the screen is locked', why: facts.screenLocked.why };
    return rest('backingOff', notPast(at + LOOK_AGAIN_MS), [...because, reason]);
  }
  if (facts.screenLocked.value)
    return rest('waiting', notPast(at + lookForPeopleMs(ledger, at)), [...because, { code: 'screen-locked' }]);
  const holders = facts.displayHolders.known ? facts.displayHolders.value : [];
  if (stage === 'open' && settings.meetings.respect && holders.length > 0) {
    const focusAt = schedule.focus.at ?? Infinity;
    return rest('waiting', notPast(Math.min(at + LOOK_AGAIN_MS, focusAt)), [
      ...because,
      { code: 'in-a-meeting', holders: holders.join(', ') },
    ]);
  }
  if (promptsToday(ledger, at, facts.zone) >= settings.prompts.maxPerDay) {
    const reason: Reason = { code: 'prompts-spent', maxPerDay: settings.prompts.maxPerDay };
    return rest('waiting', notPast(nextLocalMidnight(at, facts.zone)), [...because, reason]);
  }
  return askOrWaitForLimit(situation, warnAt, because);
}

function askOrWaitForLimit(situation: Situation, warnAt: Instant | null, because: Reason[]): Decision {
  const { settings, facts, at, schedule, stage } = situation;
  const prompt = stage === 'past-soft' ? 'soft' : 'choice';
  // A deferral ends at the soft deadline, or where the warning of the hard one has to begin.
  const limits = [prompt === 'choice' ? schedule.soft.at : null, warnAt].filter(
    (limit): limit is Instant => limit !== null,
  );
  const limit = limits.length === 0 ? null : Math.min(...limits);
  const deferrals = prompt === 'choice' ? deferralChoices(settings.deferral, at, limit, facts.zone) : [];
  if (prompt === 'choice' && deferrals.length === 0 && limit !== null) {
    return restAt(at)('waiting', Math.max(limit, at + MINUTE_MS), [...because, { code: 'limit-near', at: limit }]);
  }
  const lastTime = schedule.hard.at ?? schedule.soft.at;
  const times = timeChoices(
    at,
    settings.warning.floorMinutes,
    prompt === 'soft' ? schedule.hard.at : lastTime,
    facts.zone,
  );
  const closesAt = Math.min(at + settings.prompts.timeoutMinutes * MINUTE_MS, limit ?? Infinity);
  return {
    kind: 'ask',
    prompt,
    deferrals,
    limit,
    times,
    closesAt,
    softAt: schedule.soft.at,
    hardAt: schedule.hard.at,
    because,
  };
}

/** Why a warning whose time has come does not allow the restart; null when it does. */
function warningLapse(
  warning: Warning,
  openedAt: Instant,
  facts: Facts,
  settings: Settings,
): Extract<Reason, { code: 'warning-lapsed' }>['why'] | null {
  if (!facts.boot.known || warning.boot === null || !sameBoot(facts.boot.value, warning.boot))
    return 'restarted-meanwhile';
  if (facts.at > warning.restartAt + LATE_TOLERANCE_MS) return 'too-late';
  const floorMs =
    (warning.seen === 'unlocked' ? settings.warning.floorMinutes : settings.warning.lockedFloorMinutes) * MINUTE_MS;
  const awakeMs = facts.monotonicMs - (warning.openedMonotonicMs ?? facts.monotonicMs);
  // Both clocks have to agree: sleep stops one, a jump moves the other. Either may lengthen the warning, never shorten it.
  if (awakeMs < floorMs || facts.at - openedAt < floorMs) return 'too-short';
  if (warning.seen === 'unseen' && !(facts.screenLocked.known && facts.screenLocked.value))
    return 'screen-unlocked-since';
  return null;
}

function plannedRestart(ledger: Ledger, schedule: DeadlineSchedule): { at: Instant; why: Warning['why'] } | null {
  const scheduledAt = ledger.scheduled?.at ?? null;
  const hardAt = schedule.hard.at;
  if (hardAt !== null && (scheduledAt === null || hardAt <= scheduledAt)) return { at: hardAt, why: 'deadline' };
  return scheduledAt === null ? null : { at: scheduledAt, why: 'schedule' };
}

/** When the warning of the planned restart has to begin, for somebody at an unlocked screen. */
function warnMoment({ settings, ledger, schedule }: Situation): Instant | null {
  const plan = plannedRestart(ledger, schedule);
  return plan === null ? null : plan.at - settings.warning.floorMinutes * MINUTE_MS - WARNING_MARGIN_MS;
}

/** The next moment to look whether a warning has to begin: the early one counts if the screen is locked by then. */
function nextWarnMoment(situation: Situation): Instant {
  const { settings, ledger, schedule, at } = situation;
  const plan = plannedRestart(ledger, schedule);
  const warnAt = warnMoment(situation);
  if (plan === null || warnAt === null) return Number.POSITIVE_INFINITY;
  const lockedAt = plan.at - settings.warning.lockedFloorMinutes * MINUTE_MS - WARNING_MARGIN_MS;
  return lockedAt > at ? lockedAt : warnAt;
}

function deadlineReasons({ schedule, at }: Situation): Reason[] {
  const reasons: Reason[] = [];
  for (const deadline of ['hard', 'soft', 'focus'] as const) {
    const due = schedule[deadline];
    if (due.at === null || due.by === null) continue;
    reasons.push({ code: due.at <= at ? 'deadline-passed' : 'deadline-ahead', deadline, at: due.at, by: due.by });
  }
  return reasons.length === 0 ? [{ code: 'no-deadline' }] : reasons;
}

function nextDeadlineAfter({ schedule }: Situation, at: Instant): Instant | null {
  const ahead = [schedule.focus.at, schedule.soft.at, schedule.hard.at].filter(
    (due): due is Instant => due !== null && due > at,
  );
  return ahead.length === 0 ? null : Math.min(...ahead);
}

/** The dialogs of the local day; choosing a time belongs to the dialog before it and does not count. */
function promptsToday(
  ledger: Ledger,
  at: Instant,
  zone: string,
  kinds: PromptKind[] = ['choice', 'soft', 'password'],
): number {
  const today = nextLocalMidnight(at, zone) - DAY_MS;
  return ledger.prompts.filter((prompt) => kinds.includes(prompt.kind) && prompt.at >= today).length;
}

const offered = (target: TrackedTarget): Reason => ({
  code: 'offer-found',
  label: target.label,
  foundAt: target.foundAt,
});

const warningShown = (warning: Warning, openedAt: Instant): Reason => ({
  code: 'warning-shown',
  openedAt,
  restartAt: warning.restartAt,
});

/** When to look for people again: the longer they have been away, the less often, from half an hour to two hours. */
function lookForPeopleMs(ledger: Ledger, at: Instant): number {
  const awayMs = ledger.awaySince === null ? 0 : at - ledger.awaySince;
  return Math.max(30 * MINUTE_MS, Math.min(2 * HOUR_MS, awayMs / 4));
}

/** Restart times are shown to the minute, so they are whole minutes: what is shown is what is done. */
const wholeMinute = (at: Instant): Instant => Math.ceil(at / MINUTE_MS) * MINUTE_MS;

const toGB = (kib: number): number => Math.round((kib / GB_KIB) * 10) / 10;

/** A rest never ends before it began: at least a minute on. */
function restAt(at: Instant) {
  return (state: RestState, wakeAt: Instant, because: Reason[]): Decision => ({
    kind: 'rest',
    state,
    wakeAt: Math.ceil(Math.max(wakeAt, at + MINUTE_MS)),
    because,
  });
}
