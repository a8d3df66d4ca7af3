import type { Facts } from '../domain/facts.ts';
import { HOUR_MS, type Instant, type Stamp } from '../domain/instant.ts';
import type { Ledger } from '../domain/ledger.ts';
import { reached } from '../domain/os-version.ts';
import type { PushOutcome, PushPlan } from '../domain/push.ts';
import type { TokenRepairOutcome } from '../domain/token-repair.ts';
import { backOffMs } from '../policy/observe.ts';
import { nextPollMs } from '../policy/push-pace.ts';
import type { AgentContext } from './context.ts';
import type { PushMoved } from './events.ts';
import type { Change } from './wake-records.ts';

/** After so long an order that nobody can be asked about is over: the Mac has had time to hear of it. */
const FORGOTTEN_AFTER_MS = 24 * HOUR_MS;

export function pushMoved({ ledger }: AgentContext, { move }: PushMoved): Change {
  const { install } = ledger;
  if (install === null) return {};
  return { ledger: { ...ledger, install: { ...install, push: move } } };
}

/**
 * The server does not bring it, or not now. What people agreed to stays, so that another way may follow at once; the server
 * is left alone for a while, the longer the more often it failed.
 */
export function pushEnded(context: AgentContext, outcome: PushOutcome, { at }: Stamp): Change {
  const { ledger } = context;
  if (outcome.result === 'restarting' || outcome.result === 'restarted') return {};
  const failures = (ledger.server?.failures ?? 0) + 1;
  const why = outcome.result === 'refused' ? outcome.why : 'command-failed';
  const server = { at, until: at + backOffMs(failures, 6 * HOUR_MS), failures, why, detail: outcome.detail };
  const { install } = ledger;
  const pending =
    outcome.result !== 'quiet' || install === null
      ? (ledger.push ?? null)
      : { plan: outcome.plan, to: install.to, since: install.startedAt, askAt: at + nextPollMs(0) };
  return { ledger: { ...ledger, install: null, server, push: pending } };
}

/**
 * A new bootstrap token was sent, or was not. With one that is of use the server is asked again at once; but where a person
 * typed their password, that installs.
 */
export function tokenRepaired({ ledger, decision }: AgentContext, outcome: TokenRepairOutcome, { at }: Stamp): Change {
  if (outcome.result === 'forgotten') return { credential: null };
  const by = decision?.kind === 'authorize' ? ('person' as const) : ('saved' as const);
  const trouble = outcome.result === 'failed' ? { why: outcome.why, detail: outcome.detail } : null;
  const server = trouble === null && by === 'saved' ? null : (ledger.server ?? null);
  return { ledger: { ...ledger, server, tokenRepair: { at, by, trouble } } };
}

/** Which order is asked about now: asked as seldom as the server can bear. */
export function planToAsk({ push }: Ledger, at: Instant): PushPlan | null {
  return push === undefined || push === null || push.plan === null || push.plan.id === null || at < push.askAt
    ? null
    : push.plan;
}

/** Takes in what became of an order that may still be carried out. */
export function pushObserved(ledger: Ledger, facts: Facts): Ledger {
  const { push = null } = ledger;
  if (push === null) return ledger;
  const { at, os } = facts;
  const isOver =
    (os.known && reached(os.value, push.to)) ||
    (facts.push?.known && (facts.push.value.state === 'failed' || facts.push.value.state === 'completed')) ||
    ((push.plan?.id ?? null) === null && at - push.since >= FORGOTTEN_AFTER_MS);
  if (isOver) return { ...ledger, push: null };
  return at < push.askAt ? ledger : { ...ledger, push: { ...push, askAt: at + nextPollMs(at - push.since) } };
}

/** The facts with what is known of the server from earlier: it is left alone for a while, or has an order already. */
export function withServerKnown(facts: Facts, { server = null, push = null }: Ledger): Facts {
  const { authority } = facts;
  if (authority === undefined || authority.methods.mdm !== null) return facts;
  const resting = server !== null && facts.at < server.until && facts.at >= server.at ? server.why : null;
  const why = resting ?? (push === null ? null : ('command-failed' as const));
  return why === null ? facts : { ...facts, authority: { ...authority, methods: { ...authority.methods, mdm: why } } };
}
