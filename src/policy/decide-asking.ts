import { isActive, nextActive } from '../domain/active-hours.ts';
import type { Decision } from '../domain/decision.ts';
import { deferralChoices, nextLocalMidnight, SHORTEST_DEFERRAL_MINUTES, timeChoices } from '../domain/deferral.ts';
import { DAY_MS, type Instant, MINUTE_MS } from '../domain/instant.ts';
import type { Reason } from '../domain/reason.ts';
import {
  deadlineReasons,
  LOOK_AGAIN_MS,
  lookForPeopleMs,
  nextWarnMoment,
  offered,
  promptsToday,
  restAt,
  type Situation,
  TIME_LEAD_MINUTES,
  unknownFact,
  warnMoment,
} from './situation.ts';

/** No restart is planned yet for this moment: whether and how to ask. */
export function decideAboutAsking(situation: Situation): Decision {
  const { ledger, at, target } = situation;
  const rest = restAt(at);
  const because: Reason[] = [
    offered(target),
    { code: 'downloaded', label: target.label, at: ledger.download?.at ?? null },
    ...deadlineReasons(situation),
  ];
  const warnAt = warnMoment(situation);
  const horizon = nextWarnMoment(situation);
  if (ledger.scheduled !== null) {
    return rest('scheduled', Math.min(warnAt ?? ledger.scheduled.at, horizon), [
      ...because,
      { code: 'time-chosen', at: ledger.scheduled.at },
    ]);
  }
  return waitToAsk(situation, horizon, because) ?? askOrWaitForLimit(situation, warnAt, because);
}

/** Why nobody is to be disturbed at this moment, and until when; null when somebody may be. `horizon`: the latest next look. */
export function waitToAsk(situation: Situation, horizon: Instant, because: Reason[]): Decision | null {
  const { settings, facts, ledger, at, target, schedule, stage } = situation;
  const rest = restAt(at);
  const notPast = (wakeAt: Instant) => Math.min(wakeAt, horizon);
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
    const reason = unknownFact('whether the screen is locked', facts.screenLocked.why);
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
  return null;
}

function askOrWaitForLimit(situation: Situation, warnAt: Instant | null, because: Reason[]): Decision {
  const { settings, facts, at, schedule, stage } = situation;
  const prompt = stage === 'past-soft' ? 'soft' : 'choice';
  // A deferral ends at the soft deadline, or where the warning of the hard one has to begin.
  const limits = [prompt === 'choice' ? schedule.soft.at : null, warnAt].filter(
    (limit): limit is Instant => limit !== null,
  );
  const limit = limits.length === 0 ? null : Math.min(...limits);
  const closesAt = Math.min(at + settings.prompts.timeoutMinutes * MINUTE_MS, limit ?? Infinity);
  const deferrals =
    prompt === 'choice' ? deferralChoices(settings.deferral, { at, answeredBy: closesAt }, limit, facts.zone) : [];
  const isNear = limit !== null && limit - at < SHORTEST_DEFERRAL_MINUTES * MINUTE_MS;
  if (limit !== null && (isNear || (prompt === 'choice' && deferrals.length === 0))) {
    return restAt(at)('waiting', Math.max(limit, at + MINUTE_MS), [...because, { code: 'limit-near', at: limit }]);
  }
  const lastTime = schedule.hard.at ?? schedule.soft.at;
  const times = timeChoices(
    at,
    settings.warning.floorMinutes + TIME_LEAD_MINUTES,
    prompt === 'soft' ? schedule.hard.at : lastTime,
    facts.zone,
  );
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
