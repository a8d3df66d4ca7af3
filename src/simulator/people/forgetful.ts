import type { Persona } from './persona.ts';

/** The same person, who often types last month's password first. */
export function forgetful(persona: Persona, wrongFirst = 0.6): Persona {
  return {
    ...persona,
    name: `forgetful ${persona.name}`,
    react(sight, memory, dice) {
      const reaction = persona.react(sight, memory, dice);
      const types = reaction.do === 'press' && reaction.type === 'right password';
      return types && memory.passwordAsked <= 1 && dice.chance(wrongFirst)
        ? { ...reaction, type: 'wrong password' }
        : reaction;
    },
  };
}
