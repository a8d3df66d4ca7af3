import { type DeadlineSchedule, type DeadlineStage, scheduleFor, stageAt } from '../domain/deadlines.ts';
import type { Decision, RestState } from '../domain/decision.ts';
import { localMidnight } from '../domain/deferral.ts';
import type { Facts } from '../domain/facts.ts';
import { HOUR_MS, type Instant, MINUTE_MS, SECOND_MS, wholeMinute } from '../domain/instant.ts';
import type { Ledger, PromptKind, TrackedTarget, Warning } from '../domain/ledger.ts';
import type { Reason } from '../domain/reason.ts';
import type { Settings } from '../domain/settings.ts';

/** Times a person may choose lie this much beyond the warning they need, so that choosing one does not push it back. */
export const TIME_LEAD_MINUTES = 10;
/** How often upkeep looks whether the call is over, the adapter is plugged in, a probe answers again. */
export const LOOK_AGAIN_MS = 15 * MINUTE_MS;
/** How long the Mac must have been awake with nobody in sight before upkeep believes that nobody is about to come. */
export const QUIET_MS = 20 * MINUTE_MS;
/** A warning starts this much early, so that looking at the Mac first does not push the promised time back. */
export const WARNING_MARGIN_MS = 5 * MINUTE_MS;
/** A dialog is on the screen some seconds after it was asked for, on a slow Mac many. */
const APPEARS_MS = 20 * SECOND_MS;

/** The soonest time that a warning which is asked for now may name, if it is to stand so many minutes. */
export const soonestAfter = (at: Instant, minutes: number): Instant =>
  wholeMinute(at + minutes * MINUTE_MS + APPEARS_MS);

/** Everything one decision is made from, with what follows from it computed once. */
export type Situation = {
  settings: Settings;
  facts: Facts;
  ledger: Ledger;
  at: Instant;
  target: TrackedTarget;
  schedule: DeadlineSchedule;
  stage: DeadlineStage;
};

/** All that follows from a target's rules, counts and the moment. */
export function situationOf(settings: Settings, facts: Facts, ledger: Ledger, target: TrackedTarget): Situation {
  const schedule = scheduleForTarget(settings, target);
  return { settings, facts, ledger, at: facts.at, target, schedule, stage: stageAt(schedule, facts.at) };
}

/**
 * The deadlines of a target. A count deadline falls where the last deferral ends, never inside it; the hard one leaves
 * room for its warning after that.
 */
export function scheduleForTarget(settings: Settings, target: TrackedTarget): DeadlineSchedule {
  const { zeroDate, zone, deferralCount, countedAt } = target;
  const warningMs = settings.warning.floorMinutes * MINUTE_MS + WARNING_MARGIN_MS;
  const schedule = scheduleFor(settings.deadlines, {
    zeroDate,
    zone,
    deferralCount,
    countReachedAt: countedAt,
    hardCountReachedAt: countedAt + warningMs,
  });
  const { enforcedAt } = target;
  // The one time people are shown is the one at which macOS restarts.
  if (enforcedAt === undefined || (schedule.hard.at !== null && schedule.hard.at <= enforcedAt)) return schedule;
  return { ...schedule, hard: { at: enforcedAt, by: 'declaration' } };
}

export function plannedRestart(
  ledger: Ledger,
  schedule: DeadlineSchedule,
): { at: Instant; why: Warning['why'] } | null {
  const scheduledAt = ledger.scheduled?.at ?? null;
  const plans: { at: Instant | null; why: Warning['why'] }[] = [
    { at: schedule.hard.at, why: 'deadline' },
    { at: ledger.order?.at ?? null, why: 'order' },
    { at: scheduledAt, why: 'schedule' },
  ];
  return plans.reduce<{ at: Instant; why: Warning['why'] } | null>(
    (first, { at, why }) => (at !== null && (first === null || at < first.at) ? { at, why } : first),
    null,
  );
}

/** When the warning of the planned restart has to begin, for somebody at an unlocked screen. */
export function warnMoment({
  settings,
  ledger,
  schedule,
}: Pick<Situation, 'settings' | 'ledger' | 'schedule'>): Instant | null {
  const plan = plannedRestart(ledger, schedule);
  return plan === null ? null : plan.at - settings.warning.floorMinutes * MINUTE_MS - WARNING_MARGIN_MS;
}

/** The next moment to look whether a warning has to begin: the early one counts if the screen is locked by then. */
export function nextWarnMoment(situation: Situation): Instant {
  const { settings, ledger, schedule, at } = situation;
  const plan = plannedRestart(ledger, schedule);
  const warnAt = warnMoment(situation);
  if (plan === null || warnAt === null) return Number.POSITIVE_INFINITY;
  const lockedAt = plan.at - settings.warning.lockedFloorMinutes * MINUTE_MS - WARNING_MARGIN_MS;
  return lockedAt > at ? lockedAt : warnAt;
}

export function deadlineReasons({ schedule, at }: Situation): Reason[] {
  const reasons: Reason[] = [];
  for (const deadline of ['hard', 'soft', 'focus'] as const) {
    const due = schedule[deadline];
    if (due.at === null || due.by === null) continue;
    reasons.push({ code: due.at <= at ? 'deadline-passed' : 'deadline-ahead', deadline, at: due.at, by: due.by });
  }
  return reasons.length === 0 ? [{ code: 'no-deadline' }] : reasons;
}

/** The dialogs that came up on the local day; choosing a time belongs to the dialog before it and does not count. */
export function promptsToday(
  ledger: Ledger,
  at: Instant,
  zone: string,
  kinds: PromptKind[] = ['choice', 'soft', 'password', 'notice'],
): number {
  const today = localMidnight(at, zone);
  return ledger.prompts.filter(
    (prompt) => kinds.includes(prompt.kind) && prompt.openedAt !== null && prompt.at >= today,
  ).length;
}

/** When to look for people again: the longer they have been away, the less often, from half an hour to two hours. */
export function lookForPeopleMs(ledger: Ledger, at: Instant): number {
  const awayMs = ledger.awaySince === null ? 0 : at - ledger.awaySince;
  return Math.max(30 * MINUTE_MS, Math.min(2 * HOUR_MS, awayMs / 4));
}

export const offered = (target: TrackedTarget): Reason => ({
  code: 'offer-found',
  label: target.label,
  foundAt: target.foundAt,
});

export const warningShown = (warning: Warning, openedAt: Instant): Reason => ({
  code: 'warning-shown',
  openedAt,
  restartAt: warning.restartAt,
});

/** A fact that is needed and not known. */
export const unknownFact = (fact: string, why: string): Reason => ({ code: 'fact-unknown', fact, why });

/** A rest never ends before it began: at least a minute on. */
export function restAt(at: Instant) {
  return (state: RestState, wakeAt: Instant, because: Reason[]): Decision => ({
    kind: 'rest',
    state,
    wakeAt: Math.ceil(Math.max(wakeAt, at + MINUTE_MS)),
    because,
  });
}
