import type { Decision } from '../domain/decision.ts';
import { DAY_MS } from '../domain/instant.ts';
import type { Ledger } from '../domain/ledger.ts';
import type { Reason } from '../domain/reason.ts';
import type { Settings } from '../domain/settings.ts';

/**
 * Turns whatever would follow from a bootstrap token that is of no use (asking the person, or a rest) into escrowing a new one with
 * a saved administrator, once a day at the most. One that failed is told with every rest until then.
 */
export function withTokenRepair(decision: Decision, settings: Settings, at: number, ledger: Ledger): Decision {
  const { server = null, tokenRepair = null } = ledger;
  if (server?.why !== 'bootstrap-token' || settings.mdm.repairBootstrapToken === 'off') return decision;
  if (decision.kind !== 'rest' && !(decision.kind === 'authorize' && decision.via === undefined)) return decision;
  if (decision.kind === 'rest' && (decision.state === 'paused' || decision.state === 'halted')) return decision;
  const nextAt = tokenRepair === null ? at : tokenRepair.at + DAY_MS;
  if (tokenRepair === null || at >= nextAt || at < tokenRepair.at)
    return { kind: 'repair-token', because: [{ code: 'token-repair-due' }] };
  if (decision.kind !== 'rest' || tokenRepair.why === null) return decision;
  const failed: Reason = { code: 'token-repair-failed', detail: tokenRepair.why, nextAt };
  return { ...decision, because: [...decision.because, failed] };
}
