import type { PasswordVerdict } from '../../domain/accounts.ts';
import { type AttemptVerdict, mayAttempt } from '../../domain/attempts.ts';
import type { Instant } from '../../domain/instant.ts';
import { isExpected } from '../../domain/problem.ts';
import type { Secret } from '../../domain/secret.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Commands } from '../../ports/commands.ts';
import { checkLogin, checkVolumePassword } from '../commands/password-check-commands.ts';
import { runCommand } from '../commands/run-command.ts';
import { fitnessOf, type Unfit } from './account-fitness.ts';
import type { AttemptsFile } from './attempts-file.ts';
import { lockoutFactsOf } from './lockout-facts.ts';

export type VerifyParts = { commands: Commands; clock: Clock; attempts: AttemptsFile };

/**
 * `until`: when it may be tried again, where that is known. `tried`: the password was given to a tool. `logsIn`: that much is
 * certain, although nobody could say what the volume makes of it.
 */
export type Verification =
  | { fit: true; account: string; at: Instant }
  | ({ fit: false; until: Instant | null; tried: boolean; logsIn?: true } & Unfit);

/**
 * Whether a password could authorise an install in the name of an account. Everything that can be known without the
 * password is looked at first. Then both passwords of the account are asked about, the one that logs in and the one the
 * volume knows: an update needs the second, and only the first counts towards a lockout. `credential` names the version of
 * a saved one, null is one that somebody typed.
 *
 * Throws `input.wrong`, with nothing tried, for a password no prompt takes, and `store.unusable` where the attempts so far
 * cannot be read. Whoever calls holds the lock of the credentials.
 */
export async function verifyPassword(
  { commands, clock, attempts }: VerifyParts,
  { account: name, credential, secret }: { account: string; credential: string | null; secret: Secret },
): Promise<Verification> {
  const fitness = await fitnessOf(commands, name);
  if (!fitness.fit) return { ...fitness, until: null, tried: false };
  const { account } = fitness;
  // A password that cannot be typed is refused here, before it would be written down as tried.
  checkLogin.build({ name: account.name, password: secret });
  const lockout = await lockoutFactsOf(commands, account.name);
  const attempt = { account: account.name, credential, at: clock.now() };
  const verdict = mayAttempt(attempt, lockout, attempts.all());
  if (!verdict.may) return { fit: false, until: verdict.until, tried: false, ...REFUSALS[verdict.why] };

  const ended = attempts.begin(attempt);
  const login = await ask(() => runCommand(commands, checkLogin, { name: account.name, password: secret }));
  if (login.verdict !== 'right' && login.verdict !== 'wrong') return failed(unanswered(login));
  ended(login.verdict === 'right');
  const volume = await ask(() => runCommand(commands, checkVolumePassword, { guid: account.guid, password: secret }));
  if (volume.verdict === 'right' || volume.verdict === 'wrong') {
    ended(login.verdict === 'right', volume.verdict === 'right');
  }
  if (login.verdict === 'wrong') return failed(volume.verdict === 'right' ? ONLY_UNLOCKS : WRONG);
  if (volume.verdict === 'right') return { fit: true, account: account.name, at: clock.now() };
  if (volume.verdict === 'wrong') return failed(ONLY_LOGS_IN);
  return { ...failed(unanswered(volume)), logsIn: true };
}

function failed(unfit: Unfit): Extract<Verification, { fit: false }> {
  return { fit: false, until: null, tried: true, ...unfit };
}

/** `failed`: the tool did not do its work, as `message` says. */
type Answer = { verdict: PasswordVerdict } | { verdict: 'failed'; message: string };

async function ask(check: () => Promise<{ verdict: PasswordVerdict }>): Promise<Answer> {
  try {
    return await check();
  } catch (error) {
    if (!isExpected(error)) throw error;
    return { verdict: 'failed', message: error.message.replace(/\.$/, '') };
  }
}

function unanswered(answer: Answer): Unfit {
  switch (answer.verdict) {
    case 'locked':
      return { trouble: 'locked', why: 'macOS lets nobody log in to the account: it is locked, disabled or expired' };
    case 'no-such-account':
      return {
        trouble: 'no-account',
        why: 'there is no such account, or it is none of those who can unlock the volume',
      };
    case 'failed':
      return { trouble: 'command-failed', why: `the password could not be checked: ${answer.message}` };
    default:
      return { trouble: 'command-failed', why: 'macOS refused to check the password' };
  }
}

const WRONG: Unfit = { trouble: 'wrong-password', why: 'the password is wrong' };
const ONLY_LOGS_IN: Unfit = {
  trouble: 'drifted',
  why: 'the password logs in, but the startup volume knows another one for this account: the two have drifted apart',
};
const ONLY_UNLOCKS: Unfit = {
  trouble: 'drifted',
  why: 'the startup volume knows this password, but it does not log in: the account got another one since',
};

export const REFUSALS: Record<Extract<AttemptVerdict, { may: false }>['why'], Unfit> = {
  locked: { trouble: 'locked', why: 'the account is locked after too many wrong passwords' },
  'near-lockout': {
    trouble: 'near-lockout',
    why: 'one more wrong password could leave the person too few before the account is locked',
  },
  'failures-unknown': { trouble: 'unknown', why: 'how many wrong passwords there were already is not known' },
  'tried-today': { trouble: 'tried-today', why: 'this password was tried within the last day' },
  'known-wrong': { trouble: 'wrong-password', why: 'the password was wrong when it was last tried' },
  'known-drifted': {
    trouble: 'drifted',
    why: 'when it was last tried, the password was only one of the two that the account has: it logs in or unlocks the startup volume, and not both',
  },
};
