import { transition } from 'xstate';
import type { Stamp } from '../domain/instant.ts';
import type { InboxEntry } from '../domain/request.ts';
import { agentMachine } from '../machines/agent.machine.ts';
import { CHECKPOINT_VERSION, revive } from '../machines/checkpoint.ts';
import type { AgentContext } from '../machines/context.ts';
import { type EffectName, RECOVERY } from '../machines/effects.ts';
import type { AgentEvent } from '../machines/events.ts';
import { promisesOf } from '../machines/promises.ts';
import type { Commit, EffectRow, Store } from '../store/store.ts';
import type { EffectEnd, EffectRunner } from './effect-runner.ts';

type Snapshot = ReturnType<typeof agentMachine.resolveState>;
type Keeping = Pick<Store, 'checkpoint' | 'commit' | 'openEffects' | 'keepAside'>;

/** What somebody outside wants to know of each commit: the event and the place it led to. */
export type Committed = {
  type: string;
  value: unknown;
  context: AgentContext;
  started: EffectRow[];
  ended: Commit['ended'];
};
type OutcomeEvent = {
  type: `xstate.done.actor.${string}` | `xstate.error.actor.${string}`;
  actorId: string;
  output?: unknown;
  error?: unknown;
};

/**
 * The one loop of the agent: event in, pure transition, one commit, only then effects.
 *
 * INVARIANTS
 * - Nothing is started before the commit that names it returned; a commit that throws ends the reactor and all effects.
 * - Every committed effect ends exactly once: by its outcome, or by the commit that left its state.
 */
export class Reactor {
  readonly #store: Keeping;
  readonly #runner: EffectRunner;
  readonly #onCommit: (committed: Committed) => void;
  #snapshot: Snapshot;
  #open: Map<number, EffectRow>;
  #settled: { resolve: () => void; reject: (error: unknown) => void } | null = null;
  #failure: unknown = null;

  /** Revives the saved place; `unreadable` tells why it could not be, if so (it is kept aside then). */
  constructor(store: Keeping, runner: EffectRunner, onCommit: (committed: Committed) => void = () => undefined) {
    this.#onCommit = onCommit;
    this.#store = store;
    this.#runner = runner;
    const row = store.checkpoint();
    const { snapshot, unreadable } = revive(row);
    if (row !== null && unreadable !== null) store.keepAside(row, unreadable);
    this.#snapshot = snapshot;
    this.#open = new Map(store.openEffects().map((effect) => [effect.key, effect]));
    runner.listen(
      (end) => this.#guarded(() => this.#receive(outcomeEvent(end), stampOf(end), end)),
      (event) => this.send(event),
    );
  }

  get context(): AgentContext {
    return this.#snapshot.context;
  }

  get value(): unknown {
    return this.#snapshot.value;
  }

  get atRest(): boolean {
    return this.#snapshot.hasTag('resting') && this.#open.size === 0;
  }

  send(event: AgentEvent): void {
    this.#guarded(() => this.#receive(event, event, null));
  }

  /** Gives the chart a request out of the inbox; it counts as heard in the very commit it leads to. */
  hear(entry: InboxEntry, stamp: Stamp): void {
    const { key, id, at, by, request } = entry;
    const event: AgentEvent = { type: 'request.heard', ...stamp, id, askedAt: at, by, request };
    this.#guarded(() => this.#receive(event, event, null, [key]));
  }

  /** Ends the reactor from outside: effects are stopped, nothing is committed any more, `settled` rejects with `why`. */
  stop(why: unknown): void {
    this.#guarded(() => {
      throw why;
    });
  }

  /** Takes up effects that were started before a crash and are still wanted. */
  recover(): void {
    const running = new Set(this.#runner.runningKeys);
    for (const row of this.#open.values()) if (!running.has(row.key)) this.#runner.recover(row);
  }

  /** Resolves when nothing is left to do before `wakeAt`; rejects when a commit failed. */
  settled(): Promise<void> {
    if (this.#failure !== null) return Promise.reject(this.#failure);
    if (this.atRest) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#settled = { resolve, reject };
    });
  }

  #guarded(step: () => void): void {
    if (this.#failure !== null) return;
    try {
      step();
    } catch (error) {
      this.#failure = error;
      this.#runner.stopAll();
      this.#settled?.reject(error);
      return;
    }
    if (this.atRest) this.#settled?.resolve();
  }

  #receive(event: AgentEvent | OutcomeEvent, stamp: Stamp, end: EffectEnd | null, heard: number[] = []): void {
    if (end !== null && !this.#open.has(end.key)) return;
    const [next, actions] = transition(agentMachine, this.#snapshot, event as AgentEvent);
    const started = startedBy(actions);
    const wanted = invokedIn(next.value);
    const again = new Set(started.map((effect) => effect.id));
    const ended: Commit['ended'] = end === null ? [] : [{ key: end.key, ending: 'error' in end ? 'error' : 'done' }];
    const stopped = [...this.#open.values()].filter(
      (row) => row.key !== end?.key && (!wanted.has(row.id) || again.has(row.id)),
    );

    const allEnded = [...ended, ...stopped.map(({ key }) => ({ key, ending: 'stopped' as const }))];
    const { context } = next;
    const keys = this.#store.commit({
      at: stamp.at,
      monotonicMs: stamp.monotonicMs,
      type: event.type,
      event,
      checkpoint: { version: CHECKPOINT_VERSION, value: next.value, context },
      because: context.because,
      wakeAt: next.hasTag('resting') ? context.wakeAt : null,
      started,
      heard,
      promises: promisesOf(context),
      ended: allEnded,
    });

    // Committed. The snapshot is rebuilt from what was saved, so that running on and reviving are the same thing.
    this.#snapshot = agentMachine.resolveState({ value: next.value, context });
    if (end !== null) this.#open.delete(end.key);
    for (const { key } of stopped) {
      this.#open.delete(key);
      this.#runner.stop(key);
    }
    const rows = started.map((effect, index) => ({ ...effect, key: keys[index] ?? -1 }));
    for (const row of rows) this.#open.set(row.key, row);
    this.#onCommit({ type: event.type, value: next.value, context, started: rows, ended: allEnded });
    for (const row of rows) if (this.#open.has(row.key)) this.#runner.start(row);
  }
}

/** The effects a transition asks for: XState lists them as `xstate.spawnChild` and runs nothing. */
function startedBy(actions: readonly { type: string; params?: unknown }[]): Omit<EffectRow, 'key'>[] {
  return actions
    .filter((action) => action.type === 'xstate.spawnChild')
    .map((action) => {
      const { id, src, input } = action.params as { id: string; src: EffectName; input: unknown };
      return { id, name: src, recovery: RECOVERY[src], input };
    });
}

type StateLike = { states: Record<string, StateLike>; invoke: readonly { id: string }[] };

/** The ids of the effects that belong to a state value: those of every state on the way down. */
export function invokedIn(value: unknown, node: StateLike = agentMachine.root as unknown as StateLike): Set<string> {
  const ids = new Set(node.invoke.map((invoke) => invoke.id));
  const children = typeof value === 'string' ? { [value]: {} } : ((value ?? {}) as Record<string, unknown>);
  for (const [name, deeper] of Object.entries(children)) {
    const child = node.states[name];
    if (child !== undefined) for (const id of invokedIn(deeper, child)) ids.add(id);
  }
  return ids;
}

function outcomeEvent(end: EffectEnd): OutcomeEvent {
  return 'error' in end
    ? { type: `xstate.error.actor.${end.id}`, actorId: end.id, error: end.error }
    : { type: `xstate.done.actor.${end.id}`, actorId: end.id, output: end.output };
}

function stampOf(end: EffectEnd): Stamp {
  return 'error' in end ? end.error.stamp : end.output.stamp;
}
