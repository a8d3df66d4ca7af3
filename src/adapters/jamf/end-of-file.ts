import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { UpkeepError } from '../../domain/problem.ts';

/** Enough for weeks of a log, and read in a moment. */
const MOST_BYTES = 512 * 1_024;

/**
 * The last lines of a text file, or null where there is none. A line that the beginning of the part cuts is left out.
 * Throws `input.unreadable` for what is no file or may not be read.
 */
export function endOfFile(path: string, mostBytes = MOST_BYTES): string | null {
  let file: number;
  try {
    // Not to wait for a pipe that somebody put there.
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'no reason';
    if (code === 'ENOENT') return null;
    throw unreadable(path, code === 'EACCES' || code === 'EPERM' ? 'only root may read it' : `the system says ${code}`);
  }
  try {
    const { size, isFile } = ((found) => ({ size: found.size, isFile: found.isFile() }))(fstatSync(file));
    if (!isFile) throw unreadable(path, 'it is no file');
    const from = Math.max(0, size - mostBytes);
    const piece = Buffer.alloc(size - from);
    const text = piece.toString('utf8', 0, readSync(file, piece, 0, piece.length, from));
    return from === 0 ? text : text.slice(text.indexOf('\n') + 1);
  } finally {
    closeSync(file);
  }
}

function unreadable(path: string, why: string): UpkeepError {
  return new UpkeepError('input.unreadable', `${path} cannot be read: ${why}.`, {
    remedy: 'Read it with `sudo`.',
    facts: { file: path },
  });
}
