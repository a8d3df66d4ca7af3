import { isExpected } from '../../../domain/problem.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Commands } from '../../../ports/commands.ts';
import { sendInventory } from '../../commands/mdm-commands.ts';
import { runCommand } from '../../commands/run-command.ts';
import type { ReconFile } from './recon-file.ts';

/** What came of sending the inventory; `why` continues a sentence. */
export type Recon = { id: string } | { why: string };

/** Has the Mac send its inventory, once a day at the most: it takes minutes, and changes what the server knows. */
export function dailyRecon(
  { commands, clock }: { commands: Commands; clock: Clock },
  file: ReconFile,
): (signal?: AbortSignal) => Promise<Recon> {
  return async (signal) => {
    try {
      if (file.isOfTheDay(clock.now())) return { why: 'the inventory was sent within the last day already' };
      file.begin(clock.now());
      const { computerId } = await runCommand(
        commands,
        sendInventory,
        undefined,
        signal === undefined ? {} : { signal },
      );
      return computerId === null ? { why: '`jamf recon` names no id' } : { id: computerId };
    } catch (error) {
      if (signal?.aborted) return { why: 'it was given up' };
      if (!isExpected(error)) throw error;
      return { why: error.message.replace(/\.$/, '') };
    }
  };
}
