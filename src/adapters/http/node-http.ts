import { setGlobalProxyFromEnv } from 'node:http';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { SECOND_MS } from '../../domain/instant.ts';
import { Secret } from '../../domain/secret.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Http, HttpAnswer, HttpRequest, HttpResult, HttpText } from '../../ports/http.ts';
import { connectionFault, notSent } from './connection-fault.ts';
import { isLoopback } from './loopback.ts';

type Stop = 'timeout' | 'aborted' | 'too-large';

/**
 * HTTP over Node's `fetch`. What went wrong is told by codes, never by the text of an error: those of headers and of JSON
 * repeat what they complain about, which may be a secret.
 */
export class NodeHttp implements Http {
  readonly #clock: Clock;
  readonly #systemCertificates: () => string[];
  #trusts = false;

  constructor(clock: Clock, { systemCertificates = () => getCACertificates('system') } = {}) {
    this.#clock = clock;
    this.#systemCertificates = systemCertificates;
    // No variable of the environment may lead requests through a proxy: Node would follow `NODE_USE_ENV_PROXY`. An empty
    // set of variables changes nothing, so that there has to be a proxy and a rule never to use it.
    setGlobalProxyFromEnv({ http_proxy: NOWHERE, https_proxy: NOWHERE, no_proxy: '*' });
  }

  async send(request: HttpRequest, signal?: AbortSignal): Promise<HttpResult> {
    const address = allowedAddress(request.url);
    if (address === null) return notSent('unreachable', 'only https addresses are used');
    if (signal?.aborted) return notSent('aborted', 'it was taken back');
    const init = fetchable(request);
    if (init === null) return notSent('unreachable', 'the request cannot be written as HTTP');
    if (address.protocol === 'https:') this.#trustSystem();

    const stop = new AbortController();
    const halt = (why: Stop): void => stop.abort(why);
    const forget = this.#clock.after(request.limits.timeoutMs, () => halt('timeout'));
    const takeBack = (): void => halt('aborted');
    signal?.addEventListener('abort', takeBack, { once: true });
    try {
      const response = await fetch(address, { ...init, signal: stop.signal });
      const body = await bodyWithin(response, request.limits.answerBytes, halt);
      return { kind: 'answer', answer: answerOf(response, body) };
    } catch (error) {
      if (!stop.signal.aborted) return connectionFault(error, address.hostname);
      const why = stop.signal.reason as Stop;
      return { kind: 'failed', why, detail: stopWords(why, request), maybeDone: true };
    } finally {
      forget();
      signal?.removeEventListener('abort', takeBack);
    }
  }

  /** Certificates that a company put on the Mac count as well; asked for once, and only where they matter. */
  #trustSystem(): void {
    if (this.#trusts) return;
    this.#trusts = true;
    setDefaultCACertificates([...new Set([...getCACertificates('default'), ...this.#systemCertificates()])]);
  }
}

const NOWHERE = 'http://127.0.0.1:9';

/** The address, where it may be talked to: over https, or to this very computer. */
function allowedAddress(url: string): URL | null {
  const address = URL.canParse(url) ? new URL(url) : null;
  if (address === null || address.username !== '' || address.password !== '') return null;
  if (address.protocol === 'https:') return address;
  return address.protocol === 'http:' && isLoopback(address.hostname) ? address : null;
}

/** What `fetch` is given; null where a header holds what no header can. Here secrets are revealed. */
function fetchable({ method, headers, body }: HttpRequest): RequestInit | null {
  try {
    const revealed = Object.entries(headers).map(([name, value]): [string, string] => [name, reveal(value)]);
    return {
      method,
      headers: new Headers(revealed),
      ...(body === null ? {} : { body: reveal(body) }),
      redirect: 'manual',
      credentials: 'omit',
    };
  } catch {
    return null;
  }
}

function reveal(text: HttpText): string {
  if (typeof text === 'string') return text;
  return text.map((part) => (typeof part === 'string' ? part : part.expose((plain) => plain))).join('');
}

async function bodyWithin(response: Response, most: number, halt: (why: Stop) => void): Promise<Secret> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of response.body ?? []) {
    bytes += piece.byteLength;
    if (bytes > most) {
      halt('too-large');
      throw new Error('too large');
    }
    pieces.push(piece);
  }
  return new Secret(new TextDecoder().decode(Buffer.concat(pieces)));
}

function answerOf({ status, headers }: Response, body: Secret): HttpAnswer {
  const plain = Object.fromEntries([...headers].filter(([name]) => name !== 'set-cookie'));
  return { status, headers: plain, cookies: headers.getSetCookie(), body };
}

function stopWords(why: Stop, { limits }: HttpRequest): string {
  if (why === 'timeout') return `it did not answer within ${limits.timeoutMs / SECOND_MS} s`;
  return why === 'aborted' ? 'it was taken back' : `its answer is larger than ${limits.answerBytes} bytes`;
}
