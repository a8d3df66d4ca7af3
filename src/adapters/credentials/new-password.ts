import { type PasswordPolicy, strictestPolicy } from '../../domain/accounts.ts';
import { orBug, UpkeepError } from '../../domain/problem.ts';
import { randomPassword } from '../../domain/random-password.ts';
import { Secret } from '../../domain/secret.ts';
import type { Commands } from '../../ports/commands.ts';
import { accountPolicies, globalPolicy, policiesOfAccount } from '../commands/password-policy-commands.ts';
import { typeable } from '../commands/passwords.ts';
import { runCommand } from '../commands/run-command.ts';

/** What cannot be read may be a rule, so the password is made as if there were one. */
const UNREAD: PasswordPolicy = {
  lockout: { state: 'unknown' },
  minLength: null,
  maxLength: null,
  required: [],
  unreadRules: ['rules that could not be read'],
};

/** A random password that keeps to the rules of this Mac, and of the account where there is one already. */
export async function newPassword(
  commands: Commands,
  account: string | null,
  pick: (below: number) => number,
): Promise<Secret> {
  const policies = [
    await runCommand(commands, accountPolicies, undefined).catch(orBug(UNREAD)),
    await runCommand(commands, globalPolicy, undefined).catch(orBug(UNREAD)),
  ];
  if (account !== null)
    policies.push(await runCommand(commands, policiesOfAccount, { name: account }).catch(orBug(UNREAD)));
  const made = new Secret(randomPassword(policies.reduce(strictestPolicy), pick));
  try {
    return typeable(made);
  } catch (cause) {
    throw new UpkeepError('credential.unfit', 'the rules of this Mac ask for a longer password than its tools take.', {
      remedy: 'Look at the rules with `pwpolicy -getaccountpolicies`. Nothing was changed.',
      cause,
    });
  }
}
