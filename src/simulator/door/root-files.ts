import { readdirSync, readFileSync, statSync } from 'node:fs';
import type { JobFiles } from '../mac/job-service.ts';

/** Files as launchd sees them under a root: a path may name its place in full or as on the Mac itself. */
export function rootFiles(root: string): JobFiles {
  const real = (path: string): string => (path.startsWith(`${root}/`) ? path : root + path);
  return {
    read: (path) => orNull(() => readFileSync(real(path), 'utf8')),
    list: (folder) => (orNull(() => readdirSync(real(folder))) ?? []).sort().map((name) => `${real(folder)}/${name}`),
    stamp: (path) => {
      const found = statSync(real(path), { throwIfNoEntry: false, bigint: true });
      return found === undefined ? null : `${found.ino} ${found.mtimeNs} ${found.size}`;
    },
  };
}

function orNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
