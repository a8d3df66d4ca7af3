import { Secret } from '../../domain/secret.ts';
import type { Http, HttpRequest, HttpResult, HttpText } from '../../ports/http.ts';
import type { MdmClock } from './managed-mac.ts';
import type { Incoming, ServerAnswer } from './messages.ts';

type Failure = Extract<HttpResult, { kind: 'failed' }>;

/** The door within the process: the port `Http`, with the network in between as far as a caller notices it. */
export class InProcessHttp implements Http {
  readonly #clock: MdmClock;
  readonly #origin: string;
  readonly #handle: (request: Incoming) => ServerAnswer;

  constructor(clock: MdmClock, url: string, handle: (request: Incoming) => ServerAnswer) {
    this.#clock = clock;
    this.#origin = new URL(url).origin;
    this.#handle = handle;
  }

  send(request: HttpRequest, signal?: AbortSignal): Promise<HttpResult> {
    if (signal?.aborted) return Promise.resolve(failed('aborted', 'it was given up before it was sent', false));
    const url = new URL(request.url);
    if (url.origin !== this.#origin)
      return Promise.resolve(failed('unreachable', `no server answers at ${url.origin}`, false));
    const answer = this.#handle({
      method: request.method,
      path: url.pathname,
      query: url.searchParams,
      headers: Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), revealed(value)]),
      ),
      body: request.body === null ? '' : revealed(request.body),
    });
    const { timeoutMs } = request.limits;
    const afterMs = answer.kind === 'unreachable' ? 0 : answer.afterMs;
    const result = afterMs >= timeoutMs ? failed('timeout', 'nothing came in time', true) : resultOf(answer, request);
    return this.#later(Math.min(afterMs, timeoutMs), result, signal);
  }

  #later(delayMs: number, result: HttpResult, signal: AbortSignal | undefined): Promise<HttpResult> {
    if (delayMs === 0) return Promise.resolve(result);
    return new Promise((resolve) => {
      const aborted = (): void => {
        cancel();
        resolve(failed('aborted', 'it was given up', true));
      };
      const cancel = this.#clock.after(delayMs, () => {
        signal?.removeEventListener('abort', aborted);
        resolve(result);
      });
      signal?.addEventListener('abort', aborted, { once: true });
    });
  }
}

function resultOf(answer: ServerAnswer, { method, limits }: HttpRequest): HttpResult {
  if (answer.kind === 'unreachable') return failed('unreachable', 'the connection is refused', false);
  if (answer.kind === 'lost') return failed('cut-off', 'the connection ended without an answer', true);
  if (answer.kind === 'cut-off') return failed('cut-off', 'the connection ended in the middle of the answer', true);
  const body = method === 'HEAD' ? '' : answer.body;
  if (Buffer.byteLength(body) > limits.answerBytes) return failed('too-large', 'the answer is too large', true);
  const { status, headers, cookies } = answer;
  return { kind: 'answer', answer: { status, headers, cookies, body: new Secret(body) } };
}

const failed = (why: Failure['why'], detail: string, maybeDone: boolean): Failure => ({
  kind: 'failed',
  why,
  detail,
  maybeDone,
});

function revealed(text: HttpText): string {
  if (typeof text === 'string') return text;
  return text.map((part) => (typeof part === 'string' ? part : part.expose((plain) => plain))).join('');
}
