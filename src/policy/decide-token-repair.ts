import type { Decision } from '../domain/decision.ts';
import type { Facts } from '../domain/facts.ts';
import { DAY_MS, type Instant, MINUTE_MS } from '../domain/instant.ts';
import type { Ledger } from '../domain/ledger.ts';
import type { Reason } from '../domain/reason.ts';
import type { Settings } from '../domain/settings.ts';
import type { TokenRepair } from '../domain/token-repair.ts';

/** It takes a minute or two: a restart, a dialog or a warning that is due sooner than this does not wait for it. */
const ROOM_MS = 10 * MINUTE_MS;

/**
 * The management server brings no update for want of a bootstrap token: before the person is asked or told, and wherever
 * the agent would rest, a saved administrator has a new one sent, if the settings allow it. Once a day, since each try may
 * cost a failed login; one that failed is told with every rest of that day. Where that did not help, and the person who is
 * asked for their password is an administrator, the same password mends it first.
 */
export function withTokenRepair(decision: Decision, settings: Settings, facts: Facts, ledger: Ledger): Decision {
  const allowed = settings.mdm.repairBootstrapToken;
  const { authority, at } = facts;
  if (allowed === 'off' || authority?.methods.mdm !== 'bootstrap-token') return decision;
  if (!settings.authentication.order.includes('mdm') || !asksForIt(decision)) return decision;
  const last = lastWithinDay(ledger, at);
  const hasRoom = decision.kind !== 'rest' || decision.wakeAt - at >= ROOM_MS;
  if (last === null && hasRoom)
    return { kind: 'repair-token', because: [...decision.because, { code: 'token-repair-due' }] };
  if (last === null || last.trouble === null) return decision;

  const failed: Reason = { code: 'token-repair-failed', ...last.trouble, nextAt: last.at + DAY_MS };
  const told = { ...decision, because: [...decision.because, failed] };
  const mayPerson = allowed === 'person' && last.by === 'saved' && authority.personIsAdmin === true;
  return told.kind === 'authorize' && told.others === undefined && mayPerson ? { ...told, repairsToken: true } : told;
}

/** Whether somebody would be asked or told, or nothing be done. A way that works makes a repair needless. */
function asksForIt(decision: Decision): boolean {
  if (decision.kind === 'rest') return decision.state !== 'paused' && decision.state !== 'halted';
  return decision.kind === 'tell' || (decision.kind === 'authorize' && decision.via === undefined);
}

/** A clock that was set back makes a try of the future none; the escrow itself counts its tries once more. */
function lastWithinDay({ tokenRepair = null }: Ledger, at: Instant): TokenRepair | null {
  return tokenRepair !== null && tokenRepair.at <= at && at < tokenRepair.at + DAY_MS ? tokenRepair : null;
}
