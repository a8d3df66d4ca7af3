import { powerSettings } from '../../adapters/commands/fact-commands.ts';
import { fileVaultStatus, fileVaultUsers, supportsAuthRestart } from '../../adapters/commands/filevault-commands.ts';
import { runCommand } from '../../adapters/commands/run-command.ts';
import { AUTH_METHODS, type AuthMethod, type MethodTrouble } from '../../domain/authority.ts';
import type { ConsoleUser, Facts } from '../../domain/facts.ts';
import type { FileVaultFacts } from '../../domain/filevault.ts';
import { orBug } from '../../domain/problem.ts';
import type { Commands } from '../../ports/commands.ts';
import type { Credentials } from '../../ports/credentials.ts';
import { factOf } from './fact-of.ts';
import { unknownWays } from './gather-authority.ts';

/**
 * Whether the next start stops at FileVault's screen, and whose saved password could unlock it in advance. Only looks: no
 * password is tried, and nobody is looked for who could type one, for nobody is ever asked for this.
 */
export async function gatherFileVault(
  commands: Commands,
  credentials: Credentials,
  user: ConsoleUser | null,
  signal: AbortSignal,
): Promise<Pick<Facts, 'fileVault' | 'authority'>> {
  const fileVault = await factOf(() => readFileVault(commands, signal));
  if (!fileVault.known || !fileVault.value.on || !fileVault.value.passable || !fileVault.value.keepsKey) {
    return { fileVault };
  }
  const openers = await openersOf(commands, signal);
  const methods = { ...(await credentials.look(user, signal).catch(orBug(unknownWays))) };
  for (const method of AUTH_METHODS) methods[method] ??= troubleOf(method, credentials, openers);
  // A management server has no password of an account that could be handed to `fdesetup`.
  methods.mdm = 'not-set';
  return { fileVault, authority: { methods, person: 'unknown' } };
}

async function readFileVault(commands: Commands, signal: AbortSignal): Promise<FileVaultFacts> {
  const [{ active }, { answer }, { destroysFileVaultKey }] = await Promise.all([
    runCommand(commands, fileVaultStatus, undefined, { signal }),
    runCommand(commands, supportsAuthRestart, undefined, { signal }),
    runCommand(commands, powerSettings, undefined, { signal }),
  ]);
  return { on: active, passable: answer, keepsKey: !destroysFileVaultKey };
}

/** The accounts that FileVault's screen takes a password of; null where that is not known. */
async function openersOf(commands: Commands, signal: AbortSignal): Promise<ReadonlySet<string> | null> {
  const found = await runCommand(commands, fileVaultUsers, undefined, { signal }).catch(orBug(null));
  return found === null ? null : new Set(found.users.map(({ name }) => name));
}

/** What else is wrong with a way that could authorise an install: its account may not be one of FileVault's. */
function troubleOf(
  method: AuthMethod,
  credentials: Credentials,
  openers: ReadonlySet<string> | null,
): MethodTrouble | null {
  const account = credentials.accountOf(method);
  if (account === null || openers === null) return 'unknown';
  return openers.has(account) ? null : 'not-filevault-user';
}
