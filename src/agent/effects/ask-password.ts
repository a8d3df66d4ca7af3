import type { DialogJson } from '../../adapters/commands/dialog-commands.ts';
import { Secret } from '../../domain/secret.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Commands } from '../../ports/commands.ts';
import type { EffectBody } from '../effect-runner.ts';
import type { SecretKeeper } from '../secrets.ts';
import { passwordJson } from './dialog-words.ts';
import { dialogAnswer } from './show-dialog.ts';

/** Asks the person for their password. It stays a Secret in this process; the answer carries a handle for it. */
export function askPassword(commands: Commands, clock: Clock, secrets: SecretKeeper): EffectBody<'askPassword'> {
  return {
    run: async (prompt, io) => {
      const options = passwordJson(prompt, clock.now()) as { [key: string]: DialogJson };
      const { end, values, exitCode } = await dialogAnswer(commands, clock, prompt.user, options, prompt.id, io);
      if (end === 'timer') return { answer: 'timed-out' };
      if (end === 'button2' || end === 'quit-key' || end === 'closed') return { answer: 'declined' };
      if (end !== 'button1')
        return { answer: 'failed', why: `swiftDialog ended with ${exitCode ?? 'no exit code'} (${end})` };
      const typed = Object.values(values ?? {}).find((value) => value instanceof Secret);
      const usable = typed?.expose((plain) => plain.trim() !== '' && !/[\r\n]/.test(plain)) ?? false;
      if (typed === undefined || !usable) return { answer: 'failed', why: 'the dialog returned no password' };
      return { answer: 'typed', handle: secrets.keep(typed), user: prompt.user.name };
    },
  };
}
