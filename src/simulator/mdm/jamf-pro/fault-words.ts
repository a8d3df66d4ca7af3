import { type FaultRead, type FaultWords, readFault } from '../fault-words.ts';
import { type JamfFault, jamfFaultSchema, MAIN_OPTIONS } from './faults.ts';
import { privilegeNamed } from './privileges.ts';

const WORDS: FaultWords<JamfFault> = {
  options: MAIN_OPTIONS,
  schema: jamfFaultSchema,
  meant: (option, word) => (option === 'privilege' ? privilegeNamed(word) : null),
};

export const readJamfFault = (words: string): FaultRead<JamfFault> => readFault(words, WORDS);
