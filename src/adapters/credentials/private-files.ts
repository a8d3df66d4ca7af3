import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { isoOf, readInstant } from '../../domain/instant.ts';
import { UpkeepError } from '../../domain/problem.ts';
import { textOf, writeWhole } from '../launchd/whole-file.ts';

/** Reads a file, null where there is none, and writes one whole or not at all, on the disk when `write` returns. */
export type PrivateFiles = { read: (path: string) => string | null; write: (path: string, text: string) => void };

/** Files that only their owner may read. */
export const privateFiles: PrivateFiles = {
  read: textOf,
  write: (path, text) => {
    mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
    writeWhole(path, text, 0o600);
  },
};

/** A moment as people read it in the file. */
export const instantSchema = z.string().transform((text, context) => {
  const at = readInstant(text, 'UTC');
  if (at !== null) return at;
  context.addIssue({ code: 'custom', message: 'is no moment' });
  return z.NEVER;
});

export const jsonOf = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;
export const momentOf = (at: number): string => isoOf(at);

/** The content of a file that upkeep itself wrote, or `otherwise` where there is none. Throws `store.unusable`. */
export function readOwnFile<T>(
  text: string | null,
  file: string,
  schema: z.ZodType<T>,
  otherwise: T,
  remedy: string,
): T {
  if (text === null) return otherwise;
  const read = schema.safeParse(parsed(text));
  if (read.success) return read.data;
  throw new UpkeepError('store.unusable', `${file} is damaged, or from a newer upkeep.`, { remedy, facts: { file } });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
