import { mayAttempt } from '../../domain/attempts.ts';
import type { Secret } from '../../domain/secret.ts';
import { checkLogin } from '../commands/password-check-commands.ts';
import { runCommand } from '../commands/run-command.ts';
import type { Unfit } from './account-fitness.ts';
import { lockoutFactsOf } from './lockout-facts.ts';
import { REFUSALS, type VerifyParts } from './verify-password.ts';

/** `unknown`: it was not tried, or nothing came of the try. */
export type LoginTry = { login: 'right' | 'wrong' } | { login: 'unknown'; unfit: Unfit };

/**
 * Whether a password logs in to an account, within the tries the account is left. Says nothing of the startup volume, so it
 * also serves for an account that has no secure token.
 */
export async function tryLogin(
  { commands, clock, attempts }: VerifyParts,
  { account, credential, secret }: { account: string; credential: string | null; secret: Secret },
): Promise<LoginTry> {
  // What cannot be typed is refused here, before it would be written down as tried.
  checkLogin.build({ name: account, password: secret });
  const attempt = { account, credential, at: clock.now() };
  const known = attempts.all();
  const earlier = known.findLast((one) => one.account === account && one.credential === credential);
  if (credential !== null && earlier?.right === false) return { login: 'wrong' };
  const verdict = mayAttempt(attempt, await lockoutFactsOf(commands, account), known);
  if (!verdict.may) return { login: 'unknown', unfit: REFUSALS[verdict.why] };
  const ended = attempts.begin(attempt);
  const { verdict: said } = await runCommand(commands, checkLogin, { name: account, password: secret });
  if (said === 'right' || said === 'wrong') {
    ended(said === 'right');
    return { login: said };
  }
  return { login: 'unknown', unfit: { trouble: 'locked', why: 'macOS did not say whether the password is right' } };
}
