import { transition } from 'xstate';
import { agentMachine } from './agent.machine.ts';
import { type Checkpoint, revive } from './checkpoint.ts';
import type { AgentContext } from './context.ts';
import type { AgentEvent } from './events.ts';

/** One journalled event with the agent before and after it. */
export type Step = {
  at: number;
  type: string;
  event: Record<string, unknown>;
  before: { value: unknown; context: AgentContext };
  after: { value: unknown; context: AgentContext };
};

/**
 * Folds journalled events through the chart again, from the first state on, or from the place `base` where the beginning
 * of the journal is gone. Pure; nothing is run.
 */
export function* replay(
  events: Iterable<{ at: number; type: string; event: unknown }>,
  base: Checkpoint | null = null,
): Generator<Step> {
  let { snapshot } = revive(base);
  for (const { at, type, event } of events) {
    const before = { value: snapshot.value, context: snapshot.context };
    const [next] = transition(agentMachine, snapshot, event as AgentEvent);
    snapshot = agentMachine.resolveState({ value: next.value, context: next.context });
    const after = { value: snapshot.value, context: snapshot.context };
    yield { at, type, event: event as Record<string, unknown>, before, after };
  }
}
