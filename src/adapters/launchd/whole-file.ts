import { chmodSync, closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { UpkeepError } from '../../domain/problem.ts';

/** The text of a file, or null where there is none. Throws `file.unwritable` where it may not even be read. */
export function textOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(cause))) return null;
    throw unwritable(`${file} cannot be read`, file, cause);
  }
}

/**
 * A new text for a file, on the disk but not yet in its place: `putInPlace` gives it the name in one step, and until
 * then nothing has changed. Throws `file.unwritable`, and then nothing is left of it.
 */
export function prepareFile(file: string, text: string, mode: number): { putInPlace: () => void; drop: () => void } {
  const fresh = `${file}.new`;
  try {
    // Whatever an earlier, interrupted attempt or somebody else left under this name is not written through.
    rmSync(fresh, { force: true });
    const handle = openSync(fresh, 'wx', mode);
    try {
      writeSync(handle, text);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    chmodSync(fresh, mode);
  } catch (cause) {
    rmSync(fresh, { force: true });
    throw unwritable(`${file} cannot be written`, file, cause);
  }
  return {
    putInPlace: () => {
      try {
        renameSync(fresh, file);
        flushFolder(dirname(file));
      } catch (cause) {
        rmSync(fresh, { force: true });
        throw unwritable(`${file} cannot be written`, file, cause);
      }
    },
    drop: () => rmSync(fresh, { force: true }),
  };
}

/** Writes a file whole or not at all. */
export function writeWhole(file: string, text: string, mode: number): void {
  prepareFile(file, text, mode).putInPlace();
}

export function unwritable(what: string, file: string, cause: unknown): UpkeepError {
  const code = codeOf(cause);
  return new UpkeepError('file.unwritable', `${what}: the system says ${code}.`, {
    remedy: REMEDIES[code] ?? 'Check that the disk is healthy and not full, and try again.',
    facts: { file, code },
    cause,
  });
}

export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}

const REMEDIES: Record<string, string> = {
  EACCES: 'Run it as a user who may; on a Mac that is root.',
  EPERM: 'Run it as a user who may; on a Mac that is root.',
  ENOSPC: 'Make room on the disk and try again.',
  EROFS: 'The disk is read-only; mount it for writing and try again.',
};

/** A rename is on the disk only when its folder is. */
function flushFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
