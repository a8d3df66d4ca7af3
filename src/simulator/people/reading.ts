import type { ButtonName } from '../mac/happenings.ts';
import type { DialogWindow } from '../mac/screen.ts';

export type Meaning = 'later' | 'now' | 'ok' | 'choose a time' | 'schedule' | 'unclear';
export type Button = { name: ButtonName; label: string; meaning: Meaning };
export type Choice = { title: string; values: string[]; preset: string };

/** What kind of window it looks like to somebody who reads no documentation. */
export type SightKind = 'choice' | 'last choice' | 'schedule' | 'warning' | 'password' | 'notice';

/** All that can be seen of a dialog. A person decides by nothing else. */
export type Sight = {
  kind: SightKind;
  title: string;
  message: string;
  buttons: Button[];
  choices: Choice[];
  secureField: string | null;
  checkboxes: string[];
  /** What the countdown shows. */
  remainingMs: number | null;
};

export function lookAt(window: DialogWindow): Sight {
  const { shows } = window;
  const buttons = buttonsOf(shows);
  const choices = listOf(shows.selectitems).map((item) => {
    const values = Array.isArray(item.values) ? item.values.map(String) : [];
    return { title: String(item.title ?? ''), values, preset: String(item.default ?? values[0] ?? '') };
  });
  const secure = listOf(shows.textfield).find((field) => field.secure === true || field.secure === 'true');
  const secureField = secure ? String(secure.title ?? '') : null;
  const kind = kindOf(buttons, choices, secureField);
  const remainingMs = window.remainingMs();
  const checkboxes = listOf(shows.checkbox).map((box) => String(box.label ?? ''));
  const [title, message] = [words(shows.title), words(shows.message)];
  return { kind, title, message, buttons, choices, secureField, checkboxes, remainingMs };
}

export function buttonMeaning(label: string): Meaning {
  if (/choose a time|pick a time/i.test(label)) return 'choose a time';
  if (/later|defer|not now|\bback\b|cancel|remind/i.test(label)) return 'later';
  if (/schedule/i.test(label)) return 'schedule';
  if (/restart|install|continue|\bnow\b|update/i.test(label)) return 'now';
  if (/^(ok|okay|got it|understood|close)$/i.test(label.trim())) return 'ok';
  return 'unclear';
}

export function buttonThatMeans(sight: Sight, ...meanings: Meaning[]): Button | null {
  for (const meaning of meanings) {
    const button = sight.buttons.find((one) => one.meaning === meaning);
    if (button) return button;
  }
  return null;
}

/** The length of time an entry such as `4 hours` or `1 day` promises, in minutes; null when it reads otherwise. */
export function minutesIn(text: string): number | null {
  let total: number | null = null;
  for (const [, amount, unit] of text.matchAll(/(\d+|an?)\s*(minute|min|hour|day|week)/gi)) {
    const n = /^an?$/i.test(amount ?? '') ? 1 : Number(amount);
    total = (total ?? 0) + n * (MINUTES[(unit ?? '').toLowerCase()] ?? 0);
  }
  return total;
}

/** The entry that puts it off the longest; the last one when the entries are no lengths. */
export function longestOf(values: readonly string[]): string | null {
  let best: { value: string; minutes: number } | null = null;
  for (const value of values) {
    const minutes = minutesIn(value);
    if (minutes !== null && (best === null || minutes > best.minutes)) best = { value, minutes };
  }
  return best?.value ?? values.at(-1) ?? null;
}

/** The first entry that is in the evening: by a clock time from 16:30 to 23:59, or in words. */
export function eveningOf(values: readonly string[]): string | null {
  const evening = values.find((value) => {
    const [, hour, minute] = /(\d{1,2}):(\d{2})/.exec(value) ?? [];
    const minutes = Number(hour) * 60 + Number(minute);
    return (minutes >= 16 * 60 + 30 && minutes < 24 * 60) || /evening|tonight|end of (the )?day/i.test(value);
  });
  return evening ?? null;
}

const MINUTES: Record<string, number> = { minute: 1, min: 1, hour: 60, day: 1_440, week: 10_080 };

function buttonsOf(shows: Record<string, unknown>): Button[] {
  const named = (name: ButtonName, label: string): Button => ({ name, label, meaning: buttonMeaning(label) });
  const buttons = [named('button1', words(shows.button1text) || 'OK')];
  if (shows.button2text !== undefined) buttons.push(named('button2', words(shows.button2text)));
  if (shows.infobuttontext !== undefined) buttons.push(named('info', words(shows.infobuttontext)));
  return buttons;
}

function kindOf(buttons: Button[], choices: Choice[], secureField: string | null): SightKind {
  const has = (meaning: Meaning): boolean => buttons.some((button) => button.meaning === meaning);
  if (secureField !== null) return 'password';
  if (has('schedule') && choices.length > 0) return 'schedule';
  if (has('later') && has('now')) return 'choice';
  if (has('ok') && has('now')) return 'warning';
  if (has('now')) return 'last choice';
  return 'notice';
}

function words(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function listOf(raw: unknown): Record<string, unknown>[] {
  return Array.isArray(raw) ? raw.filter((one) => typeof one === 'object' && one !== null) : [];
}
