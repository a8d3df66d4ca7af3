import type { Persona } from './persona.ts';
import { around, choosing, press, typePassword } from './reactions.ts';
import { buttonThatMeans, eveningOf, longestOf } from './reading.ts';

/** Keeps hours: here from nine to five, in calls on some mornings, logged out at the weekend, restarts in the evening. */
export const nineToFive: Persona = {
  name: 'nine-to-five',
  begins: 'leave, lid closed',
  plan({ weekday }, dice) {
    if (weekday > 5) return [];
    const calls = weekday === 2 || weekday === 4 || dice.chance(0.15);
    return [
      { minute: around('09:00', 4, dice), act: 'arrive' },
      ...(calls
        ? ([
            { minute: 600, act: 'begin call' },
            { minute: 660, act: 'end call' },
          ] as const)
        : []),
      { minute: around('17:00', 5, dice), act: weekday === 5 ? 'leave, logged out' : 'leave, lid closed' },
    ];
  },
  react(sight, memory, dice) {
    // The body tells again when the call is over.
    if (memory.inCall && sight.kind !== 'warning') return { do: 'ignore', forMs: null };
    switch (sight.kind) {
      case 'choice':
      case 'last choice': {
        if (buttonThatMeans(sight, 'choose a time')) return press(sight, dice, ['choose a time']);
        const selected = choosing(sight, (values) => eveningOf(values) ?? longestOf(values));
        return press(sight, dice, ['later', 'now'], { selected });
      }
      case 'schedule': {
        const selected = choosing(sight, (values) => eveningOf(values) ?? values.at(-1) ?? null);
        return press(sight, dice, ['schedule'], { selected });
      }
      case 'password':
        return typePassword(sight, dice);
      case 'warning':
      case 'notice':
        return press(sight, dice, ['ok', 'now']);
    }
  },
};
