import { join } from 'node:path';
import { z } from 'zod';
import { type Attempt, withoutOldAttempts } from '../../domain/attempts.ts';
import { instantSchema, jsonOf, momentOf, type PrivateFiles, readOwnFile } from './private-files.ts';

export const ATTEMPTS_FILE = 'attempts.json';

const schema = z
  .strictObject({
    format: z.literal(1),
    attempts: z.array(
      z.strictObject({
        account: z.string(),
        credential: z.string().nullable(),
        at: instantSchema,
        right: z.boolean().nullable(),
        disk: z.boolean().optional(),
      }),
    ),
  })
  .transform(({ attempts }): Attempt[] => attempts);

/** The passwords that were tried, by account, each on the disk before the try: a crash never makes one forgotten. */
export class AttemptsFile {
  readonly path: string;
  readonly #files: PrivateFiles;

  constructor(folder: string, files: PrivateFiles) {
    this.path = join(folder, ATTEMPTS_FILE);
    this.#files = files;
  }

  /** Throws `store.unusable` for a damaged file: without it nobody knows how near a lockout an account is. */
  all(): Attempt[] {
    const remedy = 'Wait a day, so that no account is locked by one try too many, then delete the file.';
    return readOwnFile<Attempt[]>(this.#files.read(this.path), this.path, schema, [], remedy);
  }

  /** Writes a try down before it is made. The function it returns writes down how it ended, as far as is known so far. */
  begin(attempt: Omit<Attempt, 'right' | 'disk'>): (right: boolean, disk?: boolean) => void {
    const before = withoutOldAttempts(this.all(), attempt.at);
    this.#write([...before, { ...attempt, right: null }]);
    return (right, disk) => this.#write([...before, { ...attempt, right, disk }]);
  }

  #write(attempts: readonly Attempt[]): void {
    const content = { format: 1, attempts: attempts.map((one) => ({ ...one, at: momentOf(one.at) })) };
    this.#files.write(this.path, jsonOf(content));
  }
}
