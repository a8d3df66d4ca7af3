import type { Decision } from '../domain/decision.ts';
import { decideAboutAsking } from './decide-asking.ts';
import { decideAboutPlannedRestart, proceed } from './decide-restart.ts';
import { decideAboutServer, decideAboutTelling } from './decide-telling.ts';
import { CONSENT_LIFE_MS } from './observe.ts';
import type { Situation } from './situation.ts';

/** Somebody is logged in: what cannot be done at all first, then consent, then promised restarts and their warnings, then asking. */
export function decideAttended(situation: Situation): Decision {
  const { ledger, at } = situation;
  const cannot = decideAboutTelling(situation) ?? decideAboutServer(situation);
  if (cannot) return cannot;
  if (ledger.consent !== null && at >= ledger.consent.at && at - ledger.consent.at < CONSENT_LIFE_MS) {
    return proceed(situation, ledger.consent.by, [
      { code: ledger.consent.by === 'person' ? 'chose-now' : 'password-typed', at: ledger.consent.at },
    ]);
  }
  return decideAboutPlannedRestart(situation) ?? decideAboutAsking(situation);
}
