import { runCommand } from '../../adapters/commands/run-command.ts';
import { downloadUpdate } from '../../adapters/commands/softwareupdate-commands.ts';
import { FAILURE_WORDS } from '../../adapters/softwareupdate/failure-words.ts';
import type { UpdateError } from '../../adapters/softwareupdate/parse-errors.ts';
import type { DownloadOutcome } from '../../machines/effects.ts';
import type { Commands } from '../../ports/commands.ts';
import type { EffectBody } from '../effect-runner.ts';

/** Downloads one update. macOS goes on where it was cut off, so after a crash it is simply done again. */
export function download(commands: Commands): EffectBody<'download'> {
  return {
    run: async ({ label, appleSilicon }, { signal }) => {
      const outcome = await runCommand(commands, downloadUpdate, { label }, { signal });
      if (outcome.kind !== 'macos')
        return { result: 'failed', reason: 'notMacos', detail: 'softwareupdate downloaded something else' };
      if (outcome.downloaded === null) return failed(outcome.error, 'unfinished', 'it ended before the download did');
      if (outcome.error === null && outcome.prepared === true) return { result: 'downloaded', prepared: true };
      // Without an owner's password Apple silicon keeps the bits and refuses to prepare them; the install does that.
      if (appleSilicon && outcome.authenticated === false) return { result: 'downloaded', prepared: false };
      return failed(outcome.error, 'unprepared', 'it was downloaded, but not prepared');
    },
  };
}

function failed(error: UpdateError | null, otherwise: string, words: string): DownloadOutcome {
  return { result: 'failed', reason: error ?? otherwise, detail: error === null ? words : FAILURE_WORDS[error] };
}
