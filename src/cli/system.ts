/** Where the agent keeps its state on a Mac. */
export const SYSTEM_STATE = '/Library/Application Support/Upkeep/state';
