import { parse } from 'plist';
import { z } from 'zod';
import type { QueuedCommand } from '../managed-mac.ts';

const ACTIONS = [
  'Default',
  'DownloadOnly',
  'NotifyOnly',
  'InstallASAP',
  'InstallLater',
  'InstallForceRestart',
] as const;

const envelope = z.object({
  CommandUUID: z.string().min(1),
  Command: z.discriminatedUnion('RequestType', [
    z.object({ RequestType: z.literal('ScheduleOSUpdateScan'), Force: z.boolean().default(false) }),
    z.object({ RequestType: z.literal('AvailableOSUpdates') }),
    z.object({
      RequestType: z.literal('ScheduleOSUpdate'),
      Updates: z.array(
        z.object({
          ProductKey: z.string().exactOptional(),
          ProductVersion: z.string().exactOptional(),
          InstallAction: z.enum(ACTIONS),
          MaxUserDeferrals: z.number().exactOptional(),
          Priority: z.enum(['Low', 'High']).exactOptional(),
        }),
      ),
    }),
    z.object({ RequestType: z.literal('OSUpdateStatus') }),
    z.object({ RequestType: z.literal('DeviceInformation'), Queries: z.array(z.string()) }),
    z.object({ RequestType: z.literal('SecurityInfo') }),
    z.object({ RequestType: z.literal('DeclarativeManagement') }),
    z.object({ RequestType: z.literal('RestartDevice'), NotifyUser: z.boolean().default(false) }),
  ]),
});

/** A command as a property list; null where it is none that this server or a Mac of this folder knows. */
export function commandIn(body: string): QueuedCommand | null {
  try {
    return envelope.safeParse(parse(body)).data ?? null;
  } catch {
    return null;
  }
}
