import type { Decision } from '../domain/decision.ts';
import { type Facts, isSomebodyElse, sameBoot } from '../domain/facts.ts';
import { DAY_MS, HOUR_MS, type Instant, MINUTE_MS, wholeMinute } from '../domain/instant.ts';
import type { Ledger, RestartBy, TrackedTarget } from '../domain/ledger.ts';
import { majorOf, reached } from '../domain/os-version.ts';
import type { Reason } from '../domain/reason.ts';
import type { Settings } from '../domain/settings.ts';
import { firstThatWorks } from './choose-authority.ts';
import { LOOK_AGAIN_MS, type Situation, scheduleForTarget, WARNING_MARGIN_MS } from './situation.ts';

/** It is handed over so long before: with a plan of its own for this Mac, a server such as Jamf Pro makes no other one any more. */
export const HAND_OVER_AHEAD_MS = 3 * DAY_MS;
/** A deadline nearer than this is upkeep's own: macOS would hardly have heard of it in time. */
const LEAST_AHEAD_MS = 4 * HOUR_MS;
/** Declared moments are whole seconds; what differs by less is the same. */
export const SAME_MS = MINUTE_MS;
/** The first macOS that can be told what to install by when. */
export const DECLARATIONS_SINCE = 14;

/**
 * Turns a rest into handing the hard deadline to macOS, by the management server, so that it holds without upkeep. Only one that
 * falls on a day: one that hangs on what people still choose cannot be declared.
 */
export function withHandOver(decision: Decision, settings: Settings, facts: Facts, ledger: Ledger): Decision {
  if (decision.kind !== 'rest' || decision.state === 'paused' || decision.state === 'halted') return decision;
  const by = toHandOver(settings, facts, ledger);
  if (by === null) return decision;
  const { handOverNot = null } = ledger;
  const notBefore = handOverNot !== null && facts.at >= handOverNot.at ? handOverNot.until : facts.at;
  const from = Math.max(by - HAND_OVER_AHEAD_MS, notBefore);
  // No rest lies over the moment to do so.
  if (from > facts.at) return { ...decision, wakeAt: Math.min(decision.wakeAt, from) };
  return { kind: 'hand-over', by, because: [{ code: 'hand-over-due', at: by }] };
}

/** The deadline that macOS has not got yet and can be given; null where there is none. */
function toHandOver(settings: Settings, facts: Facts, ledger: Ledger): Instant | null {
  const { target, handOver = null, push = null } = ledger;
  const { at, os, authority } = facts;
  if (target === null || !settings.mdm.handOverDeadline || push !== null) return null;
  if (!os.known || (majorOf(os.value.version) ?? 0) < DECLARATIONS_SINCE) return null;
  const { severalSaved } = settings.authentication;
  const usable = authority !== undefined && firstThatWorks(authority.methods, { order: ['mdm'], severalSaved }).method;
  if (usable !== 'mdm' || !settings.authentication.order.includes('mdm')) return null;
  const own = ownHardDeadline(settings, target);
  if (own === null || own - at < LEAST_AHEAD_MS) return null;
  const isDone = handOver !== null && handOver.label === target.label && Math.abs(handOver.by - own) < SAME_MS;
  // One that macOS has already, from whomever, is not made later or doubled.
  const isCovered = target.enforcedAt !== undefined && target.enforcedAt <= own + SAME_MS;
  return isDone || isCovered ? null : own;
}

/** The hard deadline of the settings, as far as it falls on a day. */
export function ownHardDeadline(settings: Settings, target: TrackedTarget): Instant | null {
  const { enforcedAt: _, ...own } = target;
  return scheduleForTarget(settings, { ...own, deferralCount: 0 }).hard.at;
}

/** Takes in what macOS was told by declaration: its own word for it counts, else what was handed over. Pure. */
export function enforcementObserved(ledger: Ledger, facts: Facts): Ledger {
  const { target, handOver = null } = ledger;
  if (handOver !== null && facts.os.known && reached(facts.os.value, handOver.to))
    return enforcementObserved({ ...ledger, handOver: null }, facts);
  if (target === null) return ledger;
  if (facts.declared === undefined || !facts.declared.known) {
    const by = handOver?.by ?? target.enforcedAt;
    return by === undefined ? ledger : { ...ledger, target: { ...target, enforcedAt: by } };
  }
  const declared = facts.declared.value;
  const { enforcedAt: _, ...without } = target;
  if (declared !== null) {
    const seen = handOver !== null && Math.abs(handOver.by - declared.at) < SAME_MS;
    const isWaitedFor = handOver !== null && !handOver.seen && !seen;
    const enforcedAt = isWaitedFor ? Math.min(declared.at, handOver.by) : declared.at;
    return {
      ...ledger,
      target: { ...target, enforcedAt },
      ...(handOver === null ? {} : { handOver: { ...handOver, seen: handOver.seen || seen } }),
    };
  }
  if (handOver === null) return { ...ledger, target: without };
  // The Mac hears of a declaration a while after the server; one that it had and has no more was withdrawn.
  if (!handOver.seen && facts.at - handOver.at < DAY_MS)
    return { ...ledger, target: { ...target, enforcedAt: handOver.by } };
  const detail = handOver.seen ? 'it was withdrawn' : 'this Mac never heard of it';
  return {
    ...ledger,
    target: without,
    handOver: null,
    handOverNot: { at: facts.at, until: facts.at + DAY_MS, detail },
  };
}

/** A Mac that was asleep or off at a declared moment is given an hour once it is up; upkeep's first look may come minutes after that. */
const GRACE_MS = 55 * MINUTE_MS;

/** When macOS itself is expected to install; null where it was told nothing. */
export function enforcedMoment({ boot }: Facts, { target, awakeSince }: Ledger): Instant | null {
  const enforcedAt = target?.enforcedAt;
  if (enforcedAt === undefined) return null;
  const startedAt = boot.known ? boot.value.startedAt : null;
  const upSince = Math.max(awakeSince?.at ?? enforcedAt, startedAt ?? enforcedAt);
  return upSince <= enforcedAt ? enforcedAt : Math.floor((upSince + GRACE_MS) / MINUTE_MS) * MINUTE_MS;
}

/** The declared moment where it has passed and macOS has not installed, as on a low battery: it may do so at any time. */
export function overdueSince(facts: Facts, ledger: Ledger): Instant | null {
  const moment = enforcedMoment(facts, ledger);
  return moment !== null && moment <= facts.at ? (ledger.target?.enforcedAt ?? null) : null;
}

/**
 * macOS restarts at its time whatever upkeep waits for: a pause, a back-off, a password, space on the disk. So whoever is logged in
 * is warned of it in any case, and no rest lies over the moment to do so.
 */
export function withEnforcedWarning(decision: Decision, settings: Settings, facts: Facts, ledger: Ledger): Decision {
  const { at, consoleUser, screenLocked, boot } = facts;
  const moment = enforcedMoment(facts, ledger);
  if (moment === null || moment <= at || (decision.kind !== 'rest' && decision.kind !== 'download')) return decision;
  if (!consoleUser.known || consoleUser.value === null) return decision;
  const isUnlocked = screenLocked.known && !screenLocked.value;
  const leadMinutes = isUnlocked ? settings.warning.floorMinutes : settings.warning.lockedFloorMinutes;
  const warnAt = moment - leadMinutes * MINUTE_MS - WARNING_MARGIN_MS;
  const { warning, prompts, deferral } = ledger;
  const isWarned =
    warning !== null &&
    warning.openedAt !== null &&
    Math.abs(warning.restartAt - moment) < SAME_MS &&
    !isSomebodyElse(warning.uid, facts) &&
    (!boot.known || warning.boot === null || sameBoot(warning.boot, boot.value));
  if (isWarned) return decision;
  const lastAt = prompts.findLast(({ kind }) => kind === 'warning')?.at ?? Number.NEGATIVE_INFINITY;
  // A dialog that does not come up is tried again, and not at once.
  const againAt = Math.max(warnAt, lastAt + WARN_AGAIN_MS);
  // Whoever put it off and locked the screen gets their time in full, as far as the shorter warning still fits in.
  const latest = moment - settings.warning.floorMinutes * MINUTE_MS - WARNING_MARGIN_MS;
  const dueAt = isUnlocked ? againAt : Math.max(againAt, Math.min(deferral?.until ?? 0, latest));
  if (at >= dueAt) {
    const because: Reason[] = [...decision.because, { code: 'macos-enforces', at: moment }];
    return { kind: 'warn', restartAt: wholeMinute(moment), why: 'deadline', postponing: false, because };
  }
  if (decision.kind !== 'rest') return decision;
  // Whoever unlocks the screen meanwhile is warned in time.
  const lookAt = isUnlocked ? dueAt : Math.min(Math.max(at + LOOK_AGAIN_MS, warnAt), dueAt);
  return { ...decision, wakeAt: Math.max(at + MINUTE_MS, Math.min(decision.wakeAt, lookAt)) };
}

const WARN_AGAIN_MS = 5 * MINUTE_MS;

/** The moment has come at which macOS installs by itself: it is left to do so, and watched. Null where it is not so. */
export function byMacos({ ledger, target, at }: Situation): Instant | null {
  const { enforcedAt } = target;
  const { push = null, server = null } = ledger;
  // It was watched already: nothing more is seen of it, or the server has called it failed and is left alone for a while.
  const hasFailed = server !== null && enforcedAt !== undefined && server.at >= enforcedAt && at < server.until;
  const isTried = push !== null || hasFailed;
  return enforcedAt !== undefined && at >= enforcedAt && !isTried ? enforcedAt : null;
}

/** Nobody's password and no order is needed any more. */
export function leftToMacos(at: Instant, by: RestartBy, because: readonly Reason[]): Decision {
  return { kind: 'authorize', via: 'mdm', closesAt: at, by, because: [...because, { code: 'macos-enforces', at }] };
}
