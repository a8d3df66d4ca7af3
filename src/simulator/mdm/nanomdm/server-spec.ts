import { z } from 'zod';
import { nanoFaultSchema } from './faults.ts';

/** What a Mac's description may say of the NanoMDM that it is enrolled with. */
export const nanoServerSchema = z.strictObject({
  service: z.literal('nanomdm'),
  version: z
    .string()
    .regex(/^v\d+(?:\.\d+)+$/)
    .optional(),
  /** What the agent has been given; null: nothing. */
  credential: z.literal('account').nullable().optional(),
  faults: z.array(nanoFaultSchema).optional(),
});

export type NanoServerSpec = z.output<typeof nanoServerSchema>;

export const NANO_SERVER_ALLOWED: Record<keyof NanoServerSpec, string> = {
  service: '"jamf-pro" or "nanomdm"',
  version: 'a version of NanoMDM such as "v0.8.0"',
  credential: '"account", or null where upkeep was given none',
  faults: 'a list of faults such as {"name": "push-error", "times": 1}, as in docs/mdm-nanomdm.md',
};
