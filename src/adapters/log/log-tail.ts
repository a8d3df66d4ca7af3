import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { LOG_FILE, numbered, oldestNumber } from './log-files.ts';

/** So many rotations may happen while the files are being opened. */
const MOVED_ON = 50;
const MISSED_FOR_GOOD = 3;

type OpenFile = { handle: number; ino: number; readTo: number };

/**
 * Reads the lines of a log while it grows and is rotated: at first all there are, then each time what has come since,
 * oldest first, none twice and none left out unless whole files went by between two looks.
 */
export class LogTail {
  readonly #folder: string;
  #file: OpenFile | null = null;
  #rest = Buffer.alloc(0);
  /** So many looks in a row did not meet the file being read. */
  #missed = 0;

  /** Throws what the system throws when the folder cannot be read. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** `gap`: lines in between were rotated away before they were read. A line without its end waits for the next time. */
  read(): { lines: string[]; gap: boolean } {
    const lines: string[] = [];
    const newer = this.#newerFiles();
    if (this.#file !== null) lines.push(...this.#drain(this.#file));
    for (const next of newer.files) {
      if (this.#file !== null) {
        // Whoever still had the old file open may have written to it after the name moved on.
        lines.push(...this.#drain(this.#file), ...this.#takeRest());
        closeSync(this.#file.handle);
      }
      this.#file = next;
      lines.push(...this.#drain(next));
    }
    return { lines, gap: newer.gap };
  }

  /** What stands behind the last line end, for whoever does not wait for the rest of it. */
  rest(): string[] {
    return this.#takeRest();
  }

  close(): void {
    if (this.#file !== null) closeSync(this.#file.handle);
    this.#file = null;
  }

  /**
   * The files after the one being read, oldest first. They are opened one number after the other from the newest on, and
   * not by what a listing says: a listing made during a rename may lack the file. Files move only to higher numbers, so
   * none slips by whoever goes up; one met twice is known by its inode.
   */
  #newerFiles(): { files: OpenFile[]; gap: boolean } {
    const wanted = this.#file === null ? null : fstatSync(this.#file.handle);
    const isStillThere = wanted !== null && wanted.nlink > 0;
    const oldest = oldestNumber(this.#folder);
    if (oldest === null) return { files: [], gap: false };
    const files: OpenFile[] = [];
    for (let number = 0; number <= oldest + MOVED_ON; number += 1) {
      const handle = openIfThere(numbered(join(this.#folder, LOG_FILE), number));
      if (handle === null) continue;
      const { ino } = fstatSync(handle);
      const isKnown = ino === wanted?.ino || files.some((file) => file.ino === ino);
      if (isKnown) closeSync(handle);
      else files.push({ handle, ino, readTo: 0 });
      if (ino !== wanted?.ino) continue;
      this.#missed = 0;
      return { files: files.reverse(), gap: false };
    }
    if (!isStillThere) return { files: files.reverse(), gap: wanted !== null && files.length > 0 };
    // It exists and was not met: it was moving just then, or somebody moved it away for good, and only then we go on
    // with the newest; the others were read before.
    this.#missed += 1;
    const isMovedAway = this.#missed >= MISSED_FOR_GOOD;
    const kept = isMovedAway ? files.slice(0, 1) : [];
    for (const { handle } of files.slice(kept.length)) closeSync(handle);
    return { files: kept, gap: kept.length > 0 };
  }

  #drain(file: OpenFile): string[] {
    const { size } = fstatSync(file.handle);
    // Somebody emptied it: what stands there now is new.
    if (size < file.readTo) file.readTo = 0;
    const piece = Buffer.alloc(size - file.readTo);
    file.readTo += readSync(file.handle, piece, 0, piece.length, file.readTo);
    const bytes = Buffer.concat([this.#rest, piece]);
    const end = bytes.lastIndexOf(0x0a) + 1;
    this.#rest = bytes.subarray(end);
    return end === 0 ? [] : bytes.toString('utf8', 0, end - 1).split('\n');
  }

  #takeRest(): string[] {
    const rest = this.#rest.toString('utf8');
    this.#rest = Buffer.alloc(0);
    return rest === '' ? [] : [rest];
  }
}

function openIfThere(path: string): number | null {
  try {
    return openSync(path, 'r');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
