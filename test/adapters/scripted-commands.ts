import { Observable } from 'rxjs';
import type { Clock } from '../../src/ports/clock.ts';
import type { Commands, Ending, ToolCall, ToolEvent } from '../../src/ports/commands.ts';
import type { VirtualClock } from '../../src/simulator/virtual-clock.ts';

/** What a scripted tool does: says something after so many milliseconds, or ends. */
export type Step = { afterMs: number; says?: string; onStderr?: string; ends?: Partial<Ending> };

/** A tool that follows a script in virtual time; it remembers what was asked of it, and whether it was let go. */
export class ScriptedCommands implements Commands {
  readonly calls: ToolCall[] = [];
  letGo = 0;
  readonly #clock: VirtualClock;
  readonly #steps: readonly Step[];

  constructor(clock: VirtualClock, steps: readonly Step[]) {
    this.#clock = clock;
    this.#steps = steps;
  }

  start(call: ToolCall): Observable<ToolEvent> {
    return new Observable((subscriber) => {
      this.calls.push(call);
      let atMs = 0;
      for (const step of this.#steps) {
        atMs += step.afterMs;
        const takeBack = this.#clock.after(atMs, () => {
          if (step.says !== undefined) subscriber.next({ kind: 'output', stream: 'stdout', text: step.says });
          if (step.onStderr !== undefined) subscriber.next({ kind: 'output', stream: 'stderr', text: step.onStderr });
          if (step.ends === undefined) return;
          subscriber.next({
            kind: 'ended',
            ending: { exitCode: null, signal: null, stoppedBy: null, spawnError: null, ...step.ends },
          });
          subscriber.complete();
        });
        subscriber.add(takeBack);
      }
      return () => {
        this.letGo += 1;
      };
    });
  }
}

/** The port over virtual time, on a Mac that never sleeps. */
export function awakeClock(clock: VirtualClock): Clock {
  return {
    now: () => clock.wall(),
    monotonicMs: () => clock.now(),
    zone: () => 'Europe/Berlin',
    after: (delayMs, callback) => clock.after(delayMs, callback),
  };
}
