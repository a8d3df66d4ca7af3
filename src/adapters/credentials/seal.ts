import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { Secret } from '../../domain/secret.ts';
import { jsonOf, type PrivateFiles, readOwnFile } from './private-files.ts';

export const KEY_FILE = 'credentials.key';

const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** So that what is no sealed password is never taken for one. */
const HEAD = 'upkeep1:';

const schema = z
  .strictObject({
    format: z.literal(1),
    key: z.base64().refine((text) => Buffer.from(text, 'base64').length === KEY_BYTES),
  })
  .transform(({ key }): Secret | null => new Secret(key));

/**
 * Seals passwords before they go into a keychain, with a key in a file that only root can read. A keychain goes by which
 * program asks, and `security` is a program everybody has: what an ordinary user may get out of it is of no use without
 * the key, and what somebody else put there is not taken for a password.
 */
export class Seal {
  readonly path: string;
  readonly #files: PrivateFiles;

  constructor(folder: string, files: PrivateFiles) {
    this.path = join(folder, KEY_FILE);
    this.#files = files;
  }

  /**
   * `id` names which password it is: opened under another name it is none. Throws `store.unusable` for a damaged key; the
   * first time there is none, and it is made.
   */
  close(password: Secret, id: string): Secret {
    const key = this.#key() ?? this.#newKey();
    return key.expose((coded) =>
      password.encoded((plain) => {
        const nonce = randomBytes(NONCE_BYTES);
        const cipher = createCipheriv(CIPHER, Buffer.from(coded, 'base64'), nonce).setAAD(Buffer.from(id));
        const sealed = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
        return `${HEAD}${Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64')}`;
      }),
    );
  }

  /** The password; null where this was not sealed so, or the key is gone. Throws as `close` does. */
  open(found: Secret, id: string): Secret | null {
    const key = this.#key();
    if (key === null) return null;
    return key.expose((coded) => found.expose((text) => opened(text, Buffer.from(coded, 'base64'), id)));
  }

  /** Whether there is a key. Throws as `close` does. */
  isThere(): boolean {
    return this.#key() !== null;
  }

  /** Once nothing that was sealed counts: what may still lie about opens with nothing any more. */
  renew(): void {
    if (this.#files.read(this.path) !== null) this.#newKey();
  }

  #key(): Secret | null {
    const remedy = 'What it sealed is lost. `sudo upkeep auth delete --all` begins anew, without any saved credential.';
    return readOwnFile<Secret | null>(this.#files.read(this.path), this.path, schema, null, remedy);
  }

  #newKey(): Secret {
    const key = randomBytes(KEY_BYTES).toString('base64');
    this.#files.write(this.path, jsonOf({ format: 1, key }));
    return new Secret(key);
  }
}

function opened(text: string, key: Buffer, id: string): Secret | null {
  if (!text.startsWith(HEAD)) return null;
  const sealed = Buffer.from(text.slice(HEAD.length), 'base64');
  // Some spellings of the same bytes are not the one that was put in.
  if (sealed.length <= NONCE_BYTES + TAG_BYTES || `${HEAD}${sealed.toString('base64')}` !== text) return null;
  const [nonce, tag] = [sealed.subarray(0, NONCE_BYTES), sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES)];
  try {
    const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES })
      .setAAD(Buffer.from(id))
      .setAuthTag(tag);
    const plain = Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
    return new Secret(plain.toString('utf8'));
  } catch {
    // With another key, under another name, or changed since.
    return null;
  }
}
