import { consoleUser } from '../../adapters/commands/fact-commands.ts';
import { runCommand } from '../../adapters/commands/run-command.ts';
import type { Commands } from '../../ports/commands.ts';
import type { Credentials } from '../../ports/credentials.ts';
import type { EffectBody } from '../effect-runner.ts';
import type { SecretKeeper } from '../secrets.ts';

/** Fetches a saved password. It stays a Secret in this process; the outcome carries a handle for it. */
export function unlockCredential(
  commands: Commands,
  credentials: Credentials,
  secrets: SecretKeeper,
): EffectBody<'unlockCredential'> {
  return {
    run: async ({ method }, { signal }) => {
      const { name, uid } = await runCommand(commands, consoleUser, undefined, { signal });
      const found = await credentials.unlock(method, name === null ? null : { name, uid }, signal);
      if ('refused' in found) return { result: 'refused', why: found.refused };
      return { result: 'unlocked', handle: secrets.keep(found.password), user: found.account };
    },
  };
}
