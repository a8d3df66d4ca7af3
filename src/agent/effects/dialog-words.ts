import type { OtherOwner } from '../../domain/authority.ts';
import { count, type Instant, lengthWords, localWords } from '../../domain/instant.ts';
import type { PasswordPrompt, PromptSpec } from '../../machines/effects.ts';

/** The JSON swiftDialog takes: its long option names as keys. */
export type DialogJson = Record<string, unknown>;

export const LATER = 'Remind me later';
export const NOW = 'Restart now';
export const CHOOSE_TIME = 'Choose a time…';
export const MENU_TITLE = 'Remind me in';
export const TIMES_TITLE = 'Restart at';
export const ACCOUNT_TITLE = 'Account';
export const KEEP = 'Keep it in my keychain, so that I am not asked next time';

/** The words of a dialog. The times in them are the very instants that are acted upon. */
export function dialogJson(prompt: PromptSpec, now: Instant): DialogJson {
  const timer = Math.max(1, Math.round((prompt.closesAt - now) / 1000));
  const common = {
    icon: 'SF=arrow.triangle.2.circlepath',
    ontop: true,
    moveable: true,
    width: '620',
    height: '360',
    quitoninfo: true,
  };
  switch (prompt.kind) {
    case 'choice':
      return {
        ...common,
        title: `${prompt.target.title} is ready`,
        message: paragraphs(intro(prompt), deadlineWords(prompt), passwordWords(prompt)),
        button1text: LATER,
        button2text: NOW,
        ...timesButton(prompt),
        selectitems: [
          {
            title: MENU_TITLE,
            values: prompt.deferrals.map((choice) => choice.label),
            default: prompt.deferrals[0]?.label ?? '',
          },
        ],
        timer,
        hidetimerbar: true,
      };
    case 'soft':
      return {
        ...common,
        title: `${prompt.target.title}: please restart`,
        message: paragraphs(intro(prompt), softWords(prompt), passwordWords(prompt)),
        button1text: NOW,
        ...timesButton(prompt),
        timer,
        hidetimerbar: true,
      };
    case 'schedule':
      return {
        ...common,
        title: 'When should this Mac restart?',
        message: paragraphs('You will be reminded before it happens.', deadlineWords(prompt)),
        button1text: 'Schedule',
        button2text: 'Back',
        selectitems: [
          {
            title: TIMES_TITLE,
            values: prompt.times.map((choice) => choice.label),
            default: prompt.times[0]?.label ?? '',
          },
        ],
        timer,
        hidetimerbar: true,
      };
    case 'warning':
      return {
        ...common,
        title: `This Mac restarts at ${localWords(prompt.restartAt ?? 0, prompt.zone)}`,
        message: paragraphs(
          `${prompt.organisation} installs **${prompt.target.title}** on this Mac. It restarts at **${localWords(prompt.restartAt ?? 0, prompt.zone)}**, in ${lengthWords((prompt.restartAt ?? now) - now)}.`,
          'Please save your work. You may also restart at once.',
          passwordWords(prompt),
        ),
        button1text: 'OK',
        button2text: NOW,
        timer,
      };
    case 'notice':
      return {
        ...common,
        title: `${prompt.target.title} cannot be installed yet`,
        message: noticeWords(prompt),
        icon: 'SF=lock',
        button1text: 'OK',
        timer,
        hidetimerbar: true,
      };
  }
}

/** `blank`: the dialog comes back because nothing was typed in it. */
export function passwordJson(prompt: PasswordPrompt, now: Instant, blank = false): DialogJson {
  const { target, others, offersToKeep, repairsToken } = prompt;
  const labels = accountLabels(others ?? []).map(({ label }) => label);
  const account = {
    title: ACCOUNT_TITLE,
    values: labels,
    ...(labels.length === 1 ? { default: labels[0] ?? '' } : {}),
  };
  return {
    title: `${target.title} needs ${others === undefined ? 'your' : 'a'} password`,
    message: paragraphs(
      blank ? blankWords(prompt) : prompt.attempt > 1 ? WRONG : '',
      others === undefined ? ownWords(prompt) : othersWords(prompt),
    ),
    icon: 'SF=lock',
    ...(others === undefined ? {} : { selectitems: [account] }),
    textfield: [{ title: 'Password', secure: true, required: true }],
    ...(offersToKeep === undefined ? {} : { checkbox: [{ label: KEEP, checked: false }] }),
    button1text: 'Continue',
    button2text: 'Not now',
    timer: Math.max(1, Math.round((prompt.closesAt - now) / 1000)),
    hidetimerbar: true,
    ontop: true,
    width: '560',
    height: others === undefined && offersToKeep === undefined && repairsToken === undefined ? '300' : '380',
  };
}

/** Each account by its full name, and by its short one too where two are called the same. */
export function accountLabels(others: readonly OtherOwner[]): { name: string; label: string }[] {
  return others.map(({ name, fullName }) => {
    const isShared = others.filter((one) => one.fullName === fullName).length > 1;
    return { name, label: isShared ? `${fullName} (${name})` : fullName };
  });
}

// macOS shows a sign in the field while Caps Lock is on; who has just been refused is asked all the same.
const WRONG = 'That password was not accepted. Is the Caps Lock key on?';
const SAVE_FIRST = 'The Mac restarts a few minutes after it is typed, so please save your work first.';

function blankWords({ others }: PasswordPrompt): string {
  return others === undefined ? 'Nothing was typed.' : 'Please choose an account and type its password.';
}

function ownWords({ user, organisation, repairsToken }: PasswordPrompt): string {
  return paragraphs(
    `macOS installs this update only with the password of **${user.name}**. ${SAVE_FIRST}`,
    repairsToken
      ? `As you are an administrator, the same password also gives the management server of ${organisation} a new key of this Mac (the bootstrap token), so that it can install the next update without you.`
      : '',
  );
}

function othersWords({ user, organisation }: PasswordPrompt): string {
  return paragraphs(
    `The account **${user.name}** cannot authorise this update: macOS takes only the password of an account that owns the startup volume. Choose one of those below, and let whoever it belongs to type its password.`,
    `${SAVE_FIRST} If nobody can, choose “Not now” and ask ${organisation}.`,
  );
}

function noticeWords({ notice, user, organisation, target }: PromptSpec): string {
  const account = notice?.account ?? user.name;
  const ask = `Please contact ${organisation}.`;
  switch (notice?.why) {
    case 'no-token':
    case 'not-owner':
    case undefined:
      return paragraphs(
        `macOS installs **${target.title}** only with the password of an account that owns the startup volume. The account **${account}** ${notice?.why === 'no-token' ? 'has no secure token, and without one it cannot be such an account' : 'is none of those'}, and no other account on this Mac can be used for it.`,
        `You have done nothing wrong, and typing a password would not help. ${ask}`,
      );
    case 'near-lockout':
      return paragraphs(
        `One more wrong password could lock the account **${account}**, so it is not asked for now.`,
        'Once the right password has been used to log in or to unlock the screen, you will be asked again, tomorrow at the earliest.',
      );
    case 'locked':
      return paragraphs(
        `macOS has locked the account **${account}**, so no password was tried.`,
        `You will be asked again tomorrow at the earliest. If it stays locked, please contact ${organisation}.`,
      );
    case 'drifted':
      return paragraphs(
        `Your login password works but the disk knows another one: the account **${account}** has two different passwords, and an update needs them to be the same.`,
        `Typing it again does not help. ${ask}`,
      );
    case 'wrong-password':
      return paragraphs(
        `The password of **${account}** was not accepted. So as not to lock the account, it is not asked for again before tomorrow.`,
        `If you do not know the password any more: please contact ${organisation}.`,
      );
  }
}

function intro(prompt: PromptSpec): string {
  return `${prompt.organisation} asks you to install **${prompt.target.title}**. It is downloaded; this Mac has to restart to finish.`;
}

function deadlineWords(prompt: PromptSpec): string {
  const parts: string[] = [];
  if (prompt.deferralsLeft !== null) parts.push(`You can put it off ${count(prompt.deferralsLeft, 'more time')}.`);
  if (prompt.softAt !== null)
    parts.push(`From ${localWords(prompt.softAt, prompt.zone)} on it cannot be put off any more.`);
  if (prompt.hardAt !== null)
    parts.push(`The Mac restarts by itself at ${localWords(prompt.hardAt, prompt.zone)}, after a warning.`);
  return parts.join(' ');
}

function softWords(prompt: PromptSpec): string {
  const end =
    prompt.hardAt === null
      ? ''
      : ` If nobody does, it restarts by itself at ${localWords(prompt.hardAt, prompt.zone)}, after a warning.`;
  return `It cannot be put off any more: restart when it suits you.${end}`;
}

function passwordWords(prompt: PromptSpec): string {
  if (!prompt.passwordNeeded) return '';
  return prompt.ofOthers === true
    ? 'It needs the password of an account that owns the startup volume; yours does not. You will be asked for it.'
    : 'You will be asked for your password.';
}

function timesButton(prompt: PromptSpec): DialogJson {
  return prompt.times.length === 0 ? {} : { infobuttontext: CHOOSE_TIME };
}

const paragraphs = (...parts: string[]): string => parts.filter((part) => part !== '').join('\n\n');
