import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Instant } from '../domain/instant.ts';
import type { InboxEntry } from '../domain/request.ts';
import { writeWhole } from './whole-file.ts';

export const PROMISES_FILE = 'promises.json';
export const PROMISES_SCHEMA = 'upkeep.promises/1';

/**
 * What must outlive the database: all that people were promised, and every request that has not been heard. `seq` is the
 * journal's row that promised it: a database that ends more than one row before has lost some.
 */
export type Promises = { at: Instant; seq: number; promises: unknown; waiting: Omit<InboxEntry, 'key'>[] };

/**
 * The second place where promises are kept, a small file beside the database.
 *
 * INVARIANT: it is written before the commit it belongs to, and read only where the database is lost. So it may be one
 * step ahead of what was committed, never behind; and where it cannot be written, nothing is committed.
 */
export class PromisesFile {
  readonly #path: string;
  #written = '';

  constructor(directory: string) {
    this.#path = join(directory, PROMISES_FILE);
  }

  /** Writes unless it would say the same as the last time. */
  keep({ at, seq, promises, waiting }: Promises): void {
    const text = JSON.stringify({ promises, waiting });
    if (text === this.#written) return;
    const body = JSON.stringify({ schema: PROMISES_SCHEMA, at, seq, promises, waiting });
    writeWhole(this.#path, `${JSON.stringify({ sum: sumOf(body), body })}\n`);
    this.#written = text;
  }
}

/** What the file holds; null where there is none, or where it is not exactly what was written. */
export function readPromises(directory: string): Promises | null {
  try {
    const { sum, body } = JSON.parse(readFileSync(join(directory, PROMISES_FILE), 'utf8')) as Record<string, unknown>;
    if (typeof body !== 'string' || sum !== sumOf(body)) return null;
    const { schema, ...kept } = JSON.parse(body) as Promises & { schema: string };
    return schema === PROMISES_SCHEMA ? kept : null;
  } catch {
    return null;
  }
}

export function sumOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
