import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { logFiles } from './log-files.ts';

type OpenFile = { handle: number; ino: number; readTo: number };

/**
 * Reads the lines of a log while it grows and is rotated: at first all there are, then each time what has come since,
 * oldest first, none twice and none left out unless whole files went by between two looks.
 */
export class LogTail {
  readonly #folder: string;
  #file: OpenFile | null = null;
  #rest = Buffer.alloc(0);

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
   * The files after the one being read. They are opened from the newest to the oldest: renaming moves files only in that
   * direction, so that none slips by, and one met twice is known by its inode.
   */
  #newerFiles(): { files: OpenFile[]; gap: boolean } {
    const files: OpenFile[] = [];
    const seen = new Set<number>();
    for (const path of logFiles(this.#folder).toReversed()) {
      const handle = openIfThere(path);
      if (handle === null) continue;
      const { ino } = fstatSync(handle);
      if (ino === this.#file?.ino || seen.has(ino)) closeSync(handle);
      if (ino === this.#file?.ino) return { files: files.toReversed(), gap: false };
      if (seen.has(ino)) continue;
      seen.add(ino);
      files.push({ handle, ino, readTo: 0 });
    }
    return { files: files.toReversed(), gap: this.#file !== null && files.length > 0 };
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
