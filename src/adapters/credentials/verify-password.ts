import type { PasswordVerdict } from '../../domain/accounts.ts';
import { type AttemptVerdict, mayAttempt } from '../../domain/attempts.ts';
import type { Instant } from '../../domain/instant.ts';
import { UpkeepError } from '../../domain/problem.ts';
import type { Secret } from '../../domain/secret.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Commands } from '../../ports/commands.ts';
import { checkLogin, checkVolumePassword } from '../commands/password-check-commands.ts';
import { runCommand } from '../commands/run-command.ts';
import { fitnessOf, type Unfit } from './account-fitness.ts';
import type { AttemptsFile } from './attempts-file.ts';
import { lockoutFactsOf } from './lockout-facts.ts';

export type VerifyParts = { commands: Commands; clock: Clock; attempts: AttemptsFile };

/** `until`: when it may be tried again, where that is known. `tried`: the password was given to a tool. */
export type Verification =
  | { fit: true; account: string; at: Instant }
  | ({ fit: false; until: Instant | null; tried: boolean } & Unfit);

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
  if (login === 'right' || login === 'wrong') ended(login === 'right');
  else return failed(ANSWERS[login]);
  const volume = await ask(() => runCommand(commands, checkVolumePassword, { guid: account.guid, password: secret }));
  if (volume !== 'right' && volume !== 'wrong') return failed(login === 'wrong' ? WRONG : ANSWERS[volume]);
  if (login === 'right' && volume === 'right') return { fit: true, account: account.name, at: clock.now() };
  if (login === volume) return failed(WRONG);
  return failed(login === 'right' ? ONLY_LOGS_IN : ONLY_UNLOCKS);
}

function failed(unfit: Unfit): Verification {
  return { fit: false, until: null, tried: true, ...unfit };
}

type Answer = Exclude<PasswordVerdict, 'right' | 'wrong'> | 'failed';

async function ask(check: () => Promise<{ verdict: PasswordVerdict }>): Promise<PasswordVerdict | 'failed'> {
  try {
    return (await check()).verdict;
  } catch (error) {
    if (error instanceof UpkeepError && error.code !== 'bug') return 'failed';
    throw error;
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

const ANSWERS: Record<Answer, Unfit> = {
  locked: {
    trouble: 'locked',
    why: 'macOS does not let anybody log in to the account: it is locked, disabled or expired',
  },
  'no-such-account': { trouble: 'no-account', why: 'there is no such account' },
  refused: { trouble: 'command-failed', why: 'macOS refused to check the password' },
  failed: { trouble: 'command-failed', why: 'the tool that checks the password did not do its work' },
};

const REFUSALS: Record<Extract<AttemptVerdict, { may: false }>['why'], Unfit> = {
  locked: { trouble: 'locked', why: 'the account is locked after too many wrong passwords' },
  'near-lockout': {
    trouble: 'near-lockout',
    why: 'one more wrong password could leave the person too few before the account is locked',
  },
  'failures-unknown': { trouble: 'unknown', why: 'how many wrong passwords there were already is not known' },
  'tried-today': { trouble: 'tried-today', why: 'this password was tried within the last day' },
  'known-wrong': { trouble: 'wrong-password', why: 'the password was wrong when it was last tried' },
};
