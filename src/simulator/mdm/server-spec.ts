import { z } from 'zod';
import { JAMF_SERVER_ALLOWED, jamfServerSchema } from './jamf-pro/server-spec.ts';
import { NANO_SERVER_ALLOWED, nanoServerSchema } from './nanomdm/server-spec.ts';

/** The part of a Mac's description that is about the server it is enrolled with: a Jamf Pro, unless it says otherwise. */
export const serverSchema = z.discriminatedUnion('service', [jamfServerSchema, nanoServerSchema]);

export type ServerSpec = z.output<typeof serverSchema>;

/** Words for each key that such a part may have. */
export function serverAllowed(raw: unknown): Readonly<Record<string, string>> {
  const isNano = typeof raw === 'object' && raw !== null && 'service' in raw && raw.service === 'nanomdm';
  return isNano ? NANO_SERVER_ALLOWED : JAMF_SERVER_ALLOWED;
}
