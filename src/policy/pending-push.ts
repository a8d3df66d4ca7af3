import type { Decision } from '../domain/decision.ts';
import { type Facts, isSomebodyElse } from '../domain/facts.ts';
import { HOUR_MS, MINUTE_MS } from '../domain/instant.ts';
import type { Ledger } from '../domain/ledger.ts';
import type { Reason } from '../domain/reason.ts';
import type { Settings } from '../domain/settings.ts';
import { lookForPeopleMs, promptsToday } from './situation.ts';

/** For so long after the time it named a warning holds for an order that may be carried out at any moment. */
const WARNING_HOLDS_MS = 2 * HOUR_MS;

/**
 * While an order may still be carried out that upkeep does not wait for any more, whoever is at the Mac is warned again, and each
 * rest ends when the server is asked what became of it, or a warning holds no longer.
 */
export function withPendingPush(decision: Decision, settings: Settings, facts: Facts, ledger: Ledger): Decision {
  const { push = null, warning } = ledger;
  if (push === null || decision.kind !== 'rest') return decision;
  const because: Reason[] = [{ code: 'push-pending', since: push.since }, ...decision.because];
  const { at, zone, consoleUser, screenLocked } = facts;
  const isSeen = consoleUser.known && consoleUser.value !== null && screenLocked.known && !screenLocked.value;
  const isWarned =
    warning !== null &&
    warning.openedAt !== null &&
    at < warning.restartAt + WARNING_HOLDS_MS &&
    !isSomebodyElse(warning.uid, facts);
  if (isSeen && !isWarned && promptsToday(ledger, at, zone, ['warning']) < settings.budgets.warningsPerDay) {
    const leadMinutes = settings.warning.floorMinutes;
    const restartAt = Math.ceil((at + leadMinutes * MINUTE_MS) / MINUTE_MS) * MINUTE_MS;
    return { kind: 'warn', restartAt, why: 'order', postponing: false, because };
  }
  const isSomebodyIn = !consoleUser.known || consoleUser.value !== null;
  const warnAgainAt = isWarned
    ? warning.restartAt + WARNING_HOLDS_MS
    : isSeen
      ? Infinity
      : at + lookForPeopleMs(ledger, at);
  const wakeAt = Math.min(decision.wakeAt, push.askAt, isSomebodyIn ? warnAgainAt : Infinity);
  return { ...decision, wakeAt: Math.max(at + MINUTE_MS, wakeAt), because };
}

/** What the server said, beside the word for it. */
export function withServerWords(decision: Decision, { server = null }: Ledger): Decision {
  if (server === null) return decision;
  const because = decision.because.map((reason) =>
    reason.code === 'method-refused' && reason.method === 'mdm' && reason.why === server.why
      ? { ...reason, detail: server.detail }
      : reason,
  );
  return { ...decision, because };
}
