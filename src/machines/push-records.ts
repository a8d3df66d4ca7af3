import { HOUR_MS, type Stamp } from '../domain/instant.ts';
import type { HandOverOutcome, PushOutcome } from '../domain/push.ts';
import type { TokenRepairOutcome } from '../domain/token-repair.ts';
import { backOffMs } from '../policy/observe.ts';
import { nextPollMs } from '../policy/push-pace.ts';
import type { AgentContext, Change } from './context.ts';
import type { PushMoved } from './events.ts';

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

/** The deadline is macOS's own now, or why it is not, and for how long that is not tried again. */
export function handedOver({ ledger, decision }: AgentContext, outcome: HandOverOutcome, { at }: Stamp): Change {
  const { target } = ledger;
  if (target === null || decision?.kind !== 'hand-over') return {};
  if (outcome.result === 'later')
    return { ledger: { ...ledger, handOverNot: { at, until: outcome.at, detail: 'the Macs of a fleet take turns' } } };
  if (outcome.result === 'refused')
    return { ledger: { ...ledger, handOverNot: { at, until: at + 6 * HOUR_MS, detail: outcome.detail } } };
  const { label, version, build } = target;
  const { by } = decision;
  const handOver = { label, to: { version, build }, by, plan: outcome.plan, at, seen: false };
  return { ledger: { ...ledger, handOver, handOverNot: null, target: { ...target, enforcedAt: by } } };
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
