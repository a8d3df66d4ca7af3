import { z } from 'zod';
import type { PushFailure } from '../../../domain/push.ts';
import { answers, type Fault, failureOf, type ReadOwnForm } from '../fault.ts';
import { orNull } from '../json.ts';
import { type CallName, type CredentialKind, privilegeWords } from './privileges.ts';

/**
 * Jamf Pro’s own form and that of OAuth. A 503 in its own form is its answer to the question: the feature that was asked for
 * is off.
 */
export const jamfForm: ReadOwnForm = (json, status) => {
  const apiError = apiErrorSchema.safeParse(json);
  if (apiError.success)
    return { form: 'api-error', codes: apiError.data.errors.flatMap(causeWords), settled: status === 503 };
  const oauth = oauthSchema.safeParse(json);
  if (!oauth.success) return null;
  return { form: 'oauth', codes: OAUTH_CODES.has(oauth.data.error) ? [oauth.data.error] : [], settled: false };
};

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

/** What a fault of one call means: a refusal names the privileges it may be about. */
export const failureOfCall = (fault: Fault, call: CallName, credential: CredentialKind): PushFailure =>
  failureOf(fault, (refused) => ({
    trouble: 'privilege-missing',
    detail: `${answers(refused)}: ${privilegeWords(call, credential)}`,
  }));
