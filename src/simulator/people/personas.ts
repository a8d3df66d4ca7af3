import { absent } from './absent.ts';
import { agreeable } from './agreeable.ts';
import { forgetful } from './forgetful.ts';
import { nineToFive } from './nine-to-five.ts';
import type { Persona } from './persona.ts';
import { procrastinator } from './procrastinator.ts';

export type PersonaName = 'agreeable' | 'procrastinator' | 'absent' | 'nine-to-five' | 'forgetful';

/** Everybody who can sit in front of the Mac, by name. */
export const PERSONAS: Readonly<Record<PersonaName, Persona>> = {
  agreeable,
  procrastinator,
  absent,
  'nine-to-five': nineToFive,
  forgetful: forgetful(agreeable),
};

export const PERSONA_NAMES: readonly PersonaName[] = [
  'agreeable',
  'procrastinator',
  'absent',
  'nine-to-five',
  'forgetful',
];
