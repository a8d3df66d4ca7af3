import { lstatSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import type { Places } from '../places.ts';

// Names are short because a socket's path may have 104 bytes at most.
const SOCKET = 's';

export const adminFolder = (places: Places): string => join(places.sockets, 'admin');
export const usersFolder = (places: Places): string => join(places.sockets, 'user');
export const userFolder = (places: Places, uid: number): string => join(usersFolder(places), `${uid}`);

export const socketIn = (folder: string): string => join(folder, SOCKET);

/** Why a folder is not what it has to be, in words; null when all is well. Links are not followed. */
export function flawIn(folder: string, owner: (uid: number) => boolean, mode: number): string | null {
  const found = lying(folder);
  if (found === null) return `${folder} is not there`;
  if (!found.isDirectory()) return `${folder} is no folder`;
  if (!owner(found.uid)) return `${folder} belongs to user ${found.uid}`;
  if ((found.mode & 0o7777) !== mode) return `${folder} has the rights ${(found.mode & 0o7777).toString(8)}`;
  return null;
}

/** What lies at a path; null for nothing, and where looking is refused. */
export function lying(path: string): Stats | null {
  try {
    return lstatSync(path);
  } catch {
    return null;
  }
}

/** Whether the agent may run as this user: as root, and below another root also as whom that belongs to. */
export function mayBeAgent(places: Places): (uid: number) => boolean {
  const owner = places.root === '' ? null : (lying(places.root)?.uid ?? null);
  return (uid) => uid === 0 || uid === owner;
}
