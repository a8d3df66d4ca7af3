import { chmodSync, lchownSync, mkdirSync } from 'node:fs';
import type { Places } from '../places.ts';
import { adminFolder, flawIn, lying, userFolder, usersFolder } from './socket-places.ts';

const ROOT_ONLY = 0o700;
const OPEN = 0o755;

/**
 * Makes the folder of a socket and those above it where they are missing, and says why it cannot be used, if so. What
 * lies there already is looked at and never changed, except that a folder of a user's left half made is given to them.
 */
export function prepareFolder(places: Places, uid: number | null): string | null {
  const us = process.geteuid?.() ?? 0;
  const isOurs = (owner: number) => owner === us;
  try {
    make(places.sockets, OPEN);
    const above = flawIn(places.sockets, isOurs, OPEN);
    if (above !== null) return above;
    make(adminFolder(places), ROOT_ONLY);
    const admin = flawIn(adminFolder(places), isOurs, ROOT_ONLY);
    if (admin !== null || uid === null) return admin;
    make(usersFolder(places), OPEN);
    const users = flawIn(usersFolder(places), isOurs, OPEN);
    if (users !== null) return users;
    const folder = userFolder(places, uid);
    make(folder, ROOT_ONLY);
    // Nobody but us can put anything beside it, so what is ours there we made ourselves.
    if (uid !== us && flawIn(folder, isOurs, ROOT_ONLY) === null) lchownSync(folder, uid, lying(folder)?.gid ?? 0);
    return flawIn(folder, (owner) => owner === uid, ROOT_ONLY);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function make(folder: string, mode: number): void {
  if (lying(folder) !== null) return;
  mkdirSync(folder, { mode });
  // Whatever the mask of whoever started us was; and nobody else can have put another one here meanwhile.
  chmodSync(folder, mode);
}
