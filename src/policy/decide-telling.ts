import type { PersonState, ToldWhy } from '../domain/authority.ts';
import type { Decision } from '../domain/decision.ts';
import { localMidnight } from '../domain/deferral.ts';
import { DAY_MS, HOUR_MS, type Instant, MINUTE_MS } from '../domain/instant.ts';
import type { Reason } from '../domain/reason.ts';
import { authorityIn, authorityReasons, refusalReasons } from './authority.ts';
import { waitToAsk } from './decide-asking.ts';
import { offered, restAt, type Situation } from './situation.ts';

/**
 * Nobody can authorise the install, for a reason that lies with the account of the person at the Mac. Then they are neither
 * asked when to restart nor warned of a restart that cannot come: they are told once a day what it needs, at a moment at
 * which they could be asked. Null where it can be authorised, or where the reason is another one.
 */
export function decideAboutTelling(situation: Situation): Decision | null {
  const { settings, facts, ledger, at, target } = situation;
  const choice = authorityIn(situation);
  if (choice.by !== 'nobody') return null;
  const why = whyOf(choice.person);
  if (why === null) return null;
  const because: Reason[] = [offered(target), ...authorityReasons(choice)];
  const mayPass = why === 'near-lockout' || why === 'locked';
  const again = at + (mayPass ? HOUR_MS : 4 * HOUR_MS);
  // Nearness to a lockout ends by itself when they next log in: only who wants the restart now has to know.
  const isAskedFor = !mayPass || ledger.consent !== null;
  const today = localMidnight(at, facts.zone);
  const wasTold = ledger.toldAt !== undefined && ledger.toldAt >= today && ledger.toldAt < at + DAY_MS;
  if (wasTold || !isAskedFor) return restAt(at)('waiting', again, because);
  const closesAt = at + settings.prompts.timeoutMinutes * MINUTE_MS;
  return waitToAsk(situation, again, because) ?? { kind: 'tell', why, closesAt, because };
}

/**
 * The management server does not bring it now, and nobody is to be asked instead: then nobody is asked when to restart either, nor
 * warned, as nothing would come of it. Null where somebody could do something about it.
 */
export function decideAboutServer(situation: Situation): Decision | null {
  const { ledger, at, target, schedule } = situation;
  const choice = authorityIn(situation, true);
  if (choice.by !== 'nobody' || choice.person !== 'not-asked') return null;
  if (!choice.refused.some(({ method }) => method === 'mdm')) return null;
  const moments = [ledger.server?.until, schedule.soft.at, schedule.hard.at, at + 4 * HOUR_MS];
  const next = moments.filter((one): one is Instant => typeof one === 'number' && one > at);
  return restAt(at)('waiting', Math.min(...next), [offered(target), ...refusalReasons(choice.refused)]);
}

function whyOf(person: PersonState | 'not-asked'): ToldWhy | null {
  return person === 'not-owner' || person === 'no-token' || person === 'near-lockout' || person === 'locked'
    ? person
    : null;
}
