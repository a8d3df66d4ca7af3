import { type Lockout, type LoginRecord, type PasswordPolicy, strictestLockout } from '../../domain/accounts.ts';
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
  const older = await orElse(undefined, () => runCommand(commands, globalPolicy, undefined));
  const record = await orElse(NO_RECORD, () => runCommand(commands, loginRecord, { name }));
  const lockout = strictest([ofAll, ofAccount, ...(older === undefined ? [] : [older])]);
  return { lockout, failures: record.failedLogins, lockedUntil: lockedUntil(lockout, record) };
}

/**
 * A source without rules is silent where another one has some. One that could not be asked (null) may hide a stricter rule.
 * Where nobody tells anything it is unknown.
 */
function strictest(policies: readonly (PasswordPolicy | null)[]): Lockout {
  const failed = policies.some((policy) => policy === null);
  const told = policies.flatMap((policy) => (policy === null || policy.lockout.state === 'unknown' ? [] : [policy]));
  const all = told.map(({ lockout }) => lockout);
  if (failed || all.length === 0) all.push(UNKNOWN);
  return all.reduce(strictestLockout);
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
