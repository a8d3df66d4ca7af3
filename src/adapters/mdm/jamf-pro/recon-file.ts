import { join } from 'node:path';
import { z } from 'zod';
import { DAY_MS, type Instant } from '../../../domain/instant.ts';
import { instantSchema, jsonOf, momentOf, type PrivateFiles, readOwnFile } from '../../credentials/private-files.ts';

export const RECON_FILE = 'jamf-recon.json';

const schema = z
  .strictObject({ format: z.literal(1), at: instantSchema })
  .transform(({ at }): { at: Instant | null } => ({ at }));

/** When upkeep last had the inventory of this Mac sent, on the disk before it is: a crash does not send it twice. */
export class ReconFile {
  readonly path: string;
  readonly #files: PrivateFiles;

  constructor(folder: string, files: PrivateFiles) {
    this.path = join(folder, RECON_FILE);
    this.#files = files;
  }

  /** A clock that was set back makes no day shorter. Throws `store.unusable` for a damaged file. */
  isOfTheDay(now: Instant): boolean {
    const remedy = 'Delete the file: the inventory is then sent once more.';
    const { at } = readOwnFile<{ at: Instant | null }>(
      this.#files.read(this.path),
      this.path,
      schema,
      { at: null },
      remedy,
    );
    return at !== null && at > now - DAY_MS;
  }

  begin(at: Instant): void {
    this.#files.write(this.path, jsonOf({ format: 1, at: momentOf(at) }));
  }
}
