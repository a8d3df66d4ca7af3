import type { Secret } from '../domain/secret.ts';

/**
 * Passwords for as long as this process lives. Events, checkpoint and journal carry only the handle; a crash forgets
 * the password and the chart asks again.
 */
export class SecretKeeper {
  readonly #secrets = new Map<string, Secret>();
  #count = 0;

  keep(secret: Secret): string {
    this.#count += 1;
    const handle = `secret-${this.#count}`;
    this.#secrets.set(handle, secret);
    return handle;
  }

  /** The secret, for a use before the one that it is meant for; null where it is forgotten. */
  lend(handle: string): Secret | null {
    return this.#secrets.get(handle) ?? null;
  }

  /** Hands the secret out once; null where a crash or an earlier use has forgotten it. */
  take(handle: string): Secret | null {
    const secret = this.#secrets.get(handle) ?? null;
    this.#secrets.delete(handle);
    return secret;
  }
}
