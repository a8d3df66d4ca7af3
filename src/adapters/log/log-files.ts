import { readdirSync } from 'node:fs';

/** The file that is written to; older ones carry a number, the larger the older. */
export const LOG_FILE = 'upkeep.log';

/** How much is kept: this many files, the one being written included, of so many bytes each. */
export const LOG_LIMITS = { files: 5, bytes: 2_000_000 } as const;

export const numbered = (file: string, number: number): string => (number === 0 ? file : `${file}.${number}`);

/** The highest number among the log files of a folder; null where there is none. Gaps in between do no harm. */
export function oldestNumber(folder: string): number | null {
  const numbers = readdirSync(folder)
    .map(numberOf)
    .filter((number) => number !== null);
  return numbers.length === 0 ? null : Math.max(...numbers);
}

function numberOf(name: string): number | null {
  if (name === LOG_FILE) return 0;
  const digits = /^upkeep\.log\.([1-9]\d{0,3})$/.exec(name)?.[1];
  return digits === undefined ? null : Number(digits);
}
