import { isActive, nextInactive } from '../domain/active-hours.ts';
import type { DeadlineStage } from '../domain/deadlines.ts';
import type { Decision, RestState } from '../domain/decision.ts';
import { HOUR_MS, type Instant } from '../domain/instant.ts';
import type { Ledger } from '../domain/ledger.ts';
import type { Reason } from '../domain/reason.ts';
import type { Settings } from '../domain/settings.ts';
import { authorityIn, authorityReasons, needsNobody } from './authority.ts';
import { obstacleToInstalling } from './decide-restart.ts';
import { byMacos, leftToMacos } from './hand-over.ts';
import { installAsRoot } from './next-start.ts';
import {
  deadlineReasons,
  LOOK_AGAIN_MS,
  lookForPeopleMs,
  offered,
  QUIET_MS,
  restAt,
  type Situation,
  unknownFact,
  warningShown,
} from './situation.ts';

/** Nobody is logged in: no session to disturb, but what somebody was promised still holds. */
export function decideUnattended(situation: Situation): Decision {
  const { settings, facts, ledger, at, target, stage } = situation;
  const rest = restAt(at);
  const because: Reason[] = [offered(target), ...deadlineReasons(situation), { code: 'nobody-logged-in' }];
  if (ledger.order !== null) because.push({ code: 'ordered', at: ledger.order.at });
  const promised = promisedUntil(ledger, at);
  if (promised !== null) return rest(promised.state, promised.until, [...because, promised.reason]);
  if (!unattendedAllowed(settings, ledger.order === null ? stage : 'past-hard')) {
    const wakeAt = Math.min(nextDeadlineAfter(situation, at) ?? Infinity, at + HOUR_MS);
    return rest('waiting', wakeAt, [
      ...because,
      { code: 'unattended-not-allowed', setting: settings.unattended.install },
    ]);
  }
  if (!facts.appleSilicon.known) {
    return rest('backingOff', at + LOOK_AGAIN_MS, [...because, unknownFact('the processor', facts.appleSilicon.why)]);
  }
  const choice = authorityIn(situation);
  if (!needsNobody(choice)) {
    return rest('waiting', at + lookForPeopleMs(ledger, at), [...because, ...authorityReasons(choice)]);
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
  const enforcedAt = byMacos(situation);
  if (enforcedAt !== null) return leftToMacos(enforcedAt, 'deadline', because);
  const by = stage === 'past-hard' ? 'deadline' : ledger.order === null ? 'schedule' : 'order';
  if (choice.by === 'root') return installAsRoot(situation, by, because);
  return { kind: 'authorize', via: choice.by, closesAt: at, by, because: [...because, ...authorityReasons(choice)] };
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

function nextDeadlineAfter({ schedule }: Situation, at: Instant): Instant | null {
  const ahead = [schedule.focus.at, schedule.soft.at, schedule.hard.at].filter(
    (due): due is Instant => due !== null && due > at,
  );
  return ahead.length === 0 ? null : Math.min(...ahead);
}
