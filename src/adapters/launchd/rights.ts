import { lstatSync, realpathSync, type Stats, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Places } from '../places.ts';

/** Why somebody else than the owner given could change what lies at a path; null where nobody could. */
export function whyChangeable(path: string, owner: number): string | null {
  const found = lstatSync(path);
  const { uid, mode } = found;
  if (uid !== owner) return `belongs to user ${uid}`;
  // A link has no rights of its own; a sticky folder lets nobody rename what belongs to others.
  const isLink = found.isSymbolicLink();
  const isSticky = (mode & 0o1000) !== 0;
  return !isLink && !isSticky && (mode & 0o022) !== 0 ? 'may be changed by others' : null;
}

/**
 * The first place, of a file or the folders above it, that others than root may change, with the reason; links are
 * followed. Below a root, which stands for the Mac's disk, whoever owns that stands for root.
 */
export function changeableByOthers(file: string, places: Places): { path: string; why: string } | null {
  const [owner, top] = places.root === '' ? [0, '/'] : [statSync(places.root).uid, realpathSync(places.root)];
  for (const start of new Set([file, realpathSync(file)])) {
    for (let path = start; path !== places.root && path !== top; path = dirname(path)) {
      const why = whyChangeable(path, owner);
      if (why !== null) return { path: path.slice(places.root.length), why };
      if (path === dirname(path)) break;
    }
  }
  return null;
}

/** Whether others than its owner may read a file. */
export function readableByOthers(file: string): boolean {
  const { mode }: Stats = statSync(file);
  return (mode & 0o077) !== 0;
}
