import { Observable } from 'rxjs';
import type { Commands } from '../../ports/commands.ts';

/** How many tools a program started, how many of them ended, and of how many it let go before their end. */
export type ToolCounts = { started: number; ended: number; letGo: number };

/** Counts a program's tools and tells of each change. Tools that could not be started do not count. */
export class ToolCounter {
  readonly counts: ToolCounts = { started: 0, ended: 0, letGo: 0 };
  readonly #changed: () => void;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  add(changes: Partial<ToolCounts>): void {
    this.counts.started += changes.started ?? 0;
    this.counts.ended += changes.ended ?? 0;
    this.counts.letGo += changes.letGo ?? 0;
    this.#changed();
  }
}

/**
 * The same commands, counted: this is how the simulated Mac knows that a program has noticed everything its tools said
 * and waits for nothing but time. It belongs right around what starts the processes, below any limits.
 */
export function countedCommands(commands: Commands, counter: ToolCounter): Commands {
  return {
    start: (call) =>
      new Observable((subscriber) => {
        let over = false;
        counter.add({ started: 1 });
        const running = commands.start(call).subscribe({
          next: (event) => {
            if (event.kind === 'ended') {
              over = true;
              counter.add(event.ending.spawnError === null ? { ended: 1 } : { started: -1 });
            }
            subscriber.next(event);
          },
          error: (error: unknown) => subscriber.error(error),
          complete: () => subscriber.complete(),
        });
        return () => {
          running.unsubscribe();
          if (!over) counter.add({ letGo: 1 });
          over = true;
        };
      }),
  };
}
