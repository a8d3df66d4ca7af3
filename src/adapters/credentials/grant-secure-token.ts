import { UpkeepError } from '../../domain/problem.ts';
import type { Secret } from '../../domain/secret.ts';
import { grantToken } from '../commands/account-change-commands.ts';
import { adminMembership, readOneAccount } from '../commands/account-commands.ts';
import { runCommand } from '../commands/run-command.ts';
import { fitnessOf } from './account-fitness.ts';
import { readyAccount } from './rotate-service-account.ts';
import { FULL_NAME, METHOD, type ServiceParts } from './service-account.ts';
import { troubleError } from './trouble-error.ts';
import { tryLogin } from './try-login.ts';

/** Whom a token can be given to, before anybody types a password; null where the account has one that works. */
export async function wantsToken(parts: ServiceParts, wanted: string): Promise<string | null> {
  const service = await readyAccount(parts);
  const { account } = await runCommand(parts.commands, readOneAccount, { name: wanted });
  const fitness = await fitnessOf(parts.commands, wanted);
  if (fitness.fit) return null;
  if (account === null || fitness.trouble !== 'no-token') throw troubleError(`${fitness.why}.`, fitness, wanted);
  if (!(await runCommand(parts.commands, adminMembership, { name: service })).member) {
    throw new UpkeepError(
      'credential.unfit',
      `“${service}” is no administrator, and only one can give a secure token.`,
      {
        remedy: 'Make the service account anew without --standard. Nothing was changed.',
      },
    );
  }
  return account.name;
}

/**
 * Gives an account a secure token, by the service account. The tool says “Done!” even if nothing came of it, so it is looked
 * at afterwards, by both sources.
 */
export async function grantSecureToken(parts: ServiceParts, name: string, password: Secret): Promise<void> {
  const service = await readyAccount(parts);
  const reading = await parts.store.read(METHOD);
  if (!reading.found) throw troubleError(`the service account cannot be used: ${reading.why}.`, reading, service);
  const { account } = await runCommand(parts.commands, readOneAccount, { name });
  const tried = await tryLogin(parts, { account: name, credential: null, secret: password });
  if (tried.login === 'unknown') throw troubleError(`nothing was tried: ${tried.unfit.why}.`, tried.unfit, name);
  if (tried.login === 'wrong') {
    throw new UpkeepError('credential.unfit', `the password is not that of “${name}”.`, {
      remedy: 'Try again with the right one; a wrong one counts as a failed login. No token was asked for.',
    });
  }
  const said = await runCommand(parts.commands, grantToken, {
    account: { name, password, fullName: account?.fullName ?? null },
    admin: { name: service, password: reading.secret, fullName: FULL_NAME },
  });
  const after = await fitnessOf(parts.commands, name);
  if (after.fit) return;
  throw new UpkeepError(
    after.trouble === 'unknown' ? 'credential.later' : 'credential.unfit',
    `“${name}” did not get a secure token: ${after.why}. The tool said ${said.error ?? 'that it was done'}.`,
    { remedy: 'Try again; if it goes on, `sudo upkeep auth verify service-account`.', facts: { account: name } },
  );
}
