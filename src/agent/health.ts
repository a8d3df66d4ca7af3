import { printJob } from '../adapters/commands/launchd-commands.ts';
import { runCommand } from '../adapters/commands/run-command.ts';
import { AGENT_LABEL, WAKE_LABEL } from '../adapters/launchd/plists.ts';
import type { Health } from '../domain/health.ts';
import { DAY_MS, type Instant, isoOf, readInstant } from '../domain/instant.ts';
import { orBug, UpkeepError } from '../domain/problem.ts';
import type { Commands } from '../ports/commands.ts';
import type { Recovery } from '../store/open-for-agent.ts';
import type { Store } from '../store/store.ts';
import { readStatus } from './status-file.ts';

/** What the health of this run is told from. */
export type HealthParts = {
  version: string;
  wokeAt: Instant;
  store: Pick<Store, 'tablesVersion' | 'lastBackupAt' | 'asideCount' | 'waitingRequests'>;
  recovered: Health['store']['recovered'];
  settings: Health['settings'];
  /** Saved passwords that are known to be of no use; null where that is not known. */
  passwords?: () => NonNullable<Health['passwords']> | null;
};

/** The health at this moment of the run. The store has to be open; throws as it does. */
export function healthOf(parts: HealthParts, run: Health['agent']['run'], launchd: Health['launchd']): Health {
  const { version, wokeAt, store, recovered, settings, passwords } = parts;
  const refused = passwords?.() ?? null;
  const lastBackupAt = store.lastBackupAt();
  return {
    agent: { version, pid: process.pid, run, wokeAt: isoOf(wokeAt) },
    launchd,
    store: {
      tablesVersion: store.tablesVersion(),
      lastBackupAt: lastBackupAt === null ? null : isoOf(lastBackupAt),
      recovered,
      aside: store.asideCount(),
    },
    settings,
    inbox: { waiting: store.waitingRequests().length },
    ...(refused === null ? {} : { passwords: refused }),
  };
}

/** What is known of launchd before it was asked. */
export const launchdNotAsked: Health['launchd'] = {
  agentLoaded: null,
  wakeLoaded: null,
  nextWake: null,
  armed: null,
};

/** What launchd has, asked once, at the end of a wake: `armed` tells how arming went; null where nothing was to be armed. */
export async function launchdHealth(
  commands: Commands,
  { armed, wakeAt }: { armed: boolean | null; wakeAt: Instant | null },
): Promise<Health['launchd']> {
  return {
    agentLoaded: await isLoaded(commands, AGENT_LABEL),
    // Arming ends only when launchd was seen to have the job.
    wakeLoaded: armed === true ? true : await isLoaded(commands, WAKE_LABEL),
    nextWake: armed === true && wakeAt !== null ? isoOf(wakeAt) : null,
    armed,
  };
}

async function isLoaded(commands: Commands, label: string): Promise<boolean | null> {
  const job = await runCommand(commands, printJob, { label }).catch(orBug(null));
  return job?.loaded ?? null;
}

/** That a state was lost is worth knowing for longer than one wake lasts. */
const RECOVERED_SHOWN_MS = 7 * DAY_MS;

/** What was found at the start of this run, or in the last days: the status before this one still tells of those. */
export function recoveredLately(directory: string, found: Recovery | null, at: Instant): Health['store']['recovered'] {
  if (found !== null) return { at: isoOf(at), how: found.how, why: found.why };
  const before = recoveredBefore(directory);
  const was = typeof before?.at === 'string' ? readInstant(before.at, 'UTC') : null;
  return before !== null && was !== null && Math.abs(at - was) < RECOVERED_SHOWN_MS ? before : null;
}

function recoveredBefore(directory: string): Health['store']['recovered'] {
  try {
    return readStatus(directory).health?.store?.recovered ?? null;
  } catch (error) {
    // No status yet, or a broken one, which is about to be replaced.
    if (error instanceof UpkeepError) return null;
    throw error;
  }
}
