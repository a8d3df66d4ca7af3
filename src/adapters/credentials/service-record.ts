import { join } from 'node:path';
import { z } from 'zod';
import { jsonOf, type PrivateFiles, readOwnFile } from './private-files.ts';

export const SERVICE_RECORD_FILE = 'service-account.json';

/**
 * What upkeep knows of its own account. It is written before the account is made, so that no crash leaves an account that
 * nobody remembers. Only `guid` says whose an account is: a name can be taken by anybody.
 */
export type ServiceRecord = {
  name: string;
  /** Null until the account was seen, or has proved to be ours. */
  guid: string | null;
  /** Which prepared password it was, or will be, made with. */
  version: number;
  /** It is to be an administrator, without which it can neither give tokens nor change its own password. */
  admin: boolean;
  /** Everything about it was looked at and is right, and its password counts. */
  ready: boolean;
};

const schema = z
  .strictObject({
    format: z.literal(1),
    account: z
      .strictObject({
        name: z.string().min(1),
        guid: z.string().nullable(),
        version: z.int().min(1),
        admin: z.boolean(),
        ready: z.boolean(),
      })
      .nullable(),
  })
  .transform(({ account }): ServiceRecord | null => account);

export class ServiceRecordFile {
  readonly path: string;
  readonly #files: PrivateFiles;

  constructor(folder: string, files: PrivateFiles) {
    this.path = join(folder, SERVICE_RECORD_FILE);
    this.#files = files;
  }

  /** Throws `store.unusable` for a damaged file: which account is ours is not guessed. */
  read(): ServiceRecord | null {
    const remedy =
      'upkeep touches no account without it. Look whether the account is still there, delete it by hand if so, then delete the file.';
    return readOwnFile<ServiceRecord | null>(this.#files.read(this.path), this.path, schema, null, remedy);
  }

  write(account: ServiceRecord | null): void {
    this.#files.write(this.path, jsonOf({ format: 1, account }));
  }
}
