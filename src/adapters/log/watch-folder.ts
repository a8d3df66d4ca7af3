import { watch } from 'node:fs';
import type { Clock } from '../../ports/clock.ts';

/** Watching may miss a change on a network volume, or not work at all; this often it is looked at anyway. */
const SLOW_LOOK_MS = 1_000;

/** Calls `look` whenever something in the folder may have changed, until the returned function is called. */
export function watchFolder(folder: string, clock: Clock, look: () => void): () => void {
  let isWanted = true;
  let forget = (): void => undefined;
  const lookSlowly = (): void => {
    forget = clock.after(SLOW_LOOK_MS, () => {
      if (!isWanted) return;
      look();
      lookSlowly();
    });
  };
  lookSlowly();
  const watching = watchIfPossible(folder, () => {
    if (isWanted) look();
  });
  return () => {
    isWanted = false;
    forget();
    watching?.close();
  };
}

function watchIfPossible(folder: string, look: () => void): { close: () => void } | null {
  try {
    const watcher = watch(folder, look);
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    return null;
  }
}
