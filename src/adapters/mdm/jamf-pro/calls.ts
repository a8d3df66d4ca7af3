import type { z } from 'zod';
import { MINUTE_MS } from '../../../domain/instant.ts';
import type { PushFailure } from '../../../domain/push.ts';
import type { HttpAnswer } from '../../../ports/http.ts';
import { type Fault, isFault, unreadable } from '../fault.ts';
import { jsonIn } from '../json.ts';
import { Wire, type WireParts } from '../wire.ts';
import { bearer, type JamfCredential } from './credential.ts';
import type { CallName } from './privileges.ts';
import { failureOfCall, jamfForm } from './refusal.ts';
import { Tokens } from './tokens.ts';

/** One thing to ask of Jamf Pro. `repeatable`: asking twice does no harm. */
export type Call = {
  name: CallName;
  method: 'GET' | 'POST';
  path: string;
  /** In this order; values are encoded here. */
  query?: readonly (readonly [string, string])[];
  json?: unknown;
  accept?: string;
  repeatable: boolean;
  writes?: boolean;
  answerBytes?: number;
};

export type Asked<T> = { value: T } | { fault: Fault };

/** How long a token counts as fresh for a 403: a role that was just changed shows in a new token only. */
const FRESH_MS = MINUTE_MS;

/** Asks Jamf Pro, signed in. */
export class Calls {
  readonly wire: Wire;
  readonly credential: JamfCredential;
  readonly #tokens: Tokens;

  constructor(parts: WireParts, credential: JamfCredential) {
    this.wire = new Wire(parts, jamfForm);
    this.credential = credential;
    this.#tokens = new Tokens(this.wire, credential);
  }

  /** Asks, and reads the JSON of the answer. */
  async read<T>(call: Call, schema: z.ZodType<T>, signal?: AbortSignal): Promise<Asked<T>> {
    const sent = await this.ask(call, signal);
    if (isFault(sent)) return sent;
    const json = jsonIn(sent.value.body);
    if (json === undefined) return unreadable(sent.value, 'what is no JSON');
    const read = schema.safeParse(json);
    return read.success ? { value: read.data } : unreadable(sent.value, 'something else than asked for');
  }

  /** Asks, and once more with a new token where this one is not taken. What may be repeated is, within bounds. */
  async ask(call: Call, signal?: AbortSignal): Promise<Asked<HttpAnswer>> {
    let renewed = false;
    for (let tries = 1; ; ) {
      const valid = await this.#tokens.valid(signal);
      if (isFault(valid)) return { fault: { ...valid.fault, unsent: true } };
      const sent = await this.wire.once({ ...this.#exchange(call), headers: this.#headers(call, valid.token) }, signal);
      if (!isFault(sent)) return { value: sent.answer };
      const { fault } = sent;
      if (!renewed && !valid.isNew && isStale(fault, this.wire.clock.monotonicMs() - valid.token.takenMs)) {
        renewed = true;
        this.#tokens.drop(valid.token);
        continue;
      }
      if (!call.repeatable || !(await this.wire.isWorthAnother(tries, fault, signal))) return sent;
      tries += 1;
    }
  }

  failure(fault: Fault, { name }: Pick<Call, 'name'>): { failed: PushFailure } {
    return { failed: failureOfCall(fault, name, this.credential.kind) };
  }

  async close(): Promise<void> {
    await this.#tokens.close();
    this.wire.cookies.clear();
  }

  #exchange({ method, path, query = [], json, writes = false, answerBytes }: Call) {
    const encoded = query.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
    return {
      method,
      path: encoded === '' ? path : `${path}?${encoded}`,
      body: json === undefined ? null : JSON.stringify(json),
      writes,
      ...(answerBytes === undefined ? {} : { answerBytes }),
    };
  }

  #headers({ json, accept }: Call, { text }: { text: Parameters<typeof bearer>[0] }) {
    return {
      authorization: bearer(text),
      ...(accept === undefined ? {} : { accept }),
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
    };
  }
}

/** Whether a refusal may be about a token of that age, which was used before. */
function isStale(fault: Fault, ageMs: number): boolean {
  if (fault.kind !== 'status') return false;
  return fault.status === 401 || (fault.status === 403 && ageMs > FRESH_MS);
}
