import { watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Places } from '../places.ts';

/** Calls `look` when macOS writes down what was declared to it, until the returned function is called. */
export function watchDeclarations({ declarations }: Places, look: () => void): () => void {
  try {
    const watcher = watch(dirname(declarations), { persistent: false }, (_, name) => {
      if (name === null || name === basename(declarations)) look();
    });
    watcher.on('error', () => watcher.close());
    return () => watcher.close();
  } catch {
    // Then it is seen at the next look at the Mac.
    return () => undefined;
  }
}
