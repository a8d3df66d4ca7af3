import { z } from 'zod';
import type { PushFailure, PushTrouble } from '../../../domain/push.ts';
import type { HttpAnswer, HttpResult } from '../../../ports/http.ts';
import { jsonIn, orNull } from './json.ts';
import { type CallName, type CredentialKind, privilegeWords } from './privileges.ts';
import { retryAfterMs } from './retry-after.ts';

type Broken = Extract<HttpResult, { kind: 'failed' }>;

/** What a refusal looks like: Jamf Pro’s own form, that of OAuth, a page of some server between, nothing, or anything. */
export type AnswerForm = 'api-error' | 'oauth' | 'page' | 'empty' | 'other';

/** `unsent`: the request itself never went out, because no token was to be had for it. */
export type Fault = { unsent?: true } & (
  | { kind: 'connection'; why: Broken['why']; detail: string; maybeDone: boolean }
  | { kind: 'status'; status: number; form: AnswerForm; codes: string[]; retryAfterMs: number | null }
  /** It says that it worked, but not in a way that can be read. */
  | { kind: 'unreadable'; status: number; what: string }
  | { kind: 'credential'; detail: string }
);

export const isFault = (value: object): value is { fault: Fault } => 'fault' in value;

export const brokenBy = ({ why, detail, maybeDone }: Broken): { fault: Fault } => ({
  fault: { kind: 'connection', why, detail, maybeDone },
});

export const unreadable = ({ status }: HttpAnswer, what: string): { fault: Fault } => ({
  fault: { kind: 'unreadable', status, what },
});

/** Reads a refusal by its structure; its words are never looked at, and codes only where they can be no secret. */
export function refusalOf(answer: HttpAnswer, nowMs: number): { fault: Extract<Fault, { kind: 'status' }> } {
  const { status, headers, body } = answer;
  const json = jsonIn(body);
  const waitMs = retryAfterMs(headers['retry-after'], nowMs);
  const fault = (form: AnswerForm, codes: string[]) => ({
    fault: { kind: 'status' as const, status, form, codes, retryAfterMs: waitMs },
  });
  const apiError = apiErrorSchema.safeParse(json);
  if (apiError.success) return fault('api-error', apiError.data.errors.flatMap(causeWords));
  const oauth = oauthSchema.safeParse(json);
  if (oauth.success) return fault('oauth', OAUTH_CODES.has(oauth.data.error) ? [oauth.data.error] : []);
  if (body.expose((text) => text.trim() === '')) return fault('empty', []);
  const isPage = (headers['content-type'] ?? '').includes('html') || body.expose((text) => text.trimStart()[0] === '<');
  return fault(isPage ? 'page' : 'other', []);
}

/** One cause in an error of Jamf Pro. Real servers leave out members that its schema demands. */
export const causeSchema = z
  .object({ code: orNull(z.string()), field: orNull(z.string()) })
  .catch({ code: null, field: null });
const apiErrorSchema = z.object({
  httpStatus: z.number(),
  errors: orNull(z.array(causeSchema)).transform((errors) => errors ?? []),
});
const oauthSchema = z.object({ error: z.string() });

const OAUTH_CODES = new Set([
  'invalid_client',
  'invalid_grant',
  'invalid_request',
  'invalid_scope',
  'unauthorized_client',
  'unsupported_grant_type',
]);

/** `INVALID_FIELD at config.specificVersion`. Codes are words in capitals; anything else might be an echo of a secret. */
export function causeWords({ code, field }: z.infer<typeof causeSchema>): string[] {
  if (!code || !/^[A-Z]{2,20}(?:_[A-Z]{1,20}){0,12}$/.test(code)) return [];
  return [field && KNOWN_FIELDS.has(field.replaceAll(/\[\d+\]/g, '')) ? `${code} at ${field}` : code];
}

const KNOWN_FIELDS = new Set([
  'devices',
  'devices.deviceId',
  'devices.objectType',
  'config',
  'config.updateAction',
  'config.versionType',
  'config.specificVersion',
  'config.buildVersion',
  'config.forceInstallLocalDateTime',
  'deviceIds',
  'version',
  'updateAction',
  'filter',
  'section',
  'clientManagementIds',
]);

/** Whether the server may have done what it was asked, though it did not say so. */
export function mayHaveActed(fault: Fault): boolean {
  if (fault.unsent || fault.kind === 'credential') return false;
  if (fault.kind === 'connection') return fault.maybeDone;
  if (fault.kind === 'unreadable') return true;
  if (fault.status === 503 && fault.form === 'api-error') return false;
  return fault.status >= 500 || fault.status === 408;
}

/** What a fault of one call means to whoever ordered it. */
export function failureOf(fault: Fault, call: CallName, credential: CredentialKind): PushFailure {
  if (fault.kind === 'credential') return { trouble: 'credential-refused', detail: fault.detail };
  if (fault.kind === 'unreadable')
    return { trouble: 'not-understood', detail: `it answers ${fault.status} with ${fault.what}` };
  if (fault.kind === 'connection')
    return { trouble: fault.why === 'too-large' ? 'not-understood' : 'server-unreachable', detail: fault.detail };
  if (fault.status === 401 || fault.status === 403)
    return { trouble: 'privilege-missing', detail: `${answers(fault)}: ${privilegeWords(call, credential)}` };
  return { trouble: troubleOf(fault.status), detail: answers(fault) };
}

function troubleOf(status: number): PushTrouble {
  if (status === 408 || status === 429 || status === 503) return 'server-busy';
  if ([404, 405, 410, 501].includes(status)) return 'not-supported';
  return status >= 500 ? 'server-failed' : 'not-understood';
}

/** `it answers 400 (INVALID_FIELD at devices)`. */
export function answers({ status, codes, form }: Extract<Fault, { kind: 'status' }>): string {
  if (codes.length > 0) return `it answers ${status} (${[...new Set(codes)].slice(0, 5).join(', ')})`;
  if (form === 'page') return `it answers ${status} with a web page, as a proxy or a starting server does`;
  return status >= 300 && status < 400 ? `it redirects (${status}), which is not followed` : `it answers ${status}`;
}
