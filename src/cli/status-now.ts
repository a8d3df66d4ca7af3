import type { Places } from '../adapters/places.ts';
import type { Status } from '../machines/status.ts';
import { statusReadAt } from '../machines/status-health.ts';
import { macTime } from './mac-time.ts';
import { statusIn } from './status-in.ts';

/** The status in a directory as it is to be read now. Throws as `statusIn` does. */
export async function readAt(places: Places, directory: string): Promise<Status> {
  const found = statusIn(directory);
  // Where no agent of a Mac wrote it nobody is expected, and no clock has to be asked.
  return found.health === undefined ? found : statusReadAt(found, (await macTime(places)).now, isAlive);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It is there, and somebody else's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
