import { closeSync, constants, lstatSync, opendirSync, openSync, unlinkSync, watch } from 'node:fs';
import { join } from 'node:path';
import { UpkeepError } from '../../domain/problem.ts';
import type { Places } from '../places.ts';

/** More than this is not taken, or looked at, in one go; nobody honest rings so often. */
const MOST_RINGS = 256;
const MOST_LOOKS = 4_096;

/** Has launchd start the agent: it watches the folder. `name` has to be one that nobody else uses. Throws `agent.unreachable`. */
export function ringDoorbell(places: Places, name: string): void {
  const { O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = constants;
  try {
    closeSync(openSync(join(places.doorbell, name), O_CREAT | O_EXCL | O_NOFOLLOW | O_WRONLY, 0o600));
  } catch (cause) {
    throw new UpkeepError('agent.unreachable', 'the agent does not run, and it could not be called.', {
      remedy: 'Ask an administrator to run `sudo upkeep install`, which repairs what is missing.',
      facts: { doorbell: places.doorbell },
      cause,
    });
  }
}

/**
 * Who has rung since the last time: the owners of the files in the doorbell, each once. Takes plain files away and
 * leaves everything else alone; never throws, since anybody can put anything there.
 */
export function answerDoorbell(places: Places): number[] {
  const rang = new Set<number>();
  try {
    if (!lstatSync(places.doorbell).isDirectory()) return [];
    const folder = opendirSync(places.doorbell);
    try {
      for (let looks = 0, rings = 0; looks < MOST_LOOKS && rings < MOST_RINGS; looks += 1) {
        const entry = folder.readSync();
        if (entry === null) break;
        const uid = take(join(places.doorbell, entry.name));
        if (uid === null) continue;
        rings += 1;
        rang.add(uid);
      }
    } finally {
      folder.closeSync();
    }
  } catch {
    // Without a doorbell nobody has rung.
  }
  return [...rang];
}

/** Calls `look` when somebody rings while the agent runs, until the returned function is called. */
export function watchDoorbell(places: Places, look: () => void): () => void {
  try {
    const watcher = watch(places.doorbell, { persistent: false }, look);
    watcher.on('error', () => watcher.close());
    return () => watcher.close();
  } catch {
    // Whoever rings then is heard at the next start.
    return () => undefined;
  }
}

function take(file: string): number | null {
  try {
    const found = lstatSync(file);
    if (!found.isFile()) return null;
    unlinkSync(file);
    return found.uid;
  } catch {
    return null;
  }
}
