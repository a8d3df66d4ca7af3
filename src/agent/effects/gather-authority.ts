import { cryptoUsers, listAccounts, loginRecord, tokenStatus } from '../../adapters/commands/account-commands.ts';
import type { Command } from '../../adapters/commands/command.ts';
import { accountPolicies } from '../../adapters/commands/password-policy-commands.ts';
import { runCommand } from '../../adapters/commands/run-command.ts';
import { agreedToken, type Lockout, lockoutAttempts, ownershipOf } from '../../domain/accounts.ts';
import { LEFT_TO_THE_PERSON } from '../../domain/attempts.ts';
import type { AuthMethod, AuthorityFacts, MethodTrouble, PersonState } from '../../domain/authority.ts';
import type { ConsoleUser } from '../../domain/facts.ts';
import { UpkeepError } from '../../domain/problem.ts';
import type { Commands } from '../../ports/commands.ts';
import type { Credentials } from '../../ports/credentials.ts';

/** By whose authority an install could be done now. Only looks: no password is tried. */
export async function gatherAuthority(
  commands: Commands,
  credentials: Credentials,
  user: ConsoleUser | null,
  signal: AbortSignal,
): Promise<AuthorityFacts> {
  const methods = await credentials.look(user, signal).catch(orBug(unknownWays));
  return { methods, person: user === null ? 'nobody' : await personState(commands, user.name, signal) };
}

export const unknownWays: Record<AuthMethod, MethodTrouble> = {
  'saved-password': 'unknown',
  'local-account': 'unknown',
  'service-account': 'unknown',
  mdm: 'unknown',
};

/** Whether the account of the person at the Mac could authorise an install; what is not known is `unknown`. */
async function personState(commands: Commands, name: string, signal: AbortSignal): Promise<PersonState> {
  const ask = <I, O>(command: Command<I, O, 'probe'>, input: I): Promise<O | null> =>
    runCommand(commands, command, input, { signal }).catch(orBug(null));
  const [accounts, users, status, logins, policies] = await Promise.all([
    ask(listAccounts, undefined),
    ask(cryptoUsers, undefined),
    ask(tokenStatus, { name }),
    ask(loginRecord, { name }),
    ask(accountPolicies, undefined),
  ]);
  const account = accounts?.accounts.find((one) => one.name === name);
  if (account === undefined) return 'unknown';
  const token = agreedToken(account.token, status?.token ?? 'unknown');
  if (token === 'disabled') return 'no-token';
  const ownership = ownershipOf(account, users?.list ?? null);
  if (ownership === 'not-owner') return 'not-owner';
  if (isNearLockout(policies?.lockout ?? { state: 'unknown' }, logins?.failedLogins ?? null)) return 'near-lockout';
  return token === 'unknown' || ownership === 'unknown' ? 'unknown' : 'ready';
}

/** Whether a mistyped password more would leave the person too few. */
function isNearLockout(lockout: Lockout, failures: number | null): boolean {
  const limit = lockoutAttempts(lockout);
  return limit !== null && failures !== null && failures + 1 > limit - LEFT_TO_THE_PERSON;
}

/** Unknown is a value; only a bug of ours is not. */
export function orBug<T>(otherwise: T): (error: unknown) => T {
  return (error) => {
    if (error instanceof UpkeepError && error.code !== 'bug') return otherwise;
    throw error;
  };
}
