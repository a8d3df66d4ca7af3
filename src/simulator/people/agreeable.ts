import type { Persona } from './persona.ts';
import { around, choosing, lunch, press, typePassword } from './reactions.ts';

/** Works office hours and is glad to be asked: says yes at the first or second prompt and types the password at once. */
export const agreeable: Persona = {
  name: 'agreeable',
  begins: 'leave, lid closed',
  plan({ weekday }, dice) {
    if (weekday > 5) return [];
    return [
      { minute: around('08:50', 15, dice), act: 'arrive' },
      ...lunch(dice),
      { minute: around('17:40', 25, dice), act: 'leave, lid closed' },
    ];
  },
  react(sight, memory, dice) {
    switch (sight.kind) {
      case 'choice':
        // Nobody likes to restart in the first minute of the day; the second time it is fine.
        return memory.asked > 1 || dice.chance(0.55) ? press(sight, dice, ['now']) : press(sight, dice, ['later']);
      case 'last choice':
        return press(sight, dice, ['now']);
      case 'schedule':
        return press(sight, dice, ['schedule'], { selected: choosing(sight, (values) => values[0] ?? null) });
      case 'password':
        return typePassword(sight, dice);
      case 'warning':
      case 'notice':
        return press(sight, dice, ['ok', 'now']);
    }
  },
};
