// Programs with one deliberate leak: a few words of the source are replaced while it is bundled.
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Plugin } from 'rolldown';
import { root } from '../support/lives.ts';

/** In a source file, these words in place of those; they have to be there exactly once. */
export type Edit = { file: string; find: string; put: string };

/** Makes the edits while bundling. Throws where one of them no longer fits: the leak would not be there. */
export function leaking(edits: readonly Edit[]): Plugin {
  for (const { file, find } of edits) {
    const times = readFileSync(join(root, file), 'utf8').split(find).length - 1;
    if (times !== 1) throw new Error(`${file} has “${find}” ${times} times; choose other words for this leak`);
  }
  return {
    name: 'leaking',
    transform(code, id) {
      const here = edits.filter(({ file }) => relative(root, id) === file);
      return here.length === 0 ? null : here.reduce((text, { find, put }) => text.replace(find, () => put), code);
    },
  };
}

/** A folder for one program; the watch takes no interest in what lies there (test/support/watch/hooks.ts). */
export function programFolder(): { folder: string; remove: () => void } {
  mkdirSync(join(root, 'dist'), { recursive: true });
  const folder = mkdtempSync(join(root, 'dist/canary-'));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
