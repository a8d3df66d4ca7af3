// The bundle as it is installed, made anew from the sources for the tests that ask about it.
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { writeBundle } from '../../scripts/bundle.ts';
import { root } from './lives.ts';
import { sharedFolder } from './shared-folder.ts';

/** Makes a bundle for whoever changes something about it, in a folder of its own, inside the project: what it does not contain is found in node_modules. */
export async function bundleForTest(): Promise<{ folder: string; entry: string; remove: () => void }> {
  mkdirSync(join(root, 'dist'), { recursive: true });
  const folder = mkdtempSync(join(root, 'dist/test-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    return { folder, entry: await writeBundle(folder), remove };
  } catch (error) {
    remove();
    throw error;
  }
}

const BUILD_LIMIT_MS = 120_000;

/**
 * The entry of a bundle that all files of one run share, made by whoever asks first. It may be run, and must not be changed;
 * test/support/watch/global.ts removes it.
 */
export async function sharedBundle(): Promise<string> {
  const folder = sharedFolder();
  const [entry, ready] = [join(folder, 'upkeep.js'), join(folder, 'ready')];
  mkdirSync(join(root, 'dist'), { recursive: true });
  try {
    mkdirSync(folder, { mode: 0o755 });
  } catch {
    for (let waited = 0; !existsSync(ready); waited += 50) {
      if (waited > BUILD_LIMIT_MS) throw new Error(`whoever began to make ${folder} has not ended it`);
      await sleep(50);
    }
    return entry;
  }
  await writeBundle(folder);
  writeFileSync(ready, '');
  return entry;
}
