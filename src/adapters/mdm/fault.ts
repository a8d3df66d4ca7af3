import type { PushFailure, PushTrouble } from '../../domain/push.ts';
import type { HttpAnswer, HttpResult } from '../../ports/http.ts';
import { jsonIn } from './json.ts';
import { retryAfterMs } from './retry-after.ts';

type Broken = Extract<HttpResult, { kind: 'failed' }>;

/**
 * A refusal in a form that a server has of its own. `settled`: it is the server’s answer to the question, so that asking the
 * same again gives the same.
 */
export type OwnForm = { form: 'api-error' | 'oauth' | 'result'; codes: string[]; settled: boolean };

/** What a server’s own refusals look like; null for any other JSON. */
export type ReadOwnForm = (json: unknown, status: number) => OwnForm | null;

/** What a refusal looks like: the server’s own form, a page of some server between, nothing, or anything. */
export type AnswerForm = OwnForm['form'] | 'page' | 'empty' | 'other';

/** `unsent`: the request itself never went out, because no token was to be had for it. */
export type Fault = { unsent?: true } & (
  | { kind: 'connection'; why: Broken['why']; detail: string; maybeDone: boolean }
  | {
      kind: 'status';
      status: number;
      form: AnswerForm;
      codes: string[];
      settled: boolean;
      retryAfterMs: number | null;
    }
  /** It says that it worked, but not in a way that can be read. */
  | { kind: 'unreadable'; status: number; what: string }
  | { kind: 'credential'; detail: string }
);

export type StatusFault = Extract<Fault, { kind: 'status' }>;

export const isFault = (value: object): value is { fault: Fault } => 'fault' in value;

export const brokenBy = ({ why, detail, maybeDone }: Broken): { fault: Fault } => ({
  fault: { kind: 'connection', why, detail, maybeDone },
});

export const unreadable = ({ status }: HttpAnswer, what: string): { fault: Fault } => ({
  fault: { kind: 'unreadable', status, what },
});

/** Reads a refusal by its structure; its words are never looked at. */
export function refusalOf(answer: HttpAnswer, nowMs: number, readOwnForm: ReadOwnForm): { fault: StatusFault } {
  const { status, headers, body } = answer;
  const waitMs = retryAfterMs(headers['retry-after'], nowMs);
  const fault = ({ form, codes, settled }: Pick<StatusFault, 'form' | 'codes' | 'settled'>) => ({
    fault: { kind: 'status' as const, status, form, codes, settled, retryAfterMs: waitMs },
  });
  const own = readOwnForm(jsonIn(body), status);
  if (own !== null) return fault(own);
  const of = (form: AnswerForm) => fault({ form, codes: [], settled: false });
  if (body.expose((text) => text.trim() === '')) return of('empty');
  const isPage = (headers['content-type'] ?? '').includes('html') || body.expose((text) => text.trimStart()[0] === '<');
  return of(isPage ? 'page' : 'other');
}

/** Whether a server does not know what it was asked for. */
export const isMissing = ({ fault }: { fault: Fault }): boolean =>
  fault.kind === 'status' && [404, 405, 410].includes(fault.status);

/** Whether the server may have done what it was asked, though it did not say so. */
export function mayHaveActed(fault: Fault): boolean {
  if (fault.unsent || fault.kind === 'credential') return false;
  if (fault.kind === 'connection') return fault.maybeDone;
  if (fault.kind === 'unreadable') return true;
  if (fault.settled) return false;
  return fault.status >= 500 || fault.status === 408;
}

/** What a fault means to whoever ordered something; `refused` is what a 401 or a 403 is about. */
export function failureOf(fault: Fault, refused: (fault: StatusFault) => PushFailure): PushFailure {
  if (fault.kind === 'credential') return { trouble: 'credential-refused', detail: fault.detail };
  if (fault.kind === 'unreadable')
    return { trouble: 'not-understood', detail: `it answers ${fault.status} with ${fault.what}` };
  if (fault.kind === 'connection')
    return { trouble: fault.why === 'too-large' ? 'not-understood' : 'server-unreachable', detail: fault.detail };
  if (fault.status === 401 || fault.status === 403) return refused(fault);
  return { trouble: troubleOf(fault.status), detail: answers(fault) };
}

function troubleOf(status: number): PushTrouble {
  if (status === 408 || status === 429 || status === 503) return 'server-busy';
  if ([404, 405, 410, 501].includes(status)) return 'not-supported';
  return status >= 500 ? 'server-failed' : 'not-understood';
}

/** `it answers 400 (INVALID_FIELD at devices)`. */
export function answers({ status, codes, form }: StatusFault): string {
  if (codes.length > 0) return `it answers ${status} (${[...new Set(codes)].slice(0, 5).join(', ')})`;
  if (form === 'page') return `it answers ${status} with a web page, as a proxy or a starting server does`;
  return status >= 300 && status < 400 ? `it redirects (${status}), which is not followed` : `it answers ${status}`;
}
