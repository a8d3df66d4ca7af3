import { existsSync, readFileSync, statSync } from 'node:fs';
import { UpkeepError } from '../domain/problem.ts';

const LARGEST_FILE_BYTES = 8 * 1_048_576;

/** Reads a text file somebody named. Throws `input.missing` or `input.unreadable`; `what` says what it was to hold. */
export function readText(path: string, what: string): string {
  try {
    if (statSync(path).isDirectory()) throw new Error('it is a directory');
    if (statSync(path).size > LARGEST_FILE_BYTES) throw new Error('it is larger than 8 MiB');
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const there = existsSync(path);
    const detail = there && cause instanceof Error ? cause.message : 'there is no such file';
    throw new UpkeepError(
      there ? 'input.unreadable' : 'input.missing',
      `${what} cannot be read from ${path}: ${detail}`,
      {
        remedy: 'Check the path.',
        facts: { file: path },
        cause,
      },
    );
  }
}
