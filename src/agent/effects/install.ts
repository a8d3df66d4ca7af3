import { runCommand } from '../../adapters/commands/run-command.ts';
import { installUpdate } from '../../adapters/commands/softwareupdate-commands.ts';
import { FAILURE_WORDS } from '../../adapters/softwareupdate/failure-words.ts';
import type { TransferOutcome } from '../../adapters/softwareupdate/parse-progress.ts';
import { sameBoot } from '../../domain/facts.ts';
import { isExpected, UpkeepError } from '../../domain/problem.ts';
import type { Secret } from '../../domain/secret.ts';
import type { InstallOutcome } from '../../machines/effects.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Commands } from '../../ports/commands.ts';
import type { Credentials, Whose } from '../../ports/credentials.ts';
import type { EffectBody } from '../effect-runner.ts';
import type { SecretKeeper } from '../secrets.ts';
import { readBootSession } from './gather-facts.ts';
import { unlockNextStart } from './unlock-next-start.ts';

/**
 * Installs and restarts. It may not be repeated blindly: after a crash `reconcile` asks whether the Mac has restarted
 * since, and where it has not, nobody knows whether macOS took the update, so the answer is "unknown".
 */
export function install(
  commands: Commands,
  clock: Clock,
  secrets: SecretKeeper,
  credentials: Credentials,
): EffectBody<'install'> {
  return {
    run: async ({ label, user, credential, forFileVault = false }, { signal, report }): Promise<InstallOutcome> => {
      const byOwner = (owner: { name: string; password: Secret } | null) =>
        runCommand(commands, installUpdate, { label, consoleUser: user, owner }, { signal });
      if (forFileVault) {
        // As late as can be: from here on the key of the disk lies in memory.
        const nextStart = await unlockNextStart({ commands, secrets, credentials }, credential, signal);
        report({ type: 'start.settled', at: clock.now(), monotonicMs: clock.monotonicMs(), nextStart });
        // Where that could not be written down, nothing else may begin.
        signal.throwIfAborted();
        return endOf(async () => outcomeOf(await byOwner(null)));
      }
      const password = credential === null ? null : secrets.take(credential.handle);
      if (credential !== null && password === null) {
        return {
          result: 'failed',
          reason: 'forgotten',
          detail: 'the password was forgotten before it was used; it will be asked for again',
        };
      }
      const owner = credential === null || password === null ? null : { name: credential.user, password };
      const whose = credential === null ? null : (credential.method ?? { typedFor: credential.user });
      try {
        // Written down before: a try that is cut off counts as one that went wrong.
        if (whose !== null) credentials.tried(whose, null);
      } catch (error) {
        if (!isExpected(error)) throw error;
        return { result: 'failed', reason: error.code, detail: error.message.replace(/\.$/, '') };
      }
      return endOf(async () => {
        const outcome = await byOwner(owner);
        const accepted = isAccepted(outcome);
        if (whose !== null && (accepted || outcome.error === 'authentication')) noteEnd(credentials, whose, accepted);
        return outcomeOf(outcome);
      });
    },
    reconcile: async ({ boot }, { signal }): Promise<InstallOutcome> => {
      const now = await readBootSession(commands, signal);
      if (!now.known) return { result: 'unknown', why: `the boot session could not be read: ${now.why}` };
      return sameBoot(now.value, boot)
        ? { result: 'unknown', why: 'upkeep was cut off while the install ran, and the Mac has not restarted since' }
        : { result: 'restarted' };
    },
  };
}

/** What cannot be written down stays a try that may have gone wrong; it changes nothing about the install. */
function noteEnd(credentials: Credentials, whose: Whose, right: boolean): void {
  try {
    credentials.tried(whose, right);
  } catch (error) {
    if (!isExpected(error)) throw error;
  }
}

const isAccepted = (outcome: TransferOutcome): boolean => outcome.kind === 'macos' && outcome.restarting;

function outcomeOf(outcome: TransferOutcome): InstallOutcome {
  if (outcome.error !== null) return { result: 'failed', reason: outcome.error, detail: FAILURE_WORDS[outcome.error] };
  if (isAccepted(outcome)) return { result: 'accepted' };
  return { result: 'unknown', why: 'softwareupdate ended without saying that it took the update' };
}

async function endOf(run: () => Promise<InstallOutcome>): Promise<InstallOutcome> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof UpkeepError && error.code === 'tool.missing')
      return { result: 'failed', reason: error.code, detail: error.message };
    // It ran, and how far it came is not known: a restart may still follow.
    return { result: 'unknown', why: error instanceof Error ? error.message : String(error) };
  }
}
