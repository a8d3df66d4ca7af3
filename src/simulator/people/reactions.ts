import { MINUTE_MS, SECOND_MS } from '../../domain/instant.ts';
import type { Random } from '../random.ts';
import type { Moment, Reaction, Typing } from './persona.ts';
import { type Button, buttonThatMeans, type Meaning, type Sight } from './reading.ts';

/** Presses the first button with one of these meanings, after reading for a while; ignores a window that has none. */
export function press(
  sight: Sight,
  dice: Random,
  meanings: Meaning[],
  more: { selected?: Record<string, string>; type?: Typing } = {},
): Reaction {
  const button: Button | null = buttonThatMeans(sight, ...meanings);
  if (!button) return { do: 'ignore', forMs: null };
  const afterMs = readingTime(dice);
  return { do: 'press', afterMs, button: button.name, selected: more.selected ?? {}, type: more.type ?? 'nothing' };
}

/** Types the password and goes on. */
export function typePassword(sight: Sight, dice: Random, typing: Typing = 'right password'): Reaction {
  return press(sight, dice, ['now', 'ok'], { type: typing });
}

/** Takes one entry of the only list in the window. */
export function choosing(sight: Sight, choose: (values: readonly string[]) => string | null): Record<string, string> {
  const list = sight.choices[0];
  const value = list ? choose(list.values) : null;
  return list && value !== null ? { [list.title]: value } : {};
}

/** Mostly seconds; now and then somebody finishes a sentence first. */
export function readingTime(dice: Random): number {
  return Math.round(dice.chance(0.8) ? dice.between(6, 50) * SECOND_MS : dice.between(1, 7) * MINUTE_MS);
}

/** `08:30`, give or take some minutes. */
export function around(time: string, giveOrTakeMinutes: number, dice: Random): number {
  const [hour, minute] = time.split(':').map(Number);
  return (hour ?? 0) * 60 + (minute ?? 0) + dice.whole(-giveOrTakeMinutes, giveOrTakeMinutes);
}

export function lunch(dice: Random): Moment[] {
  const from = around('12:25', 20, dice);
  return [
    { minute: from, act: 'leave, screen locked' },
    { minute: from + dice.whole(25, 55), act: 'arrive' },
  ];
}
