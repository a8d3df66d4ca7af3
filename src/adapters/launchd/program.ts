import { readlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import { UpkeepError } from '../../domain/problem.ts';
import type { Places } from '../places.ts';
import { programFile } from './plists.ts';
import { whyChangeable } from './rights.ts';
import { lying, type Setup } from './setup.ts';

/** By this line upkeep knows a script of its own. */
const MARK = '# Made by `upkeep install`; `upkeep uninstall` takes it away.';

/** How Node is started: not to open its debugger at a signal, in which whoever reaches the port could run anything as root. */
export const NODE_FLAGS = ['--disable-sigusr1'] as const;

/** The script that launchd and people run: `exec` keeps the process, so that signals reach Node itself. */
export function programText({ node, entry }: Setup['program']): string {
  return `#!/bin/sh\n${MARK}\nexec ${quoted(node)} ${NODE_FLAGS.join(' ')} ${quoted(entry)} "$@"\n`;
}

export const isOurProgram = (text: string): boolean => text.split('\n')[1] === MARK;

/** Whether the command is the link to our program. */
export function isOurCommand(places: Places): boolean {
  return lying(places.command)?.isSymbolicLink() === true && readlinkSync(places.command) === programFile(places);
}

/**
 * Refuses to let root run what others may change: the script, Node, or any folder above them. Throws `install.unsafe`
 * with the first such place.
 */
export function refuseUnsafe({ node, entry }: Setup['program'], root = 0): void {
  for (const file of [node, entry]) {
    for (let path = file; ; path = dirname(path)) {
      const why = whyChangeable(path, root);
      if (why !== null) {
        throw new UpkeepError('install.unsafe', `root would run ${file}, but ${path} ${why}.`, {
          remedy: 'Put upkeep and its Node into a folder that belongs to root, and that only root may change.',
          facts: { file, path },
        });
      }
      if (path === dirname(path)) break;
    }
  }
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
