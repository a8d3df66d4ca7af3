import type { Account } from '../../domain/accounts.ts';
import { UpkeepError } from '../../domain/problem.ts';
import type { Commands } from '../../ports/commands.ts';
import { adminMembership } from '../commands/account-commands.ts';
import { runCommand } from '../commands/run-command.ts';
import { fitnessOf } from './account-fitness.ts';
import { troubleError } from './trouble-error.ts';

/** The account of an administrator who has a secure token and owns the volume. Throws where it is none; tries no password. */
export async function fitAdministrator(commands: Commands, name: string): Promise<Account> {
  const fitness = await fitnessOf(commands, name);
  if (!fitness.fit) throw troubleError(`${fitness.why}.`, fitness, name);
  if ((await runCommand(commands, adminMembership, { name: fitness.account.name })).member) return fitness.account;
  throw new UpkeepError('credential.unfit', `“${name}” is no administrator.`, {
    remedy: 'Name an administrator who has a secure token. Nothing was changed.',
    facts: { account: name },
  });
}
