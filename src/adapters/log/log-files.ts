import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The file that is written to; older ones carry a number, the larger the older. */
export const LOG_FILE = 'upkeep.log';

/** How much is kept: this many files, the one being written included, of so many bytes each. */
export const LOG_LIMITS = { files: 5, bytes: 2_000_000 } as const;

export const numbered = (file: string, number: number): string => (number === 0 ? file : `${file}.${number}`);

/** The log files of a folder, oldest first. Gaps between numbers, as an interrupted rotation leaves them, do no harm. */
export function logFiles(folder: string): string[] {
  return readdirSync(folder)
    .map((name) => ({ name, number: numberOf(name) }))
    .filter((file): file is { name: string; number: number } => file.number !== null)
    .sort((a, b) => b.number - a.number)
    .map(({ name }) => join(folder, name));
}

function numberOf(name: string): number | null {
  if (name === LOG_FILE) return 0;
  const digits = /^upkeep\.log\.([1-9]\d{0,3})$/.exec(name)?.[1];
  return digits === undefined ? null : Number(digits);
}
