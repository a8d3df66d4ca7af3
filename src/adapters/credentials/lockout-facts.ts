import { type Lockout, type LoginRecord, strictestLockout } from '../../domain/accounts.ts';
import type { LockoutFacts } from '../../domain/attempts.ts';
import { MINUTE_MS, SECOND_MS } from '../../domain/instant.ts';
import { orBug } from '../../domain/problem.ts';
import type { Commands } from '../../ports/commands.ts';
import { loginRecord } from '../commands/account-commands.ts';
import { accountPolicies, globalPolicy, policiesOfAccount } from '../commands/password-policy-commands.ts';
import { runCommand } from '../commands/run-command.ts';

const UNKNOWN: Lockout = { state: 'unknown' };
const NO_RECORD: LoginRecord = { failedLogins: null, failedAtEpoch: null, passwordSetAtEpoch: null };

/** How near an account is to being locked, as far as the Mac tells. What it does not tell is unknown, never harmless. */
export async function lockoutFactsOf(commands: Commands, name: string): Promise<LockoutFacts> {
  const ofAll = await runCommand(commands, accountPolicies, undefined).catch(orBug(null));
  const ofAccount = await runCommand(commands, policiesOfAccount, { name }).catch(orBug(null));
  const older = await runCommand(commands, globalPolicy, undefined).catch(orBug(null));
  const record = await runCommand(commands, loginRecord, { name }).catch(orBug(NO_RECORD));
  const told = [ofAll?.lockout ?? UNKNOWN, ofAccount?.lockout ?? UNKNOWN];
  // Many a Mac has nothing to say in the older form; what it says counts, its silence does not.
  if (older !== null && older.lockout.state !== 'unknown') told.push(older.lockout);
  const lockout = told.reduce(strictestLockout);
  return { lockout, failures: record.failedLogins, lockedUntil: lockedUntil(lockout, record) };
}

function lockedUntil(lockout: Lockout, { failedLogins, failedAtEpoch }: LoginRecord): LockoutFacts['lockedUntil'] {
  if (lockout.state !== 'limited' || failedLogins === null || failedLogins < lockout.attempts) return null;
  if (lockout.resetMinutes === null || failedAtEpoch === null) return 'for good';
  return (failedAtEpoch + 1) * SECOND_MS + lockout.resetMinutes * MINUTE_MS;
}
