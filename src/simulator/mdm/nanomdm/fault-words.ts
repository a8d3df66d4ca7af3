import { type FaultRead, readFault } from '../fault-words.ts';
import { NANO_MAIN_OPTIONS, type NanoFault, nanoFaultSchema } from './faults.ts';

export const readNanoFault = (words: string): FaultRead<NanoFault> =>
  readFault(words, { options: NANO_MAIN_OPTIONS, schema: nanoFaultSchema });
