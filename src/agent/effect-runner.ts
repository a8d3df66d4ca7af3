import type { Stamp } from '../domain/instant.ts';
import { UpkeepError } from '../domain/problem.ts';
import type { EffectError, EffectName, EffectTypes } from '../machines/effects.ts';
import type { AgentEvent } from '../machines/events.ts';
import type { Clock } from '../ports/clock.ts';
import type { EffectRow } from '../store/store.ts';

/** What an effect gets besides its input: a signal that it is no longer wanted, and a way to report on its way. */
export type EffectIo = { signal: AbortSignal; report: (event: AgentEvent) => void };

/** How an effect is carried out, and for what may not be repeated, how to find out what became of it. */
export type EffectBody<K extends EffectName> = {
  run: (input: EffectTypes[K]['input'], io: EffectIo) => Promise<EffectTypes[K]['output']>;
  reconcile?: (input: EffectTypes[K]['input'], io: EffectIo) => Promise<EffectTypes[K]['output']>;
};
export type EffectBodies = { [K in EffectName]: EffectBody<K> };

export type EffectEnd = { key: number; id: string } & (
  | { output: { stamp: Stamp; value: unknown } }
  | { error: EffectError }
);

/**
 * Runs effects after their commit and reports each end once.
 *
 * INVARIANTS
 * - `start` and `recover` are called only with rows a commit has returned.
 * - A stopped effect reports nothing any more, whatever it was doing.
 */
export class EffectRunner {
  readonly #bodies: EffectBodies;
  readonly #clock: Clock;
  readonly #running = new Map<number, AbortController>();
  #onEnd: (end: EffectEnd) => void = () => undefined;
  #onReport: (event: AgentEvent) => void = () => undefined;

  constructor(bodies: EffectBodies, clock: Clock) {
    this.#bodies = bodies;
    this.#clock = clock;
  }

  listen(onEnd: (end: EffectEnd) => void, onReport: (event: AgentEvent) => void): void {
    this.#onEnd = onEnd;
    this.#onReport = onReport;
  }

  get runningKeys(): number[] {
    return [...this.#running.keys()];
  }

  start(row: EffectRow): void {
    this.#carryOut(row, this.#body(row).run);
  }

  /** After a crash: what only looks or may be repeated runs again, the rest asks the world what happened. */
  recover(row: EffectRow): void {
    const body = this.#body(row);
    const again = row.recovery === 'once' ? body.reconcile : body.run;
    if (again === undefined) throw new Error(`the effect ${row.name} may run only once but has no reconcile`);
    this.#carryOut(row, again);
  }

  stop(key: number): void {
    this.#running.get(key)?.abort();
    this.#running.delete(key);
  }

  stopAll(): void {
    for (const key of this.runningKeys) this.stop(key);
  }

  #body(row: EffectRow): EffectBody<EffectName> {
    const body = this.#bodies[row.name as EffectName] as EffectBody<EffectName> | undefined;
    if (body === undefined) throw new Error(`there is no effect named ${row.name}`);
    return body;
  }

  #carryOut(row: EffectRow, run: EffectBody<EffectName>['run']): void {
    const stop = new AbortController();
    this.#running.set(row.key, stop);
    const stillWanted = () => this.#running.get(row.key) === stop;
    const end = (result: { output: { stamp: Stamp; value: unknown } } | { error: EffectError }) => {
      if (!stillWanted()) return;
      this.#running.delete(row.key);
      this.#onEnd({ key: row.key, id: row.id, ...result });
    };
    const io: EffectIo = { signal: stop.signal, report: (event) => stillWanted() && this.#onReport(event) };
    // The input's type belongs to the name; both come from one committed row.
    run(row.input as never, io).then(
      (value) => end({ output: { stamp: this.#stamp(), value } }),
      (error: unknown) => end({ error: { stamp: this.#stamp(), ...flat(error) } }),
    );
  }

  #stamp(): Stamp {
    return { at: this.#clock.now(), monotonicMs: this.#clock.monotonicMs() };
  }
}

function flat(error: unknown): { code: string; message: string } {
  // The message becomes the end of a sentence of ours.
  if (error instanceof UpkeepError) return { code: error.code, message: error.message.replace(/\.$/, '') };
  return { code: 'bug', message: error instanceof Error ? error.message : String(error) };
}
