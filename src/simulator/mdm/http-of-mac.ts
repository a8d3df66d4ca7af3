import { MINUTE_MS } from '../../domain/instant.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Http, HttpRequest, HttpResult } from '../../ports/http.ts';

export type Surroundings = {
  /** The clock of one process on the Mac: once that is dead, nothing it waited for comes. */
  clock: Clock;
  /** True time, which goes on while the Mac sleeps. */
  now: () => number;
  online: () => boolean;
  /** Whether anybody answers at the other end. */
  answered: () => boolean;
};

/** Until a connection stands. Nothing was sent before. */
const CONNECT_MS = 30;
/** Whoever sleeps longer than this in the middle of a request finds the connection gone. */
const MOST_SLEEP_MS = MINUTE_MS;

/**
 * What a process on the Mac has of the network on its way to a server: nothing without a network, a broken connection where
 * the network or the Mac went away in the middle. A request of a process that is dead is never answered; what the server had
 * got of it is done all the same.
 */
export class HttpOfMac implements Http {
  readonly #server: Http;
  readonly #around: Surroundings;

  /** `server` has to wait by the same clock. */
  constructor(server: Http, around: Surroundings) {
    this.#server = server;
    this.#around = around;
  }

  async send(request: HttpRequest, signal?: AbortSignal): Promise<HttpResult> {
    const { clock, now, online, answered } = this.#around;
    if (!(await this.#connected(signal))) return failed('aborted', 'it was given up before it was sent', false);
    if (!online()) return failed('unreachable', 'there is no network', false);
    if (!answered()) return failed('unreachable', 'the server does not answer', false);
    const began = { true: now(), awake: clock.monotonicMs() };
    const result = await this.#server.send(request, signal);
    const sleptMs = now() - began.true - (clock.monotonicMs() - began.awake);
    const isBroken = result.kind === 'answer' && (!online() || sleptMs > MOST_SLEEP_MS);
    return isBroken ? failed('cut-off', 'the connection was lost', true) : result;
  }

  #connected(signal: AbortSignal | undefined): Promise<boolean> {
    if (signal?.aborted) return Promise.resolve(false);
    return new Promise((resolve) => {
      const aborted = (): void => {
        forget();
        resolve(false);
      };
      const forget = this.#around.clock.after(CONNECT_MS, () => {
        signal?.removeEventListener('abort', aborted);
        resolve(true);
      });
      signal?.addEventListener('abort', aborted, { once: true });
    });
  }
}

const failed = (why: 'aborted' | 'unreachable' | 'cut-off', detail: string, maybeDone: boolean): HttpResult => ({
  kind: 'failed',
  why,
  detail,
  maybeDone,
});
