import type { Decision } from '../domain/decision.ts';
import type { Facts } from '../domain/facts.ts';
import { DAY_MS, MINUTE_MS } from '../domain/instant.ts';
import type { Ledger } from '../domain/ledger.ts';
import type { Reason } from '../domain/reason.ts';
import { rotationDueAt } from '../domain/rotation.ts';
import type { Settings } from '../domain/settings.ts';

/** The password is changed only where nothing else is due for so long: nobody's restart, dialog or warning waits for it. */
const ROOM_MS = 30 * MINUTE_MS;

/**
 * Turns a rest into a change of the password of upkeep's own account, where that is due. One that failed is told with
 * every rest and tried again a day later: a try may cost a failed login.
 */
export function withRotation(decision: Decision, settings: Settings, facts: Facts, ledger: Ledger): Decision {
  const { servicePassword, at } = facts;
  if (decision.kind !== 'rest' || decision.state === 'paused' || servicePassword === undefined) return decision;
  const { rotationTrouble: trouble } = ledger;
  const dueAt = rotationDueAt(servicePassword.savedAt, settings.authentication.serviceAccount.rotateDays);
  const isDue = dueAt !== null && at >= dueAt;
  if (!isDue && !servicePassword.isHalfChanged) return decision;
  if (trouble !== null && trouble.at <= at && at < trouble.at + DAY_MS) {
    const failed: Reason = { code: 'rotation-failed', detail: trouble.why, nextAt: trouble.at + DAY_MS };
    return { ...decision, because: [...decision.because, failed] };
  }
  if (decision.wakeAt - at < ROOM_MS) return decision;
  const because: Reason = isDue ? { code: 'rotation-due', dueAt } : { code: 'rotation-cut-off' };
  return { kind: 'rotate', savedAt: servicePassword.savedAt, because: [because] };
}
