import type { Decision } from '../domain/decision.ts';
import { MINUTE_MS } from '../domain/instant.ts';
import { decideAboutAsking } from './decide-asking.ts';
import { decideAboutPlannedRestart, proceed } from './decide-restart.ts';
import type { Situation } from './situation.ts';

/** Consent is for now: after this long without the restart it is asked for again. */
export const CONSENT_LIFE_MS = 30 * MINUTE_MS;

/** Somebody is logged in: consent first, then promised restarts and their warnings, then asking. */
export function decideAttended(situation: Situation): Decision {
  const { ledger, at } = situation;
  if (ledger.consent !== null && at >= ledger.consent.at && at - ledger.consent.at < CONSENT_LIFE_MS) {
    return proceed(situation, ledger.consent.by, [
      { code: ledger.consent.by === 'person' ? 'chose-now' : 'password-typed', at: ledger.consent.at },
    ]);
  }
  return decideAboutPlannedRestart(situation) ?? decideAboutAsking(situation);
}
