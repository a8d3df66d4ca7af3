import { HOUR_MS } from '../../domain/instant.ts';
import type { VirtualClock } from '../virtual-clock.ts';

/** Percent per hour. Not any one Mac's; right enough that a working day empties a battery and a night does not. */
const DRAIN_AWAKE = 9;
const DRAIN_RESTING = 0.3;
const CHARGE = 38;

/** Below this a laptop sleeps by itself until it is plugged in. */
export const EMPTY_PERCENT = 2;

/** The charge, computed when asked: it changes in straight lines between plugging, unplugging, sleeping and waking. */
export class Battery {
  readonly #clock: VirtualClock;
  #source: 'ac' | 'battery';
  #percent: number;
  #since: number;
  #awake = true;

  constructor(clock: VirtualClock, source: 'ac' | 'battery', percent: number) {
    this.#clock = clock;
    this.#source = source;
    this.#percent = percent;
    this.#since = clock.now();
  }

  source(): 'ac' | 'battery' {
    return this.#source;
  }

  percent(): number {
    const hours = (this.#clock.now() - this.#since) / HOUR_MS;
    return Math.min(100, Math.max(0, this.#percent + hours * this.perHour()));
  }

  perHour(): number {
    if (this.#source === 'ac') return CHARGE;
    return this.#awake ? -DRAIN_AWAKE : -DRAIN_RESTING;
  }

  /** How long the charge lasts if nothing changes; null while charging. */
  emptyInMs(): number | null {
    const rate = this.perHour();
    return rate >= 0 ? null : Math.max(0, ((this.percent() - EMPTY_PERCENT) / -rate) * HOUR_MS);
  }

  change(to: { source?: 'ac' | 'battery'; awake?: boolean }): void {
    this.#percent = this.percent();
    this.#since = this.#clock.now();
    this.#source = to.source ?? this.#source;
    this.#awake = to.awake ?? this.#awake;
  }
}
