import { z } from 'zod';
import type { PushFailure } from '../../../domain/push.ts';
import type { Secret } from '../../../domain/secret.ts';
import type { HttpAnswer } from '../../../ports/http.ts';
import { answers, type Fault, failureOf, isFault, mayHaveActed, type ReadOwnForm, unreadable } from '../fault.ts';
import { jsonIn, orNull } from '../json.ts';
import { Wire, type WireParts } from '../wire.ts';

export type NanoCredential = { kind: 'account'; name: string; password: Secret };

/** One thing to ask. `once`: it is asked again only where it was surely not acted on; all else may be done twice. */
export type NanoCall = {
  method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  path: string;
  query?: readonly (readonly [string, string])[];
  body?: { type: string; text: string };
  once?: true;
};

export type Asked<T> = { value: T } | { fault: Fault };

/** The names that the two servers want of everybody, each its own, with one key. A broker’s are its own affair. */
const OWN_NAMES = { nanomdm: 'nanomdm', kmfddm: 'kmfddm' } as const;

/** Asks one of the two servers. */
export class NanoCalls {
  readonly wire: Wire;
  readonly #authorization: readonly (string | Secret)[];
  /** What a broker counts as wrong passwords is not sent on and on. */
  #refused: Fault | null = null;

  constructor(parts: WireParts, { name, password }: NanoCredential, server: keyof typeof OWN_NAMES) {
    this.wire = new Wire(parts, resultForm);
    const isFixed = Object.values<string>(OWN_NAMES).includes(name);
    const user = isFixed ? OWN_NAMES[server] : name;
    this.#authorization = [
      'Basic ',
      password.encoded((plain) => Buffer.from(`${user}:${plain}`, 'utf8').toString('base64')),
    ];
  }

  async read<T>(call: NanoCall, schema: z.ZodType<T>, signal?: AbortSignal): Promise<Asked<T>> {
    const asked = await this.ask(call, signal);
    if (isFault(asked)) return asked;
    const json = asked.value.status === 204 ? null : jsonIn(asked.value.body);
    if (json === undefined) return unreadable(asked.value, 'what is no JSON');
    const read = schema.safeParse(json);
    return read.success ? { value: read.data } : unreadable(asked.value, 'something else than asked for');
  }

  /** Has something changed. Nothing to change is as good, and which of the two it was depends on the version. */
  async change(call: NanoCall, signal?: AbortSignal): Promise<{ fault: Fault } | null> {
    const asked = await this.ask(call, signal);
    if (!isFault(asked)) return null;
    const isUnchanged = asked.fault.kind === 'status' && asked.fault.status === 304;
    return isUnchanged ? null : asked;
  }

  async ask(call: NanoCall, signal?: AbortSignal): Promise<Asked<HttpAnswer>> {
    if (this.#refused !== null) return { fault: { ...this.#refused, unsent: true } };
    for (let tries = 1; ; tries += 1) {
      const sent = await this.wire.once(this.#exchange(call), signal);
      if (!isFault(sent)) return { value: sent.answer };
      if (sent.fault.kind === 'status' && sent.fault.status === 401) this.#refused = sent.fault;
      if (call.once && mayHaveActed(sent.fault)) return sent;
      if (!(await this.wire.isWorthAnother(tries, sent.fault, signal))) return sent;
    }
  }

  #exchange({ method, path, query = [], body }: NanoCall) {
    const encoded = query.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
    return {
      method,
      path: encoded === '' ? path : `${path}?${encoded}`,
      headers: {
        authorization: this.#authorization,
        ...(body === undefined ? {} : { 'content-type': body.type }),
      },
      body: body?.text ?? null,
    };
  }
}

/** What a fault means. Only a broker knows of anything that somebody else may and we may not. */
export const nanoFailure = (fault: Fault): { failed: PushFailure } => ({
  failed: failureOf(fault, (refused) =>
    refused.status === 401
      ? { trouble: 'credential-refused', detail: `it does not accept the name and the key; ${answers(refused)}` }
      : { trouble: 'privilege-missing', detail: `it does not let us do this; ${answers(refused)}` },
  ),
});

/** Errors are told in texts, which are not looked at: that there is one is what counts. */
const told = orNull(z.unknown()).transform((error) => error !== null);
export const resultSchema = z
  .object({
    status: orNull(z.record(z.string(), z.object({ command_error: told, push_error: told }))),
    command_error: told,
    push_error: told,
    no_push: orNull(z.boolean()),
    command_uuid: orNull(z.string()),
  })
  .transform(({ status, ...whole }) => {
    const each = [whole, ...Object.values(status ?? {})];
    return {
      isKnown: status !== null || whole.command_uuid !== null || whole.command_error || whole.push_error,
      commandFailed: each.some(({ command_error: error }) => error),
      pushFailed: each.some(({ push_error: error }) => error),
    };
  });
export type Result = z.output<typeof resultSchema>;

export const COMMAND_ERROR = 'command_error';
const PUSH_ERROR = 'push_error';

/** NanoMDM tells in one form what became of it, whether it is called a success or not. */
const resultForm: ReadOwnForm = (json) => {
  const { data } = resultSchema.safeParse(json);
  if (data === undefined || (!data.commandFailed && !data.pushFailed)) return null;
  const codes = [...(data.commandFailed ? [COMMAND_ERROR] : []), ...(data.pushFailed ? [PUSH_ERROR] : [])];
  return { form: 'result', codes, settled: true };
};
