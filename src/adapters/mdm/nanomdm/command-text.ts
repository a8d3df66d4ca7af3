import { build } from 'plist';
import type { PushOrder } from '../../../domain/push.ts';

/**
 * Apple’s command for an update, as a property list. The release is named by its version, so that nothing has to be looked up
 * first. No forced restart is asked for: it works for minor updates only, and installing as soon as possible is what a
 * server that shows no outcome should be content with.
 */
export function updateCommand({ to, action }: PushOrder, uuid: string): string {
  return build({
    Command: {
      RequestType: 'ScheduleOSUpdate',
      Updates: [
        { ProductVersion: to.version, InstallAction: action.kind === 'download' ? 'DownloadOnly' : 'InstallASAP' },
      ],
    },
    CommandUUID: uuid,
  });
}

/** An id that no other command has. It decides nothing, so that any chance will do. */
export function commandId(random: () => number): string {
  const hex = Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16)).join('');
  return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, '$1-$2-4$3-9$4-$5').toUpperCase();
}
