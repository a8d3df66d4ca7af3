import type { DialogJson } from '../../adapters/commands/dialog-commands.ts';
import { consoleUser } from '../../adapters/commands/fact-commands.ts';
import { runCommand } from '../../adapters/commands/run-command.ts';
import type { DialogAnswer } from '../../adapters/macos/dialog.ts';
import type { MethodTrouble, ToldWhy } from '../../domain/authority.ts';
import { orBug } from '../../domain/problem.ts';
import { Secret } from '../../domain/secret.ts';
import type { PasswordOutcome, PasswordPrompt } from '../../machines/effects.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Commands } from '../../ports/commands.ts';
import type { Credentials } from '../../ports/credentials.ts';
import type { EffectBody, EffectIo } from '../effect-runner.ts';
import type { SecretKeeper } from '../secrets.ts';
import { ACCOUNT_TITLE, accountLabels, KEEP, passwordJson } from './dialog-words.ts';
import { dialogAnswer } from './show-dialog.ts';

export type AskPasswordParts = {
  commands: Commands;
  clock: Clock;
  secrets: SecretKeeper;
  credentials: Credentials;
};

/** A dialog that comes back with nothing typed is shown again so often; more would be a dialog that is broken. */
const MOST_DIALOGS = 3;

/**
 * Asks for a password, and tries what was typed before anything is done with it. It stays a Secret in this process; the
 * answer carries a handle for it.
 *
 * A wrong password costs one attempt of the account, whoever tries it: a check by Open Directory as much as an install. The
 * check says so within seconds, the install only after minutes, so it is checked first; a right one costs nothing and sets
 * the count back to nought. Which account it is for decides whose attempts they are.
 *
 * Only whoever is at the Mac when the dialog ends has answered it. What somebody typed who has left since is thrown away.
 */
export function askPassword({ commands, clock, secrets, credentials }: AskPasswordParts): EffectBody<'askPassword'> {
  return {
    run: async (prompt, io): Promise<PasswordOutcome> => {
      const { answer, typed } = await typedIn(commands, clock, prompt, io);
      const atTheMac = await whoIsAtTheMac(commands, io);
      if (atTheMac === 'unknown' || io.signal.aborted)
        return { answer: 'failed', why: 'who is at the Mac when the dialog ends is not known' };
      if (atTheMac !== prompt.user.uid) return { answer: 'gone' };
      if (typed === null) return withoutPassword(answer);
      const { account, password, keep } = typed;
      const check = await credentials.checkTyped(account, password);
      if (check.result === 'wrong') return { answer: 'wrong', user: account, again: check.again };
      if (check.result === 'refused') return refused(account, check.why);
      const { user, offersToKeep } = prompt;
      const kept =
        keep && check.result === 'right' && offersToKeep !== undefined
          ? await credentials.keepTyped(user, password, check.at, offersToKeep)
          : undefined;
      const handle = secrets.keep(password);
      return { answer: 'typed', handle, user: account, ...(kept === undefined ? {} : { kept }) };
    },
  };
}

type Typed = { account: string; password: Secret; keep: boolean };

/** Shows the dialog until something was typed in it, or it ends in another way. Nothing but blanks is not a try. */
async function typedIn(
  commands: Commands,
  clock: Clock,
  prompt: PasswordPrompt,
  io: EffectIo,
): Promise<{ answer: DialogAnswer; typed: Typed | null }> {
  for (let shown = 1; ; shown += 1) {
    const options = passwordJson(prompt, clock.now(), shown > 1) as { [key: string]: DialogJson };
    const answer = await dialogAnswer(commands, clock, prompt.user, options, prompt.id, io);
    const typed = answer.end === 'button1' ? typedOf(prompt, answer.values ?? {}) : null;
    if (typed !== null || answer.end !== 'button1' || shown === MOST_DIALOGS || io.signal.aborted)
      return { answer, typed };
  }
}

function typedOf(prompt: PasswordPrompt, values: NonNullable<DialogAnswer['values']>): Typed | null {
  const password = Object.values(values).find((value) => value instanceof Secret);
  const isUsable = password?.expose((plain) => plain.trim() !== '' && !/[\r\n]/.test(plain)) ?? false;
  const account = accountIn(prompt, values);
  if (password === undefined || !isUsable || account === null) return null;
  return { account, password, keep: values[KEEP] === true };
}

/** Whose password it is: the person's own, or that of the account they chose from the list. */
function accountIn({ user, others }: PasswordPrompt, values: NonNullable<DialogAnswer['values']>): string | null {
  if (others === undefined) return user.name;
  const chosen = values[ACCOUNT_TITLE];
  const label = typeof chosen === 'object' && 'value' in chosen ? chosen.value : null;
  return accountLabels(others).find((one) => one.label === label)?.name ?? null;
}

function withoutPassword({ end, exitCode }: DialogAnswer): PasswordOutcome {
  switch (end) {
    case 'timer':
      return { answer: 'timed-out' };
    case 'button2':
    case 'quit-key':
    case 'closed':
      return { answer: 'declined' };
    case 'button1':
      return { answer: 'failed', why: 'the dialog returned no password' };
    default:
      return { answer: 'failed', why: `swiftDialog ended with ${exitCode ?? 'no exit code'} (${end})` };
  }
}

function refused(user: string, why: MethodTrouble): PasswordOutcome {
  if (isTold(why)) return { answer: 'cannot', user, why };
  return { answer: 'failed', why: `the password of ${user} could not be checked (${why})` };
}

const TOLD: ReadonlySet<string> = new Set<ToldWhy>(['not-owner', 'no-token', 'near-lockout', 'locked', 'drifted']);
const isTold = (why: MethodTrouble): why is ToldWhy & MethodTrouble => TOLD.has(why);

async function whoIsAtTheMac(commands: Commands, { signal }: EffectIo): Promise<number | null | 'unknown'> {
  const found = await runCommand(commands, consoleUser, undefined, { signal }).catch(orBug(null));
  if (found === null) return 'unknown';
  return found.name === null ? null : found.uid;
}
