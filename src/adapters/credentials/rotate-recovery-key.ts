import { isExpected, UpkeepError } from '../../domain/problem.ts';
import type { Secret } from '../../domain/secret.ts';
import { changeRecoveryKey, fileVaultStatus, type Unlocking } from '../commands/filevault-commands.ts';
import { runCommand } from '../commands/run-command.ts';
import type { FileVaultError } from '../macos/fdesetup.ts';
import { readyAccount } from './rotate-service-account.ts';
import { type Administrator, METHOD, type ServiceParts } from './service-account.ts';
import { troubleError } from './trouble-error.ts';
import { verifyPassword } from './verify-password.ts';

/** Throws where there is no FileVault whose key could be changed. */
export async function requireFileVault({ commands }: Pick<ServiceParts, 'commands'>): Promise<void> {
  const { active } = await runCommand(commands, fileVaultStatus, undefined);
  if (active) return;
  throw new UpkeepError('credential.missing', 'FileVault is not on, so there is no recovery key.', {
    remedy: 'Turn FileVault on first. Nothing was changed.',
  });
}

/**
 * Makes a new personal recovery key; the old one opens nothing any more. Without somebody given the service account
 * authorises it. The key is handed back as a secret, and where nobody looks at it only an MDM has it.
 */
export async function rotateRecoveryKey(parts: ServiceParts, by: Administrator | null): Promise<Secret> {
  await requireFileVault(parts);
  const name = by?.name ?? (await readyAccount(parts));
  const reading = by === null ? await parts.store.read(METHOD) : { found: true as const, secret: by.password };
  if (!reading.found) throw troubleError(`the service account cannot be used: ${reading.why}.`, reading, name);
  const { secret } = reading;
  const checked = await verifyPassword(parts, { account: name, credential: null, secret });
  if (!checked.fit) throw troubleError(`“${name}” cannot authorise this: ${checked.why}.`, checked, name);
  return changedKey(parts, { name: checked.account, password: secret });
}

/** The new key. Without one nobody can say from here whether the old one still opens the disk: it may be dead already. */
async function changedKey({ commands }: ServiceParts, unlocking: Unlocking): Promise<Secret> {
  const changed = await runCommand(commands, changeRecoveryKey, unlocking).catch((error: unknown) => {
    if (isExpected(error)) throw notTold(error.message.replace(/\.$/, ''), error);
    throw error;
  });
  if (changed.key !== null) return changed.key;
  throw notTold(FAILED[changed.error ?? 'other']);
}

function notTold(why: string, cause?: UpkeepError): UpkeepError {
  return new UpkeepError(
    'tool.failed',
    `No new recovery key was told (${why}), and whether the old one still opens the disk is not known.`,
    { remedy: CHECK_OLD_KEY, ...(cause === undefined ? {} : { cause }) },
  );
}

const CHECK_OLD_KEY =
  'Let whoever keeps the recovery keys try the old one: `sudo fdesetup validaterecovery`. Where it is dead, run this again: it makes a new one.';

const FAILED: Record<FileVaultError, string> = {
  'wrong-password': 'FileVault did not accept the password',
  cannotChangeKey: 'fdesetup could not change the key',
  cannotRestart: 'fdesetup gave another error',
  off: 'FileVault is off',
  busy: 'FileVault is busy',
  forbidden: 'management forbids it',
  'bad-input': 'fdesetup did not understand what it was given',
  other: 'fdesetup gave no reason that is known',
};
