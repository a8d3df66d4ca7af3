import { lstatSync, type Stats, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Clock } from '../../ports/clock.ts';
import type { Commands } from '../../ports/commands.ts';
import type { Places } from '../places.ts';
import { codeOf, unwritable } from './whole-file.ts';

/** What installing and uninstalling need. */
export type Setup = {
  places: Places;
  commands: Commands;
  clock: Clock;
  /** What runs upkeep: Node, and the script it is given. Absolute. */
  program: { node: string; entry: string };
  /** Whom files belong to on a Mac; null leaves them to whoever runs this, as below a root. */
  owners: Owners | null;
};

/** `admin` is the group of administrators, who may read the logs. */
export type Owners = { uid: number; wheel: number; admin: number };

/** root, and the groups wheel and admin, which have these numbers on every Mac. */
export const MAC_OWNERS: Owners = { uid: 0, wheel: 0, admin: 80 };

/** One thing to do: `act` is only called when it is not so already. `isSo` looks and changes nothing. */
export type Step = { what: string; isSo: () => boolean | Promise<boolean>; act: () => void | Promise<void> };

export type StepOutcome = 'done' | 'already so' | 'would';

/** Takes the steps in order and tells the outcome of each; a dry run only looks. Ends with the first that fails. */
export async function takeSteps(
  steps: readonly Step[],
  { dryRun, tell }: { dryRun: boolean; tell: (outcome: StepOutcome, what: string) => void },
): Promise<void> {
  for (const { what, isSo, act } of steps) {
    if (await isSo()) {
      tell('already so', what);
    } else if (dryRun) {
      tell('would', what);
    } else {
      await act();
      tell('done', what);
    }
  }
}

export type Folder = { path: string; mode: number; group: 'wheel' | 'admin' };

/** The folder of everything upkeep keeps: program, state, doorbell. */
export const supportFolder = (places: Places): string => dirname(places.state);

/**
 * The folders of upkeep's own. The state is open for `status.json`, its private files are 0600 each. Into the doorbell
 * anybody may put a file and nobody may look (1733). Logs may name people and what is installed: administrators only.
 */
export function ownFolders(places: Places): Folder[] {
  return [
    { path: supportFolder(places), mode: 0o755, group: 'wheel' },
    { path: places.state, mode: 0o755, group: 'wheel' },
    { path: places.doorbell, mode: 0o1733, group: 'wheel' },
    { path: places.logs, mode: 0o750, group: 'admin' },
    { path: places.sockets, mode: 0o755, group: 'wheel' },
  ];
}

/** What lies at a path, links not followed; null for nothing. */
export function lying(path: string): Stats | null {
  return look(path, lstatSync);
}

/** What a path leads to, links followed: on a Mac `/var` is one. */
export function leadingTo(path: string): Stats | null {
  return look(path, statSync);
}

function look(path: string, stat: (path: string) => Stats): Stats | null {
  try {
    return stat(path);
  } catch (cause) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(cause))) return null;
    throw unwritable(`${path} cannot be looked at`, path, cause);
  }
}
