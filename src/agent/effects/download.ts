import { runCommand } from '../../adapters/commands/run-command.ts';
import { downloadUpdate } from '../../adapters/commands/softwareupdate-commands.ts';
import type { Commands } from '../../ports/commands.ts';
import type { EffectBody } from '../effect-runner.ts';

/** Downloads one update. macOS goes on where it was cut off, so after a crash it is simply done again. */
export function download(commands: Commands): EffectBody<'download'> {
  return {
    run: async ({ label, appleSilicon }, { signal }) => {
      const outcome = await runCommand(commands, downloadUpdate, { label }, { signal });
      if (outcome.kind !== 'macos')
        return { result: 'failed', reason: 'notMacos', detail: 'softwareupdate downloaded something else' };
      if (outcome.downloaded === null) {
        return {
          result: 'failed',
          reason: outcome.error ?? 'unfinished',
          detail: `softwareupdate --download: ${outcome.error ?? 'it ended before the download did'}`,
        };
      }
      if (outcome.error === null && outcome.prepared === true) return { result: 'downloaded', prepared: true };
      // Without an owner's password Apple silicon keeps the bits and refuses to prepare them; the install does that.
      if (appleSilicon && outcome.authenticated === false) return { result: 'downloaded', prepared: false };
      return {
        result: 'failed',
        reason: outcome.error ?? 'unprepared',
        detail: `softwareupdate --download: ${outcome.error ?? 'downloaded, but not prepared'}`,
      };
    },
  };
}
