import { type Account, agreedToken, ownershipOf, type TokenState } from '../../domain/accounts.ts';
import type { MethodTrouble } from '../../domain/authority.ts';
import { isExpected } from '../../domain/problem.ts';
import type { Commands } from '../../ports/commands.ts';
import { cryptoUsers, readOneAccount, tokenStatus } from '../commands/account-commands.ts';
import { runCommand } from '../commands/run-command.ts';

/** Why something cannot be done with an account; `why` is a sentence for an administrator, without its full stop. */
export type Unfit = { trouble: Exclude<MethodTrouble, 'not-set'>; why: string };
export type Fitness = { fit: true; account: Account & { guid: string } } | ({ fit: false } & Unfit);

/**
 * Whether an account could authorise an install on Apple silicon, whatever its password: it is there, can be logged in to,
 * has a secure token and owns the volume. Only looks, so no password attempt is spent on an account that could not.
 */
export async function fitnessOf(commands: Commands, name: string): Promise<Fitness> {
  try {
    return await look(commands, name);
  } catch (error) {
    if (!isExpected(error)) throw error;
    return { fit: false, trouble: 'unknown', why: `it could not be found out: ${error.message.replace(/\.$/, '')}` };
  }
}

async function look(commands: Commands, name: string): Promise<Fitness> {
  const { account } = await runCommand(commands, readOneAccount, { name });
  if (account === null) return unfit('no-account', `there is no account “${name}” on this Mac`);
  if (account.disabled) return unfit('no-account', `the account “${name}” is disabled`);
  const { token, why } = await tokenOf(commands, account);
  if (token === 'disabled') return unfit('no-token', `“${name}” has no secure token`);
  if (token === 'unknown') return unfit('unknown', `whether “${name}” has a secure token is not known${why}`);
  const { list } = await runCommand(commands, cryptoUsers, undefined);
  const ownership = ownershipOf(account, list);
  if (ownership === 'not-owner') return unfit('not-owner', `“${name}” does not own the startup volume`);
  const { guid } = account;
  if (ownership === 'unknown' || guid === null) {
    return unfit('unknown', `whether “${name}” owns the startup volume is not known`);
  }
  return { fit: true, account: { ...account, guid } };
}

async function tokenOf(commands: Commands, account: Account): Promise<{ token: TokenState; why: string }> {
  const { token: told } = await runCommand(commands, tokenStatus, { name: account.name });
  const token = agreedToken(account.token, told);
  const disagree = token === 'unknown' && told !== 'unknown';
  return { token, why: disagree ? ': dscl and sysadminctl contradict each other' : '' };
}

function unfit(trouble: Unfit['trouble'], why: string): Fitness {
  return { fit: false, trouble, why };
}
