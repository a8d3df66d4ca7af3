import type { Decision } from '../domain/decision.ts';
import { type BootSession, type Facts, isSomebodyElse, sameBoot, valueOr } from '../domain/facts.ts';
import { HOUR_MS, MINUTE_MS, type Stamp } from '../domain/instant.ts';
import type { Reason } from '../domain/reason.ts';
import type { RotationOutcome } from '../domain/rotation.ts';
import { afterClockSetBack } from '../policy/clock-set-back.ts';
import { decide } from '../policy/decide.ts';
import { enforcementObserved, SAME_MS } from '../policy/hand-over.ts';
import { observe } from '../policy/observe.ts';
import { pushObserved, withServerKnown } from '../policy/pending-push.ts';
import type { AgentContext, Change } from './context.ts';
import type { UnlockOutcome } from './effects.ts';
import type { AgentWoke } from './events.ts';

/** Decisions in one wake; more would be a loop nobody thought of. */
export const STEP_LIMIT = 60;

export function woke(context: AgentContext, event: AgentWoke): Change {
  const settings = event.settings ?? context.settings;
  const woken = { settings, credential: null, refusals: [], telling: null, steps: 0 };
  const { install } = context.ledger;
  if (install === null || settings === null) return woken;
  // A restart is waited for by the clock; one set back since would have it waited for that much longer.
  const ledger = afterClockSetBack(context.ledger, event.at, settings);
  if (ledger.install === null || ledger.install.startedAt === install.startedAt) return woken;
  return { ...woken, ledger, wakeAt: context.wakeAt === null ? null : ledger.install.restartExpectedBy };
}

/** Whose session the dialog of a decision stands in: that of the facts it was made from. */
export function uidOf({ facts }: AgentContext): number | null {
  return facts === null ? null : (valueOr(facts.consoleUser, null)?.uid ?? null);
}

export function rebooted(context: AgentContext, boot: BootSession | null): boolean {
  const before = context.ledger.install?.boot ?? context.ledger.boot;
  return boot !== null && before !== null && !sameBoot(boot, before);
}

/** Whether a resting agent has anything to do: its time has come, or the world changed meanwhile. */
export function isDue(context: AgentContext, event: AgentWoke): boolean {
  if (context.wakeAt === null || event.settings !== null) return true;
  const clockWentBack = context.facts !== null && event.at < context.facts.at;
  return event.at >= context.wakeAt || clockWentBack || rebooted(context, event.boot) || isDeclaredAnew(context, event);
}

/** macOS was told something else than when it was last looked at. */
export function isDeclaredAnew({ facts }: AgentContext, { declared }: Pick<AgentWoke, 'declared'>): boolean {
  if (declared === undefined) return false;
  const seen = facts?.declared?.known ? facts.declared.value : null;
  return declared?.version !== seen?.version || declared?.build !== seen?.build || declared?.at !== seen?.at;
}

/** A warning stays on the screen, unless macOS is to restart before the time that it names. */
export function endsWarning({ ledger }: AgentContext, { declared }: Pick<AgentWoke, 'declared'>): boolean {
  const { warning } = ledger;
  return warning !== null && (declared?.at ?? warning.restartAt) < warning.restartAt - SAME_MS;
}

export function assessed(context: AgentContext, seen: Facts): Change {
  if (context.settings === null) return {};
  const ledger = enforcementObserved(pushObserved(observe(context.ledger, seen, context.settings), seen), seen);
  const facts = withRefusals(withServerKnown(seen, ledger), context.refusals ?? []);
  const decision = decide(context.settings, facts, ledger);
  // A password was typed for one restart, by somebody who is still there: anything else forgets it.
  const credential = stillGood(context, decision, facts) ? context.credential : null;
  return { facts, ledger, decision, credential, because: decision.because, steps: context.steps + 1 };
}

/** A typed password is for whoever typed it, a saved one for the way that was chosen. */
function stillGood(context: AgentContext, decision: Decision, facts: Facts): boolean {
  // After a repair without it, it may still be needed.
  if (decision.kind === 'repair-token')
    return context.credential?.method === undefined && !isSomebodyElse(uidOf(context), facts);
  if (decision.kind !== 'authorize' || context.credential?.method !== decision.via) return false;
  return decision.via !== undefined || !isSomebodyElse(uidOf(context), facts);
}

/** A way that was refused in this wake is not tried again in it, whatever a look at it says. */
function withRefusals(facts: Facts, refusals: NonNullable<AgentContext['refusals']>): Facts {
  if (facts.authority === undefined || refusals.length === 0) return facts;
  const methods = { ...facts.authority.methods };
  for (const { method, why } of refusals) methods[method] ??= why;
  return { ...facts, authority: { ...facts.authority, methods } };
}

/** Fetching a saved password ended: it is there, or the way is out for this wake. */
export function unlocked(context: AgentContext, outcome: UnlockOutcome): Change {
  const { decision, refusals = [] } = context;
  const method = decision?.kind === 'authorize' ? decision.via : undefined;
  if (method === undefined) return {};
  if (outcome.result === 'unlocked') return { credential: { handle: outcome.handle, user: outcome.user, method } };
  return { credential: null, refusals: [...refusals, { method, why: outcome.why }] };
}

/** The password of upkeep’s own account was changed, or was not, which is told and tried again a day later. */
export function rotated({ ledger }: AgentContext, outcome: RotationOutcome, { at }: Stamp): Change {
  return { ledger: { ...ledger, rotationTrouble: outcome.result === 'failed' ? { at, why: outcome.why } : null } };
}

/** Resting: the wake and the reasons come from the decision; a password is not kept while nothing happens. */
export function settled(context: AgentContext): Change {
  if (context.decision?.kind !== 'rest') return {};
  return { wakeAt: context.decision.wakeAt, because: context.decision.because, credential: null, again: false };
}

/** Something failed that has no better answer than waiting a little. */
export function backedOff(what: string, detail: string, { at }: Stamp): Change {
  const nextAt = at + 15 * MINUTE_MS;
  return { wakeAt: nextAt, because: [{ code: 'attempt-failed', what, detail, nextAt }], credential: null };
}

/** A loop nobody thought of: stop, say so, and look again in an hour. */
export function tooManySteps({ facts }: AgentContext): Change {
  const because: Reason[] = [{ code: 'too-many-steps', limit: STEP_LIMIT }];
  return { wakeAt: (facts?.at ?? 0) + HOUR_MS, because, credential: null };
}
