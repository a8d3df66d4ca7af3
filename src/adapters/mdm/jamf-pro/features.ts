import { z } from 'zod';
import { compareVersions } from '../../../domain/os-version.ts';
import { type JamfFeatures, PLANS_SINCE } from '../../../policy/choose-push.ts';
import { isFault, isMissing } from '../fault.ts';
import { orNull } from '../json.ts';
import type { Asked, Call, Calls } from './calls.ts';

export const PLANS_PATH = '/api/v1/managed-software-updates/plans';

/** `customVersionEnabled`: a plan may name a build. */
export type Features = JamfFeatures & { customVersionEnabled: boolean };

const VERSION: Call = { name: 'version', method: 'GET', path: '/api/v1/jamf-pro-version', repeatable: true };
export const TOGGLE: Call = {
  name: 'feature-toggle',
  method: 'GET',
  path: `${PLANS_PATH}/feature-toggle`,
  repeatable: true,
};
export const TOGGLE_STATUS: Call = {
  name: 'feature-toggle-status',
  method: 'GET',
  path: `${PLANS_PATH}/feature-toggle/status`,
  repeatable: true,
};

/** The server’s version as `11.30.1`, out of `11.30.1-t1784555528405`; null where there is none to read. */
export async function readVersion(calls: Calls, signal?: AbortSignal): Promise<Asked<string | null>> {
  const asked = await calls.read(VERSION, z.object({ version: orNull(z.string()) }), signal);
  if (isFault(asked)) return isMissing(asked) ? { value: null } : asked;
  return { value: versionIn(asked.value.version ?? '') };
}

export function versionIn(text: string): string | null {
  return /^(\d{1,3}\.\d{1,3}(?:\.\d{1,3})?)(?:$|[^\d.])/.exec(text)?.[1] ?? null;
}

/** What the server’s update feature is and whether it is on, together with the call that a fault belongs to. */
export async function readFeatures(
  calls: Calls,
  version: string | null,
  signal?: AbortSignal,
): Promise<Asked<Features> & { call: Call }> {
  const none = { version, forceInstallLocalDateEnabled: false, dssEnabled: false, customVersionEnabled: false };
  const missing = { value: { ...none, plans: 'missing' as const }, call: TOGGLE };
  if (version !== null && compareVersions(version, PLANS_SINCE) < 0) return missing;
  const asked = await calls.read(TOGGLE, toggleSchema, signal);
  if (isFault(asked)) return isMissing(asked) ? missing : { ...asked, call: TOGGLE };
  const status = await calls.read(TOGGLE_STATUS, statusSchema, signal);
  if (isFault(status) && !isMissing(status)) return { ...status, call: TOGGLE_STATUS };
  const { toggle, ...flags } = asked.value;
  const isSwitching = !isFault(status) && [status.value.toggleOn, status.value.toggleOff].some(isRunning);
  const plans = isSwitching ? 'switching' : toggle ? 'on' : 'off';
  return { value: { version, plans, ...flags }, call: TOGGLE };
}

const flag = orNull(z.boolean()).transform((value) => value ?? false);
const toggleSchema = z.object({
  toggle: z.boolean(),
  forceInstallLocalDateEnabled: flag,
  dssEnabled: flag,
  customVersionEnabled: flag,
});

const jobSchema = orNull(z.object({ state: orNull(z.string()), exitState: orNull(z.string()) }));
const statusSchema = z.object({ toggleOn: jobSchema, toggleOff: jobSchema });

const isRunning = (job: z.infer<typeof jobSchema>): boolean => job?.state === 'RUNNING';
