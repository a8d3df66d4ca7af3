import { SECOND_MS } from '../../domain/instant.ts';
import type { Clock } from '../../ports/clock.ts';

/** Lets so many through at once and one more each second. */
export class TokenBucket {
  readonly #clock: Clock;
  readonly #most: number;
  #tokens: number;
  #filledMs: number;

  constructor(clock: Clock, most: number) {
    this.#clock = clock;
    this.#most = most;
    this.#tokens = most;
    this.#filledMs = clock.monotonicMs();
  }

  take(): boolean {
    const nowMs = this.#clock.monotonicMs();
    const gained = Math.max(0, nowMs - this.#filledMs) / SECOND_MS;
    this.#tokens = Math.min(this.#most, this.#tokens + gained);
    this.#filledMs = nowMs;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
