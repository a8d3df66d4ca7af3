import type { MdmClock } from './managed-mac.ts';

/** A clock whose waits can all be ended at once, so that a server or a Mac that goes away leaves nothing behind. */
export class Timers implements MdmClock {
  readonly #clock: MdmClock;
  readonly #cancels = new Set<() => void>();

  constructor(clock: MdmClock) {
    this.#clock = clock;
  }

  now(): number {
    return this.#clock.now();
  }

  after(delayMs: number, callback: () => void): () => void {
    const cancel = this.#clock.after(delayMs, () => {
      this.#cancels.delete(takeBack);
      callback();
    });
    const takeBack = (): void => {
      this.#cancels.delete(takeBack);
      cancel();
    };
    this.#cancels.add(takeBack);
    return takeBack;
  }

  pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.after(delayMs, resolve);
    });
  }

  stop(): void {
    for (const cancel of [...this.#cancels]) cancel();
  }
}
