import type { RefusedPassword } from './credentials.ts';

/**
 * How upkeep itself fares on this Mac, as `status.json` tells it. Moments are ISO texts in UTC. Null is not known, never
 * a default: nothing may be concluded from it.
 */
export type Health = {
  agent: {
    version: string | null;
    pid: number | null;
    /** `stopped`: it was told to end in the middle of its work, and goes on at its next wake. */
    run: 'working' | 'resting' | 'stopped' | null;
    wokeAt: string | null;
  };
  launchd: {
    agentLoaded: boolean | null;
    wakeLoaded: boolean | null;
    nextWake: string | null;
    /** Whether launchd has the next wake. */
    armed: boolean | null;
  };
  store: {
    tablesVersion: number | null;
    lastBackupAt: string | null;
    /** When the state was lost and what it was made anew from; null when that is not known to have happened. */
    recovered: { at: string; how: 'backup' | 'fresh'; why: string } | null;
    /** Saved places that this version could not go on from, kept beside. */
    aside: number | null;
  };
  settings: { source: string | null; problems: string[] | null };
  /** Requests that wait to be heard. */
  inbox: { waiting: number | null };
  /** Saved passwords that a try has shown to be of no use. Missing where nobody could look, and in older ones. */
  passwords?: RefusedPassword[];
};

export const unknownHealth: Health = {
  agent: { version: null, pid: null, run: null, wokeAt: null },
  launchd: { agentLoaded: null, wakeLoaded: null, nextWake: null, armed: null },
  store: { tablesVersion: null, lastBackupAt: null, recovered: null, aside: null },
  settings: { source: null, problems: null },
  inbox: { waiting: null },
};
