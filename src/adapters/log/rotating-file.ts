import {
  closeSync,
  existsSync,
  fchmodSync,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  type Stats,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { LOG_FILE, LOG_LIMITS, numbered } from './log-files.ts';

/** Where lines go. Nothing here ever throws: a full disk must not stop the agent. */
export type LineSink = {
  /** Whether the line is in the file, whole; it survives the death of this process from then on. */
  write: (line: string) => boolean;
  /** Why the last line could not be written, as the system calls it; null when it could. */
  trouble: () => string | null;
  close: () => void;
};

type Limits = { files: number; bytes: number };

/**
 * Appends lines to `upkeep.log` in a folder, and with `rotates` begins a new file when it is full; the oldest file is
 * forgotten. Only the agent that holds the lock rotates; several processes may append at once.
 *
 * INVARIANTS
 * - A line goes out in one write to a file opened for appending, so lines of two processes never mix.
 * - Rotating is renaming and nothing else, from the oldest file to the newest, each onto a free name or onto the oldest:
 *   killed at any point, all lines are still there and in order, and the next rotation closes the gap.
 * - What a kill or a full disk cut off in the middle gets a line end before the next line follows.
 */
export function rotatingFile(
  folder: string,
  { rotates, limits = LOG_LIMITS }: { rotates: boolean; limits?: Limits },
): LineSink {
  const path = join(folder, LOG_FILE);
  let open: { handle: number; ino: number } | null = null;
  /** Where the file ended after our last line; somebody else's lines may have followed. */
  let endedAt = -1;
  let trouble: string | null = null;

  const close = () => {
    if (open !== null) closeSync(open.handle);
    open = null;
    endedAt = -1;
  };

  /** The current file, opened if it is not or if the name now belongs to another one. */
  const current = (): { handle: number; size: number } => {
    let found = statOf(path);
    if (open !== null && found?.ino === open.ino) return { handle: open.handle, size: found.size };
    close();
    const handle = openForAppending(folder, path);
    found = fstatSync(handle);
    open = { handle, ino: found.ino };
    return { handle, size: found.size };
  };

  const append = (line: string): void => {
    const bytes = Buffer.from(`${line}\n`);
    let { handle, size } = current();
    if (rotates && size > 0 && size + bytes.length > limits.bytes) {
      close();
      rotate(path, limits.files);
      ({ handle, size } = current());
    }
    const isBroken = size > 0 && size !== endedAt && !endsLine(handle, size);
    const whole = isBroken ? Buffer.concat([LINE_END, bytes]) : bytes;
    endedAt = -1;
    for (let done = 0; done < whole.length; ) done += writeSync(handle, whole, done);
    endedAt = size + whole.length;
  };

  return {
    write: (line) => {
      try {
        append(line);
        trouble = null;
      } catch (error) {
        trouble = error instanceof Error && 'code' in error ? String(error.code) : String(error);
      }
      return trouble === null;
    },
    trouble: () => trouble,
    close,
  };
}

const LINE_END = Buffer.from('\n');

/** Moves each file one name on, up to the first free name; without one the oldest is overwritten. */
function rotate(path: string, files: number): void {
  let free = 1;
  while (free < files - 1 && existsSync(numbered(path, free))) free += 1;
  for (let number = free; number > 0; number -= 1) {
    if (existsSync(numbered(path, number - 1))) renameSync(numbered(path, number - 1), numbered(path, number));
  }
}

/** Administrators read the log: on a Mac a new file takes the group of its folder. */
function openForAppending(folder: string, path: string): number {
  const flags = 'a+';
  try {
    return withMode(openSync(path, flags, 0o640));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    mkdirSync(folder, { recursive: true, mode: 0o750 });
    return withMode(openSync(path, flags, 0o640));
  }
}

function withMode(handle: number): number {
  if (fstatSync(handle).size === 0) fchmodSync(handle, 0o640);
  return handle;
}

function endsLine(handle: number, size: number): boolean {
  const last = Buffer.alloc(1);
  return readSync(handle, last, 0, 1, size - 1) === 1 && last[0] === LINE_END[0];
}

function statOf(path: string): Stats | null {
  return statSync(path, { throwIfNoEntry: false }) ?? null;
}
