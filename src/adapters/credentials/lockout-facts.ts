import { type Lockout, type LoginRecord, strictestLockout } from '../../domain/accounts.ts';
import type { LockoutFacts } from '../../domain/attempts.ts';
import { MINUTE_MS, SECOND_MS } from '../../domain/instant.ts';
import { UpkeepError } from '../../domain/problem.ts';
import type { Commands } from '../../ports/commands.ts';
import { loginRecord } from '../commands/account-commands.ts';
import { accountPolicies, globalPolicy, policiesOfAccount } from '../commands/password-policy-commands.ts';
import { runCommand } from '../commands/run-command.ts';

const UNKNOWN: Lockout = { state: 'unknown' };
const NO_RECORD: LoginRecord = { failedLogins: null, failedAtEpoch: null, passwordSetAtEpoch: null };

/** How near an account is to being locked, as far as the Mac tells. What it does not tell is unknown, never harmless. */
export async function lockoutFactsOf(commands: Commands, name: string): Promise<LockoutFacts> {
  const ofAll = await orElse(null, () => runCommand(commands, accountPolicies, undefined));
  const ofAccount = await orElse(null, () => runCommand(commands, policiesOfAccount, { name }));
  const older = await orElse(null, () => runCommand(commands, globalPolicy, undefined));
  const record = await orElse(NO_RECORD, () => runCommand(commands, loginRecord, { name }));
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

async function orElse<T, U>(otherwise: U, ask: () => Promise<T>): Promise<T | U> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof UpkeepError && error.code !== 'bug') return otherwise;
    throw error;
  }
}
