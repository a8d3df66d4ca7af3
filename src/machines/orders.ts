import type { AuthMethod, ToldWhy } from '../domain/authority.ts';
import { unknown, valueOr } from '../domain/facts.ts';
import type { Instant } from '../domain/instant.ts';
import type { PromptKind } from '../domain/ledger.ts';
import { mayKeepTyped, needsNoPassword, needsOtherOwner } from '../policy/authority.ts';
import { HAND_OVER_AHEAD_MS } from '../policy/hand-over.ts';
import type { AgentContext } from './context.ts';
import type {
  DownloadOrder,
  EffectTypes,
  HandOverOrder,
  InstallOrder,
  PasswordPrompt,
  PromptSpec,
  PushRequest,
} from './effects.ts';

/** What the chart hands to each effect, computed from the context alone. */

export function downloadOrder(context: AgentContext): DownloadOrder {
  return {
    label: context.ledger.target?.label ?? '',
    appleSilicon: context.facts !== null && valueOr(context.facts.appleSilicon, false),
  };
}

export function promptSpec(context: AgentContext, kind: Exclude<PromptKind, 'password'>): PromptSpec {
  const { ledger, settings, decision, facts } = context;
  const ask = decision?.kind === 'ask' ? decision : null;
  const warn = decision?.kind === 'warn' ? decision : null;
  const at = facts?.at ?? 0;
  const notice = noticeOf(context);
  return {
    id: ledger.promptCount,
    kind,
    organisation: settings?.organisation ?? '',
    user: consoleUser(context),
    zone: facts?.zone ?? 'UTC',
    target: { title: ledger.target?.title ?? '', version: ledger.target?.version ?? '' },
    deferrals: kind === 'choice' ? (ask?.deferrals ?? []) : [],
    times: kind === 'warning' ? [] : (ask?.times ?? []),
    restartAt: warn?.restartAt ?? null,
    softAt: ask?.softAt ?? null,
    hardAt: ask?.hardAt ?? null,
    deferralsLeft: deferralsLeft(context),
    closesAt: warn?.restartAt ?? ask?.closesAt ?? (kind === 'notice' ? notice.closesAt : at),
    passwordNeeded: facts !== null && settings !== null && !needsNoPassword(settings, facts),
    ...(facts !== null && needsOtherOwner(facts) ? { ofOthers: true } : {}),
    ...(kind === 'notice' ? { notice: { why: notice.why, account: notice.account } } : {}),
  };
}

/** What was typed just now is told first; else what the decision says. */
function noticeOf({ telling, decision }: AgentContext): { why: ToldWhy; account: string | null; closesAt: Instant } {
  if (telling !== undefined && telling !== null) return telling;
  if (decision?.kind === 'tell') return { why: decision.why, account: null, closesAt: decision.closesAt };
  return { why: 'not-owner', account: null, closesAt: 0 };
}

export function passwordPrompt(context: AgentContext): PasswordPrompt {
  const { ledger, settings, decision, facts, passwordAttempts, again = false } = context;
  const others = decision?.kind === 'authorize' ? decision.others : undefined;
  const offers = settings !== null && facts !== null && others === undefined && mayKeepTyped(settings, facts);
  return {
    id: ledger.promptCount,
    organisation: settings?.organisation ?? '',
    user: consoleUser(context),
    target: { title: ledger.target?.title ?? '', version: ledger.target?.version ?? '' },
    attempt: again ? passwordAttempts + 1 : 1,
    closesAt: decision?.kind === 'authorize' ? decision.closesAt : (facts?.at ?? 0),
    ...(others === undefined ? {} : { others }),
    ...(decision?.kind === 'authorize' && decision.repairsToken ? { repairsToken: true } : {}),
    ...(offers ? { offersToKeep: { severalSaved: settings.authentication.severalSaved } } : {}),
  };
}

/** Which saved password is fetched; only asked where one was decided on. */
export function savedWay({ decision }: AgentContext): { method: AuthMethod } {
  return { method: (decision?.kind === 'authorize' ? decision.via : undefined) ?? 'local-account' };
}

/** By whom a bootstrap token is sent: whoever typed their password for an install just now, or a saved administrator. */
export function tokenRepairOrder({ decision, credential }: AgentContext): EffectTypes['repairToken']['input'] {
  const typed = decision?.kind === 'authorize' && credential !== null ? credential : null;
  return { typed: typed === null ? null : { handle: typed.handle, user: typed.user } };
}

export function installOrder(context: AgentContext): InstallOrder {
  const { ledger, facts, credential, decision } = context;
  const forFileVault = decision?.kind === 'authorize' && decision.forFileVault === true;
  const pending = ledger.install;
  const nothing = { version: '', build: null };
  return {
    label: pending?.label ?? '',
    to: pending?.to ?? nothing,
    from: pending?.from ?? nothing,
    boot: pending?.boot ?? { id: null, startedAt: null },
    user: facts === null ? null : valueOr(facts.consoleUser, null),
    credential,
    ...(forFileVault ? { forFileVault } : {}),
  };
}

export function pushRequest({ ledger, facts, because }: AgentContext): PushRequest {
  const pending = ledger.install;
  return {
    to: pending?.to ?? { version: '', build: null },
    major: ledger.target?.kind === 'major',
    macos: pending?.from.version ?? '',
    appleSilicon: facts?.appleSilicon ?? unknown('it was not asked'),
    boot: pending?.boot ?? { id: null, startedAt: null },
    atDeadline: pending?.by === 'deadline',
    ...(because.some(({ code }) => code === 'macos-enforces')
      ? { enforced: { plan: ledger.handOver?.plan ?? null } }
      : {}),
  };
}

export function handOverOrder({ ledger: { target }, facts, decision }: AgentContext): HandOverOrder {
  const by = decision?.kind === 'hand-over' ? decision.by : 0;
  return {
    to: { version: target?.version ?? '', build: target?.build ?? null },
    major: target?.kind === 'major',
    macos: facts?.os.known ? facts.os.value.version : '',
    appleSilicon: facts?.appleSilicon ?? unknown('it was not asked'),
    by,
    from: Math.max(target?.foundAt ?? 0, by - HAND_OVER_AHEAD_MS),
  };
}

function consoleUser({ facts }: AgentContext): { name: string; uid: number } {
  return (facts !== null ? valueOr(facts.consoleUser, null) : null) ?? { name: '', uid: -1 };
}

/** How many deferrals a count deadline still leaves; null without one. */
function deferralsLeft({ ledger, settings }: AgentContext): number | null {
  if (settings === null || ledger.target === null) return null;
  const counts = [settings.deadlines.soft.count, settings.deadlines.hard.count].filter((count) => count !== null);
  return counts.length === 0 ? null : Math.max(0, Math.min(...counts) - ledger.target.deferralCount);
}
