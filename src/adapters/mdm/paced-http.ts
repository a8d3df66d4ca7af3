import type { Clock } from '../../ports/clock.ts';
import type { Http, HttpRequest, HttpResult } from '../../ports/http.ts';
import { pause } from '../pause.ts';

/** Sends by another `Http`, one request after the other and never sooner than `gapMs` after the one before. */
export class PacedHttp implements Http {
  readonly #http: Http;
  readonly #clock: Clock;
  readonly #gapMs: number;
  #nextMs = 0;

  constructor(http: Http, clock: Clock, gapMs: number) {
    this.#http = http;
    this.#clock = clock;
    this.#gapMs = gapMs;
  }

  async send(request: HttpRequest, signal?: AbortSignal): Promise<HttpResult> {
    const nowMs = this.#clock.monotonicMs();
    const turnMs = Math.max(nowMs, this.#nextMs);
    this.#nextMs = turnMs + this.#gapMs;
    await pause(this.#clock, turnMs - nowMs, signal);
    return this.#http.send(request, signal);
  }
}
