import { hearRequest, type RequestOutcome } from '../policy/requests.ts';
import type { AgentContext, Change } from './context.ts';
import type { RequestHeard, StateRecovered } from './events.ts';
import { withPromises } from './promises.ts';

/** What becomes of a request; null while there are no settings to judge it by. */
export function outcomeOf({ settings, facts, ledger }: AgentContext, event: RequestHeard): RequestOutcome | null {
  return settings === null ? null : hearRequest(settings, facts, ledger, event);
}

/** Writes down a request and what it changes. */
export function heard(context: AgentContext, event: RequestHeard): Change {
  const outcome = outcomeOf(context, event);
  const { at, by, request } = event;
  const answer = {
    kind: request.kind,
    by,
    at,
    accepted: outcome?.accepted ?? false,
    words: outcome?.words ?? 'upkeep has no settings yet',
  };
  return { ledger: { ...(outcome?.ledger ?? context.ledger), lastRequest: answer } };
}

/** The state was lost: what people were promised goes on, everything else begins with a new look. */
export function recovered(context: AgentContext, event: StateRecovered): Change {
  const saved = event.ledger ?? (event.how === 'backup' ? context.ledger : null);
  return {
    facts: null,
    decision: null,
    wakeAt: null,
    because: [{ code: 'never-looked' }],
    credential: null,
    ...withPromises(saved),
  };
}
