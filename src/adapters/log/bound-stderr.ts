import { renameSync, statSync } from 'node:fs';

/** Past this a new file is begun, in bytes. */
const FULL = 1_000_000;

/**
 * Keeps the file small that launchd appends standard error to: when it is full it gets the name `….1`, and launchd makes
 * a new one at the next start. Until then it goes on writing to the same file, so nothing is lost. Never throws.
 */
export function boundStderr(file: string): void {
  try {
    const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
    if (size > FULL) renameSync(file, `${file}.1`);
  } catch {
    // No reason not to work: the file grows on until next time.
  }
}
