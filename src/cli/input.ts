import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { UpkeepError } from '../domain/problem.ts';

const LARGEST_BYTES = 8 * 1_048_576;

/**
 * Reads a text file somebody named. Throws `input.missing` or `input.unreadable`; `what` says what it was to hold.
 * Pipes are welcome (`--offers <(ssh mac softwareupdate --list)`), endless ones are not.
 */
export function readText(path: string, what: string): string {
  try {
    const file = openSync(path, 'r');
    try {
      if (fstatSync(file).isDirectory()) throw new Unfit('it is a directory');
      // Windows editors put a mark at the beginning that no tool prints and JSON does not allow.
      return bytesOf(file)
        .toString('utf8')
        .replace(/^\uFEFF/, '');
    } finally {
      closeSync(file);
    }
  } catch (cause) {
    const code = codeOf(cause);
    const missing = code === 'ENOENT' || code === 'ENOTDIR';
    const detail = cause instanceof Unfit ? cause.message : (WORDS[code] ?? `the system says ${code}`);
    throw new UpkeepError(
      missing ? 'input.missing' : 'input.unreadable',
      `${what} cannot be read from ${path}: ${detail}.`,
      {
        remedy: REMEDIES[code] ?? 'Check the path, and name a text file.',
        facts: { file: path },
        cause,
      },
    );
  }
}

/** The code the system gave to an error, such as ENOENT. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'no reason';
}

const WORDS: Record<string, string> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'a part of the path is a file, not a directory',
  EACCES: 'you are not allowed to',
  EPERM: 'you are not allowed to',
};

const REMEDIES: Record<string, string> = {
  ENOENT: 'Check the path; it counts from the directory you are in.',
  EACCES: 'Read it as a user who may, or change its permissions.',
  EPERM: 'Read it as a user who may, or change its permissions.',
};

function bytesOf(file: number): Buffer {
  const pieces: Buffer[] = [];
  let total = 0;
  for (;;) {
    const piece = Buffer.allocUnsafe(65_536);
    const length = readSync(file, piece);
    if (length === 0) return Buffer.concat(pieces);
    total += length;
    if (total > LARGEST_BYTES) throw new Unfit('it is larger than 8 MiB');
    pieces.push(piece.subarray(0, length));
  }
}

/** There is such a file, and it is not one to read. */
class Unfit extends Error {}
