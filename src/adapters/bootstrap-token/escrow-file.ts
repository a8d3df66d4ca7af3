import { join } from 'node:path';
import { z } from 'zod';
import { DAY_MS, type Instant } from '../../domain/instant.ts';
import { instantSchema, jsonOf, momentOf, type PrivateFiles, readOwnFile } from '../credentials/private-files.ts';

export const ESCROW_FILE = 'bootstrap-token.json';

/** `replacing`: since when the old token may be gone without a new one in its place; null where that is not so. */
export type EscrowRecord = { attempts: Instant[]; replacing: Instant | null };

const schema = z
  .strictObject({ format: z.literal(1), attempts: z.array(instantSchema), replacing: instantSchema.nullable() })
  .transform(({ attempts, replacing }): EscrowRecord => ({ attempts, replacing }));

/** What upkeep has set about with the bootstrap token, on the disk before it is done. */
export class EscrowFile {
  readonly path: string;
  readonly #files: PrivateFiles;

  constructor(folder: string, files: PrivateFiles) {
    this.path = join(folder, ESCROW_FILE);
    this.#files = files;
  }

  /** Throws `store.unusable` for a damaged file. */
  read(): EscrowRecord {
    const remedy = 'Wait a day, so that no escrow is tried too often, then delete the file.';
    const none = { attempts: [], replacing: null };
    return readOwnFile<EscrowRecord>(this.#files.read(this.path), this.path, schema, none, remedy);
  }

  /** Writes down that an escrow begins. Attempts of the day are kept; a clock that was set back makes none older. */
  begin(at: Instant): void {
    const before = this.read();
    this.#write({ ...before, attempts: [...attemptsOfTheDay(before, at), at] });
  }

  replacing(since: Instant | null): void {
    const before = this.read();
    if (before.replacing !== since) this.#write({ ...before, replacing: since });
  }

  #write({ attempts, replacing }: EscrowRecord): void {
    const since = replacing === null ? null : momentOf(replacing);
    this.#files.write(this.path, jsonOf({ format: 1, attempts: attempts.map(momentOf), replacing: since }));
  }
}

export function attemptsOfTheDay({ attempts }: EscrowRecord, now: Instant): Instant[] {
  return attempts.filter((at) => at > now - DAY_MS);
}
