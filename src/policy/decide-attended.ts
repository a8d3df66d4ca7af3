import type { Decision } from '../domain/decision.ts';
import { authorityIn, authorityReasons } from './authority.ts';
import { decideAboutAsking } from './decide-asking.ts';
import { decideAboutPlannedRestart, proceed } from './decide-restart.ts';
import { decideAboutServer, decideAboutTelling } from './decide-telling.ts';
import { CONSENT_LIFE_MS } from './observe.ts';
import { deadlineReasons, LOOK_AGAIN_MS, offered, restAt, type Situation } from './situation.ts';

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
  return decideAboutPlannedRestart(situation) ?? decideWithoutAnybody(situation) ?? decideAboutAsking(situation);
}

/** Nobody may be asked for a password and no other way works now: a "yes" would come to nothing, so that nobody is asked for it. */
function decideWithoutAnybody(situation: Situation): Decision | null {
  const choice = authorityIn(situation);
  if (choice.by !== 'nobody' || choice.person !== 'not-asked' || choice.refused.length === 0) return null;
  const because = [offered(situation.target), ...deadlineReasons(situation), ...authorityReasons(choice)];
  return restAt(situation.at)('waiting', situation.at + LOOK_AGAIN_MS, because);
}
