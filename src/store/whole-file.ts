import { closeSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** Writes a private file whole or not at all, and on the disk when this returns: a new one, flushed, takes the old one's place. */
export function writeWhole(path: string, text: string): void {
  const fresh = `${path}.new`;
  const file = openSync(fresh, 'w', 0o600);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  putInPlace(fresh, path);
}

/** Renames a flushed file into place and flushes the folder, so that a power cut leaves one of the two. */
export function putInPlace(fresh: string, path: string): void {
  renameSync(fresh, path);
  flushFolder(dirname(path));
}

export function flushFile(path: string): void {
  const file = openSync(path, 'r+');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function flushFolder(path: string): void {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
