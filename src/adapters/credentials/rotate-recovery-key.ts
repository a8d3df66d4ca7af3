import { UpkeepError } from '../../domain/problem.ts';
import type { Secret } from '../../domain/secret.ts';
import { changeRecoveryKey, fileVaultStatus } from '../commands/filevault-commands.ts';
import { runCommand } from '../commands/run-command.ts';
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
  const { key, error } = await runCommand(parts.commands, changeRecoveryKey, {
    name: checked.account,
    password: secret,
  });
  if (key !== null) return key;
  throw new UpkeepError(
    'tool.failed',
    `fdesetup did not tell of a new recovery key: ${error ?? 'it gave no reason'}.`,
    {
      remedy: 'Ask whoever keeps the recovery keys whether the old one still works: `sudo fdesetup validaterecovery`.',
    },
  );
}
