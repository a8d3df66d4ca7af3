import type { Observable } from 'rxjs';
import type { Clock } from '../../ports/clock.ts';
import type { Commands, ToolCall, ToolEvent } from '../../ports/commands.ts';
import type { Mac } from './mac.ts';
import type { Process, Processes } from './processes.ts';

/** What one agent process has of the Mac. Once closed it is dead: its timers and tools are gone and nothing answers. */
export type Door = { clock: Clock; commands: Commands; close(): void };

export class LiveDoor implements Door {
  readonly clock: Clock;
  readonly commands: Commands;
  /** A tool whose environment is known, `NAME=value` each. */
  readonly startIn: (environment: readonly string[], call: ToolCall) => Observable<ToolEvent>;
  readonly #timers = new Set<() => void>();
  readonly #processes = new Set<Process>();
  #open = true;

  constructor(mac: Mac, processes: Processes) {
    this.clock = {
      now: () => mac.world.wall(),
      monotonicMs: () => mac.awake.ms(),
      zone: () => mac.zone,
      after: (delayMs, callback) => {
        if (!this.#open || !mac.on) return () => undefined;
        const takeBack = mac.awake.after(delayMs, () => {
          this.#timers.delete(takeBack);
          callback();
        });
        this.#timers.add(takeBack);
        return () => {
          takeBack();
          this.#timers.delete(takeBack);
        };
      },
    };
    this.startIn = (environment, call) => processes.start(call, () => this.#open, this.#processes, environment);
    this.commands = { start: (call) => this.startIn([], call) };
  }

  close(): void {
    this.#open = false;
    this.reset();
  }

  /** Ends what came through it so far, and stays usable. */
  reset(): void {
    for (const takeBack of this.#timers) takeBack();
    this.#timers.clear();
    for (const process of [...this.#processes]) process.stop('killed');
    this.#processes.clear();
  }
}
