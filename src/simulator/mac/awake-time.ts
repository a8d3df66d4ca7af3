import type { VirtualClock } from '../virtual-clock.ts';

type Timer = { dueMs: number; callback: () => void; takeBack: (() => void) | null };

/**
 * Time as the Mac's monotonic clock counts it: from the boot, standing still while the Mac sleeps or is off. Whatever
 * runs on the Mac waits here, so it too stands still; a timer that came due "during" sleep is simply not due yet.
 */
export class AwakeTime {
  readonly #clock: VirtualClock;
  readonly #timers = new Set<Timer>();
  #awakeMs = 0;
  #runningSince: number | null = null;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  ms(): number {
    return this.#awakeMs + (this.#runningSince === null ? 0 : this.#clock.now() - this.#runningSince);
  }

  /** Counts again from zero; nothing that waited before the boot ever comes back. */
  restart(): void {
    this.stop();
    this.#timers.clear();
    this.#awakeMs = 0;
  }

  run(): void {
    if (this.#runningSince !== null) return;
    this.#runningSince = this.#clock.now();
    for (const timer of this.#timers) this.#arm(timer);
  }

  stop(): void {
    this.#awakeMs = this.ms();
    this.#runningSince = null;
    for (const timer of this.#timers) {
      timer.takeBack?.();
      timer.takeBack = null;
    }
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer: Timer = { dueMs: this.ms() + Math.max(0, Math.ceil(delayMs)), callback, takeBack: null };
    this.#timers.add(timer);
    if (this.#runningSince !== null) this.#arm(timer);
    return () => {
      timer.takeBack?.();
      this.#timers.delete(timer);
    };
  }

  #arm(timer: Timer): void {
    timer.takeBack = this.#clock.after(timer.dueMs - this.ms(), () => {
      this.#timers.delete(timer);
      timer.callback();
    });
  }
}
