import { authRestart } from '../../adapters/commands/filevault-commands.ts';
import { runCommand } from '../../adapters/commands/run-command.ts';
import type { FileVaultError } from '../../adapters/macos/fdesetup.ts';
import type { NextStart, NotUnlocked } from '../../domain/filevault.ts';
import { UpkeepError } from '../../domain/problem.ts';
import type { InstallOrder } from '../../machines/effects.ts';
import type { Commands } from '../../ports/commands.ts';
import type { Credentials } from '../../ports/credentials.ts';
import type { SecretKeeper } from '../secrets.ts';

/**
 * Has the next start pass FileVault's screen, once. It restarts nothing itself. Whatever goes wrong is an answer and
 * never an error: the install goes on without it.
 */
export async function unlockNextStart(
  { commands, secrets, credentials }: { commands: Commands; secrets: SecretKeeper; credentials: Credentials },
  credential: InstallOrder['credential'],
  signal: AbortSignal,
): Promise<NextStart> {
  const password = credential === null ? null : secrets.take(credential.handle);
  if (credential === null || password === null || credential.method === undefined) return not('forgotten');
  const { method, user: name } = credential;
  try {
    // Written down before: a try that is cut off counts as one that went wrong.
    credentials.tried(method, null);
  } catch {
    return not('not-noted');
  }
  try {
    const { accepted, error } = await runCommand(
      commands,
      authRestart,
      { name, password, delayMinutes: -1 },
      { signal },
    );
    // Of any other failure nobody can say whether the password was right.
    if (accepted || error === 'wrong-password') credentials.tried(method, accepted);
    return accepted ? { unlocked: true } : not(WHY[error ?? 'other'] ?? 'refused');
  } catch (error) {
    const ran = !(error instanceof UpkeepError) || !NOTHING_RAN.has(error.code);
    return not(ran ? 'no-answer' : 'refused');
  }
}

const not = (why: NotUnlocked): NextStart => ({ unlocked: false, why });

const WHY: Partial<Record<FileVaultError, NotUnlocked>> = {
  'wrong-password': 'wrong-password',
  cannotRestart: 'cannot-restart',
};

const NOTHING_RAN: ReadonlySet<string> = new Set(['tool.missing', 'input.wrong']);
