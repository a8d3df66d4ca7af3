import type { Decision } from '../domain/decision.ts';
import { nextLocalMidnight } from '../domain/deferral.ts';
import { type Facts, isSomebodyElse, sameBoot } from '../domain/facts.ts';
import { type Instant, MINUTE_MS, wholeMinute } from '../domain/instant.ts';
import type { RestartBy, Warning } from '../domain/ledger.ts';
import type { Reason } from '../domain/reason.ts';
import type { Settings } from '../domain/settings.ts';
import { authorityIn, authorityReasons, needsNobody } from './authority.ts';
import { byMacos, enforcedMoment, leftToMacos } from './hand-over.ts';
import { installAsRoot } from './next-start.ts';
import { LATE_TOLERANCE_MS } from './observe.ts';
import {
  deadlineReasons,
  LOOK_AGAIN_MS,
  lookForPeopleMs,
  offered,
  plannedRestart,
  promptsToday,
  QUIET_MS,
  restAt,
  type Situation,
  soonestAfter,
  unknownFact,
  WARNING_MARGIN_MS,
  warningShown,
  warnMoment,
} from './situation.ts';

const PASSWORD_DIALOG_MS = 30 * MINUTE_MS;

/** A restart with a time of its own: the hard deadline or the moment the person chose, whichever comes first. */
export function decideAboutPlannedRestart(situation: Situation): Decision | null {
  const { settings, facts, ledger, at, target, schedule } = situation;
  const plan = plannedRestart(ledger, schedule);
  if (plan === null) return null;
  const because: Reason[] = [offered(target), ...deadlineReasons(situation)];
  if (ledger.order !== null) because.push({ code: 'ordered', at: ledger.order.at });
  if (ledger.scheduled !== null) because.push({ code: 'time-chosen', at: ledger.scheduled.at });

  const { warning } = ledger;
  let promised = 0;
  if (warning !== null && warning.openedAt !== null) {
    promised = warning.restartAt;
    const reasons = [...because, warningShown(warning, warning.openedAt)];
    const lapse = warningLapse(warning, warning.openedAt, facts, settings);
    // Before its time only a restart ends a warning: the dialog is gone, so it is shown again at once.
    if (at < warning.restartAt && lapse !== 'restarted-meanwhile' && lapse !== 'somebody-else') {
      return restAt(at)('scheduled', warning.restartAt, reasons);
    }
    // macOS keeps to its own time, however long this warning stood: it is left to it, and no other time is named.
    const isMacos = (lapse === 'too-short' || lapse === 'too-late') && byMacos(situation) !== null;
    if (at >= warning.restartAt && isMacos) return proceed(situation, warning.why, reasons);
    // Seconds are missing, as when the dialog took long to open: they are waited for, within the tolerance.
    const fullAt = at + missingMs(warning, warning.openedAt, facts, settings);
    if (lapse === 'too-short' && fullAt + MINUTE_MS <= warning.restartAt + LATE_TOLERANCE_MS)
      return restAt(at)('scheduled', fullAt, reasons);
    if (lapse === null) return proceedAfterWarning(situation, warning, reasons);
    because.push({ code: 'warning-lapsed', why: lapse });
    const password = askForPasswordAgain(situation, because);
    if (password) return password;
  } else if (warning !== null) {
    if (warning.told) promised = warning.restartAt;
    because.push({ code: 'warning-lapsed', why: 'not-opened' });
  }

  const unlocked = facts.screenLocked.known && !facts.screenLocked.value;
  // Whoever put it off and locked the screen gets their time in full; the long warning begins after it.
  if (!unlocked && ledger.deferral !== null && ledger.deferral.until > at) return null;
  const leadMinutes = unlocked ? settings.warning.floorMinutes : settings.warning.lockedFloorMinutes;
  if (promised <= at && at < plan.at - leadMinutes * MINUTE_MS - WARNING_MARGIN_MS) return null;
  // What people were told once may come later, never earlier.
  return warnOrWait(situation, { ...plan, at: Math.max(plan.at, promised) }, leadMinutes, unlocked, because);
}

/**
 * On Apple silicon the restart cannot come before somebody types a password, so once a warning was shown and its time
 * has passed, the password dialog is the warning: it is repeated within the daily budget, not the countdown.
 */
function askForPasswordAgain(situation: Situation, because: Reason[]): Decision | null {
  const { settings, facts, ledger, at, schedule } = situation;
  const plan = plannedRestart(ledger, schedule);
  const unlocked = facts.screenLocked.known && !facts.screenLocked.value;
  if (plan === null || at < plan.at || !unlocked || authorityIn(situation).by !== 'person') return null;
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
  const choice = authorityIn(situation);
  const { enforcedAt } = situation.target;
  const isEnforced = enforcedAt !== undefined && plan.at >= enforcedAt;
  const moment = isEnforced ? (enforcedMoment(facts, ledger) ?? at) : null;
  // macOS may restart at any moment now: a time 12 hours ahead would be a false one.
  const isOverdue = moment !== null && moment <= at;
  if (!unlocked && (isOverdue || (!needsNobody(choice) && !isEnforced))) {
    const reasons: Reason[] = [...because, { code: 'screen-locked' }, ...authorityReasons(choice)];
    return rest('waiting', notPastWarning(situation, at + lookForPeopleMs(ledger, at)), reasons);
  }
  const awakeMs = ledger.awakeSince === null ? 0 : facts.monotonicMs - ledger.awakeSince.monotonicMs;
  if (!unlocked && awakeMs < QUIET_MS) {
    // The lid was just opened: most likely somebody is typing their password this very moment.
    const untilAt = at + QUIET_MS - awakeMs;
    return rest('waiting', notPastWarning(situation, untilAt), [
      ...because,
      { code: 'screen-locked' },
      { code: 'somebody-may-come', untilAt },
    ]);
  }
  if (promptsToday(ledger, at, facts.zone, ['warning']) >= settings.budgets.warningsPerDay) {
    const spent: Reason = { code: 'budget-spent', budget: 'warnings a day', limit: settings.budgets.warningsPerDay };
    return rest('waiting', nextLocalMidnight(at, facts.zone), [...because, spent]);
  }
  // macOS keeps to its own time, however late people come to hear of it.
  const restartAt = wholeMinute(
    moment !== null && !isOverdue ? moment : Math.max(plan.at, soonestAfter(at, leadMinutes)),
  );
  return {
    kind: 'warn',
    restartAt,
    why: plan.why,
    postponing: false,
    because: [...because, { code: 'warning-due', restartAt, leadMinutes }],
  };
}

/** Whoever unlocks the screen meanwhile has to be warned in time: no look for people lies beyond that moment. */
function notPastWarning(situation: Situation, wakeAt: Instant): Instant {
  const warnAt = warnMoment(situation);
  return warnAt !== null && warnAt > situation.at ? Math.min(wakeAt, warnAt) : wakeAt;
}

/** The warned moment has come and the warning holds: the last look before the restart. */
function proceedAfterWarning(situation: Situation, warning: Warning, because: Reason[]): Decision {
  const { settings, facts, at, target } = situation;
  const rest = restAt(at);
  const mayPostpone = settings.meetings.respect && target.postponements < settings.meetings.maxPostponements;
  if (mayPostpone && !facts.displayHolders.known) {
    return rest('backingOff', at + LOOK_AGAIN_MS, [
      ...because,
      unknownFact('whether a call is running', facts.displayHolders.why),
    ]);
  }
  const holders = facts.displayHolders.known ? facts.displayHolders.value : [];
  if (mayPostpone && holders.length > 0) {
    const restartAt = soonestAfter(at, settings.warning.floorMinutes);
    const reason: Reason = { code: 'in-a-meeting', holders: holders.join(', ') };
    return { kind: 'warn', restartAt, why: warning.why, postponing: true, because: [...because, reason] };
  }
  return proceed(situation, warning.why, because);
}

/** Consent or a kept warning is there: check what an install needs, get the authority, then install. */
export function proceed(situation: Situation, by: RestartBy, because: Reason[]): Decision {
  const { facts, at } = situation;
  const rest = restAt(at);
  const obstacle = obstacleToInstalling(situation);
  if (obstacle) return rest('waiting', at + 5 * MINUTE_MS, [...because, obstacle]);
  if (!facts.appleSilicon.known) {
    return rest('backingOff', at + LOOK_AGAIN_MS, [...because, unknownFact('the processor', facts.appleSilicon.why)]);
  }
  const enforcedAt = byMacos(situation);
  if (enforcedAt !== null) return leftToMacos(enforcedAt, by, because);
  const choice = authorityIn(situation);
  if (choice.by === 'root') return installAsRoot(situation, by, because);
  const reasons = [...because, ...authorityReasons(choice)];
  if (choice.by === 'nobody') return rest('waiting', at + LOOK_AGAIN_MS, reasons);
  const closesAt = at + PASSWORD_DIALOG_MS;
  if (choice.by === 'person') {
    const whose = choice.others === undefined ? {} : { others: choice.others };
    return { kind: 'authorize', ...whose, closesAt, by, because: reasons };
  }
  return { kind: 'authorize', via: choice.by, closesAt, by, because: reasons };
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
  if (isSomebodyElse(warning.uid, facts)) return 'somebody-else';
  if (facts.at > warning.restartAt + LATE_TOLERANCE_MS) return 'too-late';
  if (missingMs(warning, openedAt, facts, settings) > 0) return 'too-short';
  if (warning.seen === 'unseen' && !(facts.screenLocked.known && facts.screenLocked.value))
    return 'screen-unlocked-since';
  return null;
}

/** How much a warning lacks of its full length; 0 or less when it stood long enough. */
function missingMs(warning: Warning, openedAt: Instant, facts: Facts, settings: Settings): number {
  const floorMs =
    (warning.seen === 'unlocked' ? settings.warning.floorMinutes : settings.warning.lockedFloorMinutes) * MINUTE_MS;
  const awakeMs = facts.monotonicMs - (warning.openedMonotonicMs ?? facts.monotonicMs);
  // Both clocks have to agree: sleep stops one, a jump moves the other. Either may lengthen the warning, never shorten it.
  return floorMs - Math.min(awakeMs, facts.at - openedAt);
}

/** What stands in the way of an install right now, whoever agreed to it. */
export function obstacleToInstalling({ facts, settings }: Situation): Reason | null {
  if (!facts.power.known) return unknownFact('the power source', facts.power.why);
  const { source, percent } = facts.power.value;
  const { minimumPercent } = settings.power;
  if (source !== 'ac' && (percent === null || percent < minimumPercent))
    return { code: 'power-low', percent, minimumPercent };
  return null;
}
