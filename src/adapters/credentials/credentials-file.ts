import { join } from 'node:path';
import { z } from 'zod';
import { AUTH_METHODS } from '../../domain/authority.ts';
import { isSameItem, type KeptItem, type SavedCredential } from '../../domain/credentials.ts';
import { instantSchema, jsonOf, momentOf, type PrivateFiles, readOwnFile } from './private-files.ts';

export const CREDENTIALS_FILE = 'credentials.json';

/**
 * What is saved, without any secret. `loose` are items that may lie in a keychain and that nothing points at: one just
 * being made, or one just replaced. They are written here before they exist, so that no crash leaves any behind unseen.
 * `prepared` are in a keychain and do not count yet, but an account may have got that password already: they are kept.
 */
export type SavedCredentials = {
  lastVersion: number;
  saved: SavedCredential[];
  prepared: KeptItem[];
  loose: KeptItem[];
};

const item = {
  method: z.enum(AUTH_METHODS),
  version: z.int().min(1),
  uid: z.int().min(0).nullable(),
  account: z.string(),
};
const schema = z
  .strictObject({
    format: z.literal(1),
    lastVersion: z.int().min(0),
    saved: z.array(z.strictObject({ ...item, savedAt: instantSchema, verifiedAt: instantSchema })),
    prepared: z.array(z.strictObject(item)),
    loose: z.array(z.strictObject(item)),
  })
  .transform(({ lastVersion, saved, prepared, loose }) => ({ lastVersion, saved, prepared, loose }));

export const EMPTY: SavedCredentials = { lastVersion: 0, saved: [], prepared: [], loose: [] };

/**
 * The file that says which item of which keychain counts. INVARIANT: whatever `saved` names has been read back from the
 * keychain, and is not deleted before a later write no longer names it.
 */
export class CredentialsFile {
  readonly path: string;
  readonly #files: PrivateFiles;

  constructor(folder: string, files: PrivateFiles) {
    this.path = join(folder, CREDENTIALS_FILE);
    this.#files = files;
  }

  /** Throws `store.unusable` for a damaged file: what it pointed at is not guessed. */
  read(): SavedCredentials {
    const remedy = '`sudo upkeep auth delete --all` begins anew, without any saved credential.';
    return readOwnFile<SavedCredentials>(this.#files.read(this.path), this.path, schema, EMPTY, remedy);
  }

  write({ lastVersion, saved, prepared, loose }: SavedCredentials): void {
    const kept = [...saved, ...prepared];
    const content = {
      format: 1,
      lastVersion,
      saved: saved.map((one) => ({ ...one, savedAt: momentOf(one.savedAt), verifiedAt: momentOf(one.verifiedAt) })),
      prepared,
      // Nothing that counts, or may come to count, is ever among those that are cleared away.
      loose: loose.filter((one) => !kept.some((other) => isSameItem(one, other))),
    };
    this.#files.write(this.path, jsonOf(content));
  }
}
