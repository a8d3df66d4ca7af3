import { MINUTE_MS } from '../../domain/instant.ts';
import type { Persona } from './persona.ts';
import { around, choosing, lunch, press, typePassword } from './reactions.ts';
import { longestOf } from './reading.ts';

/** Puts off whatever can be put off for as long as it can be, and types the password when there is no way left. */
export const procrastinator: Persona = {
  name: 'procrastinator',
  begins: 'leave, lid closed',
  plan({ weekday }, dice) {
    if (weekday > 5) return [];
    return [
      { minute: around('08:30', 20, dice), act: 'arrive' },
      ...lunch(dice),
      { minute: around('18:30', 20, dice), act: 'leave, lid closed' },
    ];
  },
  react(sight, memory, dice) {
    if (sight.kind !== 'warning' && dice.chance(0.2)) {
      return { do: 'ignore', forMs: dice.chance(0.3) ? null : dice.whole(8, 45) * MINUTE_MS };
    }
    switch (sight.kind) {
      case 'choice':
        return press(sight, dice, ['later'], { selected: choosing(sight, longestOf) });
      case 'last choice':
        return press(sight, dice, ['choose a time', 'later', 'now']);
      case 'schedule':
        return press(sight, dice, ['schedule'], { selected: choosing(sight, (values) => values.at(-1) ?? null) });
      case 'password':
        // "Not now" goes for as long as nothing has threatened yet, and twice at most.
        return memory.warned > 0 || memory.passwordAsked > 2
          ? typePassword(sight, dice)
          : press(sight, dice, ['later', 'now']);
      case 'warning':
      case 'notice':
        return press(sight, dice, ['ok', 'later', 'now']);
    }
  },
};
