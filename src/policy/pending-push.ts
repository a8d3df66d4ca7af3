import type { Decision } from '../domain/decision.ts';
import { type Facts, isSomebodyElse } from '../domain/facts.ts';
import { HOUR_MS, type Instant, MINUTE_MS } from '../domain/instant.ts';
import type { Ledger } from '../domain/ledger.ts';
import { reached } from '../domain/os-version.ts';
import type { PushPlan } from '../domain/push.ts';
import type { Reason } from '../domain/reason.ts';
import type { Settings } from '../domain/settings.ts';
import { overdueSince } from './hand-over.ts';
import { nextPollMs } from './push-pace.ts';
import { lookForPeopleMs, promptsToday, soonestAfter } from './situation.ts';

/** After so long an order that nobody can be asked about is over: the Mac has had time to hear of it. */
const FORGOTTEN_AFTER_MS = 24 * HOUR_MS;

/** For so long after the time it named a warning holds for what may come at any moment. */
const WARNING_HOLDS_MS = 2 * HOUR_MS;

/**
 * While an order may still be carried out that upkeep does not wait for any more, or macOS has not kept to the moment it was told,
 * whoever is at the Mac is warned again, and each rest ends when the server is asked what became of an order, or a warning holds
 * no longer.
 */
export function withPendingPush(decision: Decision, settings: Settings, facts: Facts, ledger: Ledger): Decision {
  const { push = null, warning } = ledger;
  const overdue = overdueSince(facts, ledger);
  if (decision.kind !== 'rest' || (push === null && overdue === null)) return decision;
  const pending: Reason[] = push === null ? [] : [{ code: 'push-pending', since: push.since }];
  const late: Reason[] = overdue === null ? [] : [{ code: 'macos-overdue', since: overdue }];
  const because: Reason[] = [...pending, ...late, ...decision.because];
  const { at, zone, consoleUser, screenLocked } = facts;
  const isSeen = consoleUser.known && consoleUser.value !== null && screenLocked.known && !screenLocked.value;
  const isWarned =
    warning !== null &&
    warning.openedAt !== null &&
    at < warning.restartAt + WARNING_HOLDS_MS &&
    !isSomebodyElse(warning.uid, facts);
  // What Apple has withdrawn meanwhile cannot be installed any more.
  const isOffered = ledger.target !== null;
  if (
    isOffered &&
    isSeen &&
    !isWarned &&
    promptsToday(ledger, at, zone, ['warning']) < settings.budgets.warningsPerDay
  ) {
    const restartAt = soonestAfter(at, settings.warning.floorMinutes);
    return { kind: 'warn', restartAt, why: 'order', postponing: false, because };
  }
  const isSomebodyIn = !consoleUser.known || consoleUser.value !== null;
  const warnAgainAt = isWarned
    ? warning.restartAt + WARNING_HOLDS_MS
    : isSeen || !isOffered
      ? Infinity
      : at + lookForPeopleMs(ledger, at);
  const wakeAt = Math.min(decision.wakeAt, push?.askAt ?? Infinity, isSomebodyIn ? warnAgainAt : Infinity);
  return { ...decision, wakeAt: Math.max(at + MINUTE_MS, wakeAt), because };
}

const GIVEN = 'it has given macOS the deadline, and gives no other order beside it';

/** What the server said, beside the word for it. */
export function withServerWords(decision: Decision, { server = null, handOver = null }: Ledger): Decision {
  const known = server ?? (handOver === null ? null : { why: 'command-failed', detail: GIVEN });
  if (known === null) return decision;
  const because = decision.because.map((reason) =>
    reason.code === 'method-refused' && reason.method === 'mdm' && reason.why === known.why
      ? { ...reason, detail: known.detail }
      : reason,
  );
  return { ...decision, because };
}

/** Which order is asked about now: asked as seldom as the server can bear. */
export function planToAsk({ push }: Ledger, at: Instant): PushPlan | null {
  return push === undefined || push === null || push.plan === null || push.plan.id === null || at < push.askAt
    ? null
    : push.plan;
}

/** Takes in what became of an order that may still be carried out. */
export function pushObserved(ledger: Ledger, facts: Facts): Ledger {
  const { push = null } = ledger;
  if (push === null) return ledger;
  const { at, os } = facts;
  const isOver =
    (os.known && reached(os.value, push.to)) ||
    (facts.push?.known && (facts.push.value.state === 'failed' || facts.push.value.state === 'completed')) ||
    ((push.plan?.id ?? null) === null && at - push.since >= FORGOTTEN_AFTER_MS);
  if (isOver) return { ...ledger, push: null };
  return at < push.askAt ? ledger : { ...ledger, push: { ...push, askAt: at + nextPollMs(at - push.since) } };
}

/** The facts with what is known of the server from earlier: it is left alone for a while, or has an order already. */
export function withServerKnown(facts: Facts, { server = null, push = null, handOver = null }: Ledger): Facts {
  const { authority } = facts;
  if (authority === undefined || authority.methods.mdm !== null) return facts;
  const resting = server !== null && facts.at < server.until && facts.at >= server.at ? server.why : null;
  const isTaken = push !== null || (handOver !== null && facts.at < handOver.by);
  const why = resting ?? (isTaken ? ('command-failed' as const) : null);
  return why === null ? facts : { ...facts, authority: { ...authority, methods: { ...authority.methods, mdm: why } } };
}
