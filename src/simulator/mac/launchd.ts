import { type Instant, MINUTE_MS } from '../../domain/instant.ts';
import type { Mac } from './mac.ts';

/** launchd takes a moment to start what it missed while the Mac slept. */
const CATCH_UP_MS = 4_000;

/**
 * The one calendar job launchd keeps for the agent. It knows whole minutes of the wall clock, runs a job missed in
 * sleep once at wake-up, and knows nothing of one that came due while the Mac was off: the run at boot stands in for it.
 */
export class LaunchdWake {
  readonly #mac: Mac;
  #due: Instant | null = null;
  #takeBack: (() => void) | null = null;
  #listener: (() => void) | null = null;

  constructor(mac: Mac) {
    this.#mac = mac;
    mac.world.onJump(() => this.#schedule());
    mac.onSleepWake((asleep) => {
      if (!asleep) this.#schedule(CATCH_UP_MS);
    });
    // The job file outlives a restart; a minute that passed while the Mac was off does not come again.
    mac.onBoot(() => {
      if (this.#due !== null && this.#due <= mac.world.wall()) this.#drop();
      else this.#schedule();
    });
  }

  /** What launchd is to start when the job comes due: the agent. One listener; the last one counts. */
  onDue(listener: () => void): void {
    this.#listener = listener;
  }

  armed(): Instant | null {
    return this.#due;
  }

  arm(at: Instant): void {
    const soonest = this.#mac.world.wall() + 1;
    this.#due = Math.ceil(Math.max(at, soonest) / MINUTE_MS) * MINUTE_MS;
    this.#mac.note({ kind: 'wake-armed', due: this.#due });
    this.#schedule();
  }

  #schedule(catchUpMs = 0): void {
    this.#takeBack?.();
    this.#takeBack = null;
    if (this.#due === null) return;
    const inMs = this.#due - this.#mac.world.wall();
    this.#takeBack = this.#mac.world.after(inMs > 0 ? inMs : catchUpMs, () => this.#come());
  }

  #come(): void {
    const due = this.#due;
    if (due === null || !this.#mac.on || this.#mac.asleep) return;
    this.#drop();
    if (this.#mac.faults.strikes('wake-missed')) {
      this.#mac.note({ kind: 'wake-missed', due });
      return;
    }
    this.#mac.note({ kind: 'wake-fired', due });
    this.#listener?.();
  }

  #drop(): void {
    this.#takeBack?.();
    this.#takeBack = null;
    this.#due = null;
  }
}
