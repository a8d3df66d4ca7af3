import { z } from 'zod';
import { jamfFaultSchema } from './faults.ts';
import { privilegeNamed } from './privileges.ts';
import { isServerVersion } from './server-version.ts';

/** What a Mac's description may say of the Jamf Pro that it is enrolled with. */
export const jamfServerSchema = z.strictObject({
  service: z.literal('jamf-pro').optional(),
  version: z.string().refine(isServerVersion).optional(),
  /** Whether update plans are turned on. */
  featureOn: z.boolean().optional(),
  /** What the agent has been given; null: nothing. */
  credential: z.enum(['client', 'account']).nullable().optional(),
  /** How long a token of it lives. */
  tokenSeconds: z.int().min(1).max(86_400).optional(),
  privileges: z.array(z.string().refine((name) => privilegeNamed(name) !== null)).optional(),
  /** Whether the agent knows the id that the Mac had at first, as from a profile. */
  computerIdKnown: z.boolean().optional(),
  faults: z.array(jamfFaultSchema).optional(),
});

export type JamfServerSpec = z.output<typeof jamfServerSchema>;

export const JAMF_SERVER_ALLOWED: Record<keyof JamfServerSpec, string> = {
  service: '"jamf-pro" or "nanomdm"',
  version: 'a version of Jamf Pro such as "11.30.1"',
  featureOn: 'true or false: whether update plans are turned on',
  credential: '"client", "account", or null where upkeep was given none',
  tokenSeconds: 'a whole number from 1 to 86400',
  privileges: 'a list of privileges such as "Read Computers"',
  computerIdKnown: 'true or false: whether a profile tells upkeep the id that the Mac had at first',
  faults:
    'a list of faults such as {"name": "plan-fails", "reason": "NO_DISK_SPACE", "times": 1}, as in docs/simulated-jamf-pro.md',
};
