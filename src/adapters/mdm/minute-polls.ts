import { MINUTE_MS } from '../../domain/instant.ts';
import type { Clock } from '../../ports/clock.ts';
import { pause } from '../pause.ts';

/**
 * Questions about plans, one after the other and a minute after the last answer to one. From the answer, because a question
 * can be late: a new token may go before it.
 */
export class MinutePolls {
  readonly #clock: Clock;
  #nextMs = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  ask<T>(question: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const asked = this.#last.then(async () => {
      await pause(this.#clock, this.#nextMs - this.#clock.monotonicMs(), signal);
      const answer = await question();
      this.#nextMs = this.#clock.monotonicMs() + MINUTE_MS;
      return answer;
    });
    this.#last = asked.catch(() => {});
    return asked;
  }
}
