// The bundle as it is installed, made anew from the sources for the tests that ask about it.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeBundle } from '../../scripts/bundle.ts';
import { root } from './lives.ts';

/** Makes a bundle in a folder of its own, inside the project: what it does not contain is found in node_modules. */
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
