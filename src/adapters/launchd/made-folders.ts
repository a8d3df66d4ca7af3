import { mkdirSync, rmdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Places } from '../places.ts';
import { leadingTo, supportFolder } from './setup.ts';
import { codeOf, textOf, unwritable, writeWhole } from './whole-file.ts';

/**
 * Remembers which folders of macOS were not there before, such as `/usr/local/bin`, so that uninstalling can take those
 * away again, and no others. Paths are kept without the root, outermost first.
 */
const recordFile = (places: Places): string => join(supportFolder(places), 'made-folders.json');

export function madeFolders(places: Places): string[] {
  try {
    const value: unknown = JSON.parse(textOf(recordFile(places)) ?? '[]');
    return Array.isArray(value) ? value.filter((path) => typeof path === 'string' && path.startsWith('/')) : [];
  } catch (error) {
    // Without the record the folders stay, which harms nobody.
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}

/** Makes the folders above a path that are missing, and writes them down before (the first ones: after) it does. */
export function makeFoldersAbove(path: string, places: Places): void {
  const missing: string[] = [];
  for (let above = dirname(path); above !== dirname(above) && leadingTo(above) === null; above = dirname(above)) {
    missing.unshift(above);
  }
  if (missing.length === 0) return;
  const canRemember = leadingTo(supportFolder(places)) !== null;
  if (canRemember) remember(missing, places);
  for (const folder of missing) makeFolder(folder, 0o755);
  if (!canRemember && path === supportFolder(places)) {
    makeFolder(path, 0o755);
    remember(missing, places);
  }
}

export function makeFolder(path: string, mode: number): void {
  try {
    mkdirSync(path, { mode });
  } catch (cause) {
    throw unwritable(`the folder ${path} cannot be made`, path, cause);
  }
}

/** Removes those of the folders made before that are empty now. */
export function removeMadeFolders(made: readonly string[], places: Places): void {
  for (const path of made.toReversed()) {
    try {
      rmdirSync(`${places.root}${path}`);
    } catch (cause) {
      if (!['ENOENT', 'ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes(codeOf(cause))) {
        throw unwritable(`the folder ${path} cannot be removed`, path, cause);
      }
    }
  }
}

function remember(folders: readonly string[], places: Places): void {
  const known = madeFolders(places);
  const fresh = folders.map((folder) => folder.slice(places.root.length)).filter((folder) => !known.includes(folder));
  if (fresh.length > 0) writeWhole(recordFile(places), `${JSON.stringify([...known, ...fresh])}\n`, 0o644);
}
