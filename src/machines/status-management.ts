import { count, type Instant, isoOf, localWords } from '../domain/instant.ts';
import type { Ledger } from '../domain/ledger.ts';
import { ownHardDeadline, SAME_MS } from '../policy/hand-over.ts';
import type { AgentContext } from './context.ts';
import { moveWords } from './move-words.ts';
import type { Status } from './status.ts';

type Management = NonNullable<Status['management']>;
type Time = (at: Instant) => string;

/**
 * What a management server, and what macOS was told by declaration, have to do with the update, and which of two deadlines
 * counts; null where they have nothing to do with it. Pure.
 */
export function managementOf(context: AgentContext, at: Instant, zone: string): Management | null {
  const time: Time = (instant) => localWords(instant, zone);
  const { ledger } = context;
  const parts = [
    declared(context, time),
    notHandedOver(ledger, at, time),
    order(ledger, time),
    leftAlone(ledger, at, time),
  ].filter((part) => part !== null);
  if (parts.length === 0) return null;
  const none = { declared: null, notHandedOver: null, order: null, leftAlone: null };
  return Object.assign({ ...none, words: parts.map(({ words }) => words) }, ...parts.map(({ fields }) => fields));
}

type Part = { fields: Partial<Management>; words: string };

function declared({ ledger, settings, facts }: AgentContext, time: Time): Part | null {
  const { target, handOver = null } = ledger;
  if (target === null) return declaredBeside(facts, time);
  const { enforcedAt } = target;
  if (enforcedAt === undefined || settings === null) return null;
  const isOurs = handOver !== null && Math.abs(handOver.by - enforcedAt) < SAME_MS;
  const isHeard = !isOurs || handOver.seen;
  const own = ownHardDeadline(settings, target);
  const counts = own === null || enforcedAt <= own;
  const fields: Partial<Management> = {
    declared: { at: isoOf(enforcedAt), by: isOurs ? 'upkeep' : 'somebody-else', isHeard, counts },
  };
  if (isOurs) {
    const heard = isHeard ? '' : '; this Mac has not heard of it yet';
    return {
      fields,
      words: `macOS itself restarts the Mac ${time(enforcedAt)}: upkeep’s deadline, handed over${heard}`,
    };
  }
  if (!counts)
    return {
      fields,
      words: `somebody else has macOS restart the Mac ${time(enforcedAt)}, by declaration; upkeep’s deadline is earlier (${time(own)}) and counts`,
    };
  const beside = own === null ? 'upkeep has no deadline of its own' : `upkeep’s deadline is later (${time(own)})`;
  return {
    fields,
    words: `macOS itself restarts the Mac ${time(enforcedAt)}, as somebody else declared; ${beside}, and this one counts`,
  };
}

/** For a release that upkeep has not to install, as where a managed deferral hides it. */
function declaredBeside(facts: AgentContext['facts'], time: Time): Part | null {
  if (facts?.declared?.known !== true || facts.declared.value === null) return null;
  const { version, at } = facts.declared.value;
  return {
    fields: { declared: { at: isoOf(at), by: 'somebody-else', isHeard: true, counts: false } },
    words: `macOS itself installs macOS ${version} and restarts the Mac ${time(at)}, as somebody else declared; upkeep has no part in it`,
  };
}

function notHandedOver({ target, handOverNot = null }: Ledger, at: Instant, time: Time): Part | null {
  if (target === null || handOverNot === null || at >= handOverNot.until) return null;
  const { until, detail } = handOverNot;
  return {
    fields: { notHandedOver: { until: isoOf(until), why: detail } },
    words: `the hard deadline is not handed to macOS before ${time(until)} (${detail})`,
  };
}

function order({ install, target, push = null }: Ledger, time: Time): Part | null {
  if (install?.push !== undefined) {
    const since = install.startedAt;
    const isByItself = target?.enforcedAt !== undefined && since >= target.enforcedAt;
    const who = isByItself ? 'macOS has been at it by itself' : 'the management server has its order';
    return {
      fields: { order: { since: isoOf(since), phase: install.push.phase, askAt: null } },
      words: `${who} since ${time(since)}${moveWords(install.push)}`,
    };
  }
  if (push === null) return null;
  const { since, askAt, plan } = push;
  const isAsked = (plan?.id ?? null) !== null;
  const asked = isAsked ? `; the server is asked what became of it ${time(askAt)}` : '';
  return {
    fields: { order: { since: isoOf(since), phase: null, askAt: isAsked ? isoOf(askAt) : null } },
    words: `the management server’s order of ${time(since)} may still be carried out at any time${asked}`,
  };
}

function leftAlone({ server = null }: Ledger, at: Instant, time: Time): Part | null {
  if (server === null || at >= server.until) return null;
  const { until, failures, why, detail } = server;
  return {
    fields: { leftAlone: { until: isoOf(until), failures, why, detail } },
    words: `the management server is not asked again before ${time(until)}, after ${count(failures, 'failure')} (${detail})`,
  };
}
