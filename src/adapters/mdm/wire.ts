import { SECOND_MS } from '../../domain/instant.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Http, HttpAnswer, HttpRequest, HttpText } from '../../ports/http.ts';
import { pause } from '../pause.ts';
import { Cookies } from './cookies.ts';
import { brokenBy, type Fault, type ReadOwnForm, refusalOf } from './fault.ts';
import { waitBeforeNext } from './retry.ts';

/** One exchange. `path` begins with a slash and is joined to the server’s address. */
export type Exchange = {
  method: HttpRequest['method'];
  path: string;
  headers?: Readonly<Record<string, HttpText>>;
  body?: HttpText | null;
  /** It changes something at the server, so that the same node is asked afterwards. */
  writes?: boolean;
  timeoutMs?: number;
  answerBytes?: number;
};

export type Sent = { answer: HttpAnswer } | { fault: Fault };

export type WireParts = { http: Http; clock: Clock; random: () => number; address: string };

const TIMEOUT_MS = 30 * SECOND_MS;
const ANSWER_BYTES = 1024 * 1024;

/** Sends to one server, one exchange at a time. */
export class Wire {
  readonly clock: Clock;
  readonly random: () => number;
  readonly cookies = new Cookies();
  readonly #http: Http;
  readonly #address: string;
  readonly #readOwnForm: ReadOwnForm;
  #last: Promise<unknown> = Promise.resolve();

  constructor({ http, clock, random, address }: WireParts, readOwnForm: ReadOwnForm) {
    this.#http = http;
    this.clock = clock;
    this.random = random;
    this.#address = address;
    this.#readOwnForm = readOwnForm;
  }

  /** Sends once. An answer is one of the two hundreds; all else is a fault. */
  async once(exchange: Exchange, signal?: AbortSignal): Promise<Sent> {
    const before = this.#last;
    const result = before.then(() => this.#http.send(this.#request(exchange), signal));
    this.#last = result;
    const sent = await result;
    if (sent.kind === 'failed') return brokenBy(sent);
    const { answer } = sent;
    if (exchange.writes || this.cookies.isPinned) this.cookies.keep(answer.cookies);
    return answer.status >= 200 && answer.status < 300
      ? { answer }
      : refusalOf(answer, this.clock.now(), this.#readOwnForm);
  }

  /** Waits after a fault before the same is tried again; false where it should not be. */
  async isWorthAnother(tries: number, fault: Fault, signal?: AbortSignal): Promise<boolean> {
    const waitMs = waitBeforeNext(tries, fault, this.random);
    if (waitMs === null) return false;
    await pause(this.clock, waitMs, signal);
    return !signal?.aborted;
  }

  #request({ method, path, headers = {}, body = null, timeoutMs, answerBytes }: Exchange): HttpRequest {
    const cookie = this.cookies.header();
    return {
      method,
      url: `${this.#address}${path}`,
      headers: { accept: 'application/json', ...headers, ...(cookie === null ? {} : { cookie }) },
      body,
      limits: { timeoutMs: timeoutMs ?? TIMEOUT_MS, answerBytes: answerBytes ?? ANSWER_BYTES },
    };
  }
}
