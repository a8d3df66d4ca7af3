import { nearest } from '../../mac/nearest.ts';
import { JAMF_FAULT_NAMES, type JamfFault, type JamfFaultName, jamfFaultSchema, MAIN_OPTIONS } from './faults.ts';
import { privilegeNamed } from './privileges.ts';

/** What stands behind a wrong word, for whoever wrote it. */
export type FaultWordProblem = { allowed: string; nearest?: string };

/** Reads a fault as it is written on a command line: its name, or `name:value` for its main option. */
export function readJamfFault(words: string): { ok: true; fault: JamfFault } | ({ ok: false } & FaultWordProblem) {
  const colon = words.indexOf(':');
  const name = (colon < 0 ? words : words.slice(0, colon)).trim();
  const value = colon < 0 ? null : words.slice(colon + 1).trim();
  if (!isFaultName(name)) {
    const meant = nearest(name, JAMF_FAULT_NAMES);
    return {
      ok: false,
      allowed: `one of: ${JAMF_FAULT_NAMES.join(', ')}`,
      ...(meant === undefined ? {} : { nearest: meant }),
    };
  }
  const option = MAIN_OPTIONS[name];
  if (value !== null && option === null) return { ok: false, allowed: `${name} without a colon` };
  const read = jamfFaultSchema.safeParse({
    name,
    ...(option === null || value === null ? {} : { [option]: typed(name, option, value) }),
  });
  if (read.success) return { ok: true, fault: read.data };
  return {
    ok: false,
    allowed: `${name}:${(option ?? '').toUpperCase()} (${read.error.issues.map(({ message }) => message).join('; ')})`,
  };
}

const isFaultName = (name: string): name is JamfFaultName => Object.hasOwn(MAIN_OPTIONS, name);

const NUMBERS = ['status', 'afterCalls', 'seconds', 'retryAfter', 'megabytes', 'times', 'minutes', 'hours'];

function typed(name: JamfFaultName, option: string, value: string): string | number {
  if (option === 'privilege') return privilegeNamed(value) ?? value;
  return NUMBERS.includes(option) || name === 'inventory-gone' ? Number(value) : value;
}
