import type { Persona } from './persona.ts';

/** Left one day: logged in, screen locked, lid open, on power. Nobody comes, nobody answers. */
export const absent: Persona = {
  name: 'absent',
  begins: 'leave, screen locked',
  plan: () => [],
  react: () => ({ do: 'ignore', forMs: null }),
};
