import { z } from 'zod';
import { type Instant, MINUTE_MS, SECOND_MS } from '../../../domain/instant.ts';
import { Secret } from '../../../domain/secret.ts';
import type { Clock } from '../../../ports/clock.ts';
import { answers, type Fault, isFault, unreadable } from '../fault.ts';
import { jsonIn, orNull } from '../json.ts';
import type { Sent, Wire } from '../wire.ts';
import { bearer, CLIENT_TOKEN_PATHS, type JamfCredential, tokenExchange } from './credential.ts';

/** `takenMs` is monotonic. It is renewed when either clock says so: one can jump, the other stands still in sleep. */
export type Token = { text: Secret; takenMs: number; renewAt: Instant; renewMs: number };

/** What is assumed of a token whose end cannot be read, or lies in the past because this Mac’s clock is wrong. */
const UNSAID_LIFETIME_MS = MINUTE_MS;
const RENEW_BEFORE_MS = MINUTE_MS;
const CLOSE_TIMEOUT_MS = 10 * SECOND_MS;

/** The tokens of one workflow: taken when needed, renewed before they end, given back when it closes. */
export class Tokens {
  readonly #wire: Wire;
  readonly #credential: JamfCredential;
  #clientPath: string = CLIENT_TOKEN_PATHS[0];
  #current: Token | null = null;
  #open: Token[] = [];
  #refused: Fault | null = null;

  constructor(wire: Wire, credential: JamfCredential) {
    this.#wire = wire;
    this.#credential = credential;
  }

  /** A token that still lasts, a new one if need be. */
  async valid(signal?: AbortSignal): Promise<{ token: Token; isNew: boolean } | { fault: Fault }> {
    if (this.#current !== null && lasts(this.#current, this.#wire.clock)) return { token: this.#current, isNew: false };
    // A password that was refused is not tried again: an account can be locked by it.
    if (this.#refused !== null) return { fault: this.#refused };
    const taken = await this.#take(signal);
    if (isFault(taken)) return this.#refusal(taken.fault);
    this.#current = taken.token;
    this.#open = [...this.#open.filter((one) => lasts(one, this.#wire.clock)), taken.token];
    return { token: taken.token, isNew: true };
  }

  /** Lets go of a token that the server does not take, so that the next question gets a new one. */
  drop(token: Token): void {
    if (this.#current === token) this.#current = null;
  }

  /** Gives back whatever may still be good. Nothing depends on whether it works: they end by themselves. */
  async close(): Promise<void> {
    const open = this.#open;
    this.#open = [];
    this.#current = null;
    for (const { text } of open) {
      const headers = { authorization: bearer(text) };
      await this.#wire.once({ method: 'POST', path: INVALIDATE_PATH, headers, timeoutMs: CLOSE_TIMEOUT_MS });
    }
  }

  async #take(signal?: AbortSignal): Promise<{ token: Token } | { fault: Fault }> {
    const clock = this.#wire.clock;
    for (let tries = 1; ; tries += 1) {
      const asked = { at: clock.now(), ms: clock.monotonicMs() };
      const sent = await this.#ask(signal);
      if (!isFault(sent)) return this.#read(sent, asked);
      if (!this.#mayRepeat(sent.fault)) return sent;
      if (!(await this.#wire.isWorthAnother(tries, sent.fault, signal))) return sent;
    }
  }

  async #ask(signal?: AbortSignal): Promise<Sent> {
    const sent = await this.#wire.once(tokenExchange(this.#credential, this.#clientPath), signal);
    const isNoPath = isFault(sent) && sent.fault.kind === 'status' && [404, 405, 410].includes(sent.fault.status);
    if (this.#credential.kind !== 'client' || !isNoPath || this.#clientPath === CLIENT_TOKEN_PATHS[1]) return sent;
    this.#clientPath = CLIENT_TOKEN_PATHS[1];
    return this.#wire.once(tokenExchange(this.#credential, this.#clientPath), signal);
  }

  /** After a lost answer nobody knows whether a password was found wrong: it is not sent a second time. */
  #mayRepeat(fault: Fault): boolean {
    return this.#credential.kind === 'client' || fault.kind !== 'connection' || !fault.maybeDone;
  }

  #read(
    sent: Exclude<Sent, { fault: Fault }>,
    asked: { at: Instant; ms: number },
  ): { token: Token } | { fault: Fault } {
    const read = answerSchema.safeParse(jsonIn(sent.answer.body));
    const text = read.success ? (read.data.access_token ?? read.data.token) : null;
    if (!read.success || text === null) return unreadable(sent.answer, 'no token');
    const { expires_in: seconds, expires } = read.data;
    const saidMs = seconds !== null ? seconds * SECOND_MS : expires !== null ? expires - asked.at : 0;
    const lifetimeMs = saidMs > 0 ? saidMs : UNSAID_LIFETIME_MS;
    const goodMs = lifetimeMs - Math.min(RENEW_BEFORE_MS, lifetimeMs / 4);
    return {
      token: { text: new Secret(text), takenMs: asked.ms, renewAt: asked.at + goodMs, renewMs: asked.ms + goodMs },
    };
  }

  #refusal(fault: Fault): { fault: Fault } {
    if (fault.kind !== 'status' || ![400, 401, 403].includes(fault.status)) return { fault };
    const whose = this.#credential.kind === 'client' ? 'the API client and its secret' : 'the account and its password';
    const expired = fault.codes.some((code) => code.startsWith(EXPIRED_PASSWORD));
    const why = expired ? 'the password of the account has to be changed first' : `it does not accept ${whose}`;
    this.#refused = { kind: 'credential', detail: `${why}; ${answers(fault)}` };
    return { fault: this.#refused };
  }
}

const INVALIDATE_PATH = '/api/v1/auth/invalidate-token';
const EXPIRED_PASSWORD = 'USER_EXPIRED_PASSWORD';

const lasts = ({ renewAt, renewMs }: Token, clock: Clock): boolean =>
  clock.now() < renewAt && clock.monotonicMs() < renewMs;

/** A token has to fit into a header. */
const tokenSchema = orNull(z.string().regex(/^[\x21-\x7e]{1,8192}$/));

/** Two forms for one thing: a client’s `expires_in` is in seconds, an account’s `expires` an instant. */
const answerSchema = z.object({
  access_token: tokenSchema,
  token: tokenSchema,
  expires_in: orNull(
    z.union([
      z.number(),
      z
        .string()
        .regex(/^\d{1,9}$/)
        .transform(Number),
    ]),
  ),
  expires: orNull(z.string()).transform((text) => (text === null ? null : instantOf(text))),
});

function instantOf(text: string): Instant | null {
  try {
    return Temporal.Instant.from(text).epochMilliseconds;
  } catch {
    return null;
  }
}
