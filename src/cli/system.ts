import { placesUnder } from '../adapters/places.ts';

/** Where the agent keeps its state on a Mac. */
export const SYSTEM_STATE = placesUnder('').state;
