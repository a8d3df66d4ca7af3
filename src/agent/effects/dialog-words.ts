import { count, type Instant, lengthWords, localWords } from '../../domain/instant.ts';
import type { PasswordPrompt, PromptSpec } from '../../machines/effects.ts';

/** The JSON swiftDialog takes: its long option names as keys. */
export type DialogJson = Record<string, unknown>;

export const LATER = 'Remind me later';
export const NOW = 'Restart now';
export const CHOOSE_TIME = 'Choose a time…';
export const MENU_TITLE = 'Remind me in';
export const TIMES_TITLE = 'Restart at';

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
  }
}

export function passwordJson(prompt: PasswordPrompt, now: Instant): DialogJson {
  const again = prompt.attempt > 1 ? 'That password was not accepted. Is the Caps Lock key on? ' : '';
  return {
    title: `${prompt.target.title} needs your password`,
    message: `${again}macOS installs this update only with the password of **${prompt.user.name}**. The Mac restarts a few minutes after you type it, so please save your work first.`,
    icon: 'SF=lock',
    textfield: [{ title: 'Password', secure: true, required: true }],
    button1text: 'Continue',
    button2text: 'Not now',
    timer: Math.max(1, Math.round((prompt.closesAt - now) / 1000)),
    hidetimerbar: true,
    ontop: true,
    width: '560',
    height: '300',
  };
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
  return prompt.passwordNeeded ? 'You will be asked for your password.' : '';
}

function timesButton(prompt: PromptSpec): DialogJson {
  return prompt.times.length === 0 ? {} : { infobuttontext: CHOOSE_TIME };
}

const paragraphs = (...parts: string[]): string => parts.filter((part) => part !== '').join('\n\n');
