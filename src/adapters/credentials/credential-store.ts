import type { AuthMethod, MethodTrouble } from '../../domain/authority.ts';
import { credentialId, isSameItem, type KeptItem, type SavedCredential } from '../../domain/credentials.ts';
import { type Instant, SECOND_MS } from '../../domain/instant.ts';
import { UpkeepError } from '../../domain/problem.ts';
import type { Secret } from '../../domain/secret.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Commands } from '../../ports/commands.ts';
import { CredentialsFile, EMPTY, type SavedCredentials } from './credentials-file.ts';
import { type Closed, KeychainItems } from './keychain-items.ts';
import { refuseObstacles, type SaveRules } from './obstacles.ts';
import { type PrivateFiles, privateFiles } from './private-files.ts';
import { Seal } from './seal.ts';

/** `version` names this very password among the attempts. `why` continues a sentence and holds no secret. */
export type CredentialReading =
  | { found: true; account: string; version: string; secret: Secret }
  | { found: false; trouble: MethodTrouble; why: string };

export type CredentialStoreParts = { commands: Commands; clock: Clock; folder: string; files?: PrivateFiles };

/** What is to be kept. `uid` is whose keychain it goes into, null for that of the Mac. The password was right at `verifiedAt`. */
export type NewCredential = {
  method: AuthMethod;
  account: string;
  uid: number | null;
  secret: Secret;
  verifiedAt: Instant;
};

/**
 * Saved credentials: the passwords in keychains, one item for each version, and a file that says which of them count.
 *
 * A new one is put into the keychain, read back, and only then pointed at; the old one is deleted after that. Cut off at
 * any instant, either the old or the new one counts and works, and what lies about is cleared away by the next call.
 * Whoever changes anything holds the lock of the credentials.
 */
export class CredentialStore {
  readonly #clock: Clock;
  readonly #file: CredentialsFile;
  readonly #items: KeychainItems;
  readonly #seal: Seal;

  constructor({ commands, clock, folder, files = privateFiles }: CredentialStoreParts) {
    this.#clock = clock;
    this.#file = new CredentialsFile(folder, files);
    this.#seal = new Seal(folder, files);
    this.#items = new KeychainItems(commands, this.#seal);
  }

  /** What is saved, and what still lies in a keychain although it does not count any more. Changes nothing. */
  list(): Omit<SavedCredentials, 'lastVersion'> {
    const { lastVersion: _, ...found } = this.#file.read();
    return found;
  }

  saved(method: AuthMethod): SavedCredential | null {
    return this.list().saved.find((one) => one.method === method) ?? null;
  }

  async read(method: AuthMethod): Promise<CredentialReading> {
    try {
      return await this.#read(method, null);
    } catch (error) {
      if (!(error instanceof UpkeepError)) throw error;
      return { found: false, trouble: 'unknown', why: error.message };
    }
  }

  /** Whether the password of a method still lies where it was put, as far as can be told without reading it. */
  async lies(saved: SavedCredential): Promise<{ is: 'there' } | { is: 'absent' } | Closed> {
    return this.#seal.isThere() ? this.#items.see(saved) : { is: 'absent' };
  }

  async #read(method: AuthMethod, missing: SavedCredential | null): Promise<CredentialReading> {
    const saved = this.saved(method);
    if (saved === null) return { found: false, trouble: 'not-set', why: 'nothing is saved' };
    if (missing !== null && isSameItem(saved, missing)) {
      return { found: false, trouble: 'password-gone', why: 'the password is not in the keychain any more' };
    }
    const item = await this.#items.find(saved);
    if (item.is === 'foreign') return { found: false, trouble: 'password-gone', why: FOREIGN };
    // It may have been replaced in between; then another one counts now.
    if (item.is === 'absent') return this.#read(method, saved);
    if (item.is === 'closed') return { found: false, trouble: 'keychain-unavailable', why: item.why };
    return { found: true, account: saved.account, version: credentialId(saved), secret: item.secret };
  }

  /** What would be in the way of saving it: those that `replace` would delete. */
  inTheWay(
    { method, account }: Pick<NewCredential, 'method' | 'account'>,
    { severalSaved }: Pick<SaveRules, 'severalSaved'>,
  ): SavedCredential[] {
    return this.#file.read().saved.filter((one) => (one.method === method ? one.account !== account : !severalSaved));
  }

  /**
   * Keeps a verified password. The same account's earlier one is always replaced; anything else only with `replace`.
   * Throws `credential.in-the-way` and `credential.not-kept`, and then what was saved before still is.
   */
  async save(credential: NewCredential, rules: SaveRules): Promise<SavedCredential> {
    const obstacles = this.inTheWay(credential, rules);
    refuseObstacles(obstacles, rules);
    await this.sweep();
    return this.#pointAt(await this.#putNew(credential), obstacles, credential.verifiedAt);
  }

  /**
   * Puts a password into the keychain that an account is about to get. It does not count yet, but is kept whatever happens
   * until `promote` or `discard`: cut off in between, somebody has to find out which of the two the account has. Throws as
   * `save` does.
   */
  async prepare(credential: Omit<NewCredential, 'verifiedAt'>, rules: SaveRules): Promise<KeptItem> {
    refuseObstacles(this.inTheWay(credential, rules), rules);
    await this.sweep();
    const item = await this.#putNew(credential);
    const before = this.#file.read();
    this.#file.write({ ...before, prepared: [...before.prepared, item] });
    return item;
  }

  /** The password of a prepared item; null where it is not there or cannot be read now. */
  async readPrepared(item: KeptItem): Promise<Secret | null> {
    const found = await this.#items.find(item);
    return found.is === 'found' ? found.secret : null;
  }

  /** The account has got that password, and it is right: from now on it counts, by the rules of `save`. */
  async promote(item: KeptItem, verifiedAt: Instant, rules: SaveRules): Promise<SavedCredential> {
    const obstacles = this.inTheWay(item, rules);
    refuseObstacles(obstacles, rules);
    return this.#pointAt(item, obstacles, verifiedAt);
  }

  /** The account has not got that password and will not. */
  async discard(item: KeptItem): Promise<void> {
    const before = this.#file.read();
    const prepared = before.prepared.filter((one) => !isSameItem(one, item));
    this.#file.write({ ...before, prepared, loose: [...before.loose, itemOf(item)] });
    await this.sweep();
  }

  /** From here on the new one counts, and the old ones do not. */
  async #pointAt(item: KeptItem, obstacles: readonly KeptItem[], verifiedAt: Instant): Promise<SavedCredential> {
    const fresh = { ...itemOf(item), savedAt: this.#clock.now(), verifiedAt };
    const before = this.#file.read();
    const old = before.saved.filter(
      (one) => one.method === fresh.method || obstacles.some((other) => isSameItem(one, other)),
    );
    this.#file.write({
      ...before,
      saved: [...before.saved.filter((one) => !old.includes(one)), fresh],
      prepared: before.prepared.filter((one) => !isSameItem(one, item)),
      loose: [...before.loose, ...old.map(itemOf)],
    });
    await this.sweep();
    return fresh;
  }

  /** It was tried and is right. */
  verified(item: KeptItem, at: Instant): void {
    const before = this.#file.read();
    const saved = before.saved.map((one) => (isSameItem(one, item) ? { ...one, verifiedAt: at } : one));
    this.#file.write({ ...before, saved });
  }

  /** Nothing of these methods counts any more, and then their items go. Returns what had been saved. */
  async delete(methods: readonly AuthMethod[]): Promise<SavedCredential[]> {
    const before = this.#file.read();
    const old = before.saved.filter(({ method }) => methods.includes(method));
    const halfDone = before.prepared.filter(({ method }) => methods.includes(method));
    if (old.length + halfDone.length > 0) {
      this.#file.write({
        ...before,
        saved: before.saved.filter((one) => !old.includes(one)),
        prepared: before.prepared.filter((one) => !halfDone.includes(one)),
        loose: [...before.loose, ...[...old, ...halfDone].map(itemOf)],
      });
    }
    await this.sweep();
    return old;
  }

  /** Whether the file can be read; where there is none, nothing is saved. */
  isReadable(): boolean {
    try {
      this.#file.read();
      return true;
    } catch (error) {
      if (error instanceof UpkeepError && error.code === 'store.unusable') return false;
      throw error;
    }
  }

  /**
   * Once nothing counts any more, or nobody can tell what does: also what the file does not name goes from the keychain of
   * the Mac, and a damaged file makes way for a new one.
   */
  async clear(): Promise<void> {
    const isReadable = this.isReadable();
    const { saved, prepared } = isReadable ? this.#file.read() : EMPTY;
    if (saved.length + prepared.length > 0) return;
    const cleared = await this.#items.forgetAll();
    if (cleared.is === 'closed') {
      throw new UpkeepError('credential.later', `the keychain could not be cleared: ${cleared.why}.`, {
        remedy: 'Try again in a minute. Nothing in it is used any more.',
      });
    }
    if (!isReadable) this.#file.write(EMPTY);
  }

  /** Deletes items that do not count. One in a closed keychain is left for another time. */
  async sweep(): Promise<void> {
    for (const item of this.#file.read().loose) {
      if ((await this.#items.forget(item)).is === 'closed') continue;
      const before = this.#file.read();
      this.#file.write({ ...before, loose: before.loose.filter((one) => !isSameItem(one, item)) });
    }
  }

  /** Puts a password into the keychain as an item that does not count yet, and makes sure that it is there. */
  async #putNew({ secret, method, account, uid }: Omit<NewCredential, 'verifiedAt'>): Promise<KeptItem> {
    const before = this.#file.read();
    // By the time, so that a version never comes again, not even after the file was lost.
    const version = Math.max(before.lastVersion + 1, Math.floor(this.#clock.now() / SECOND_MS));
    const item = { method, version, uid, account };
    this.#file.write({ ...before, lastVersion: version, loose: [...before.loose, item] });
    const why = await this.#putAndCompare(item, secret);
    if (why === null) return item;
    await this.sweep();
    throw new UpkeepError('credential.not-kept', `the keychain did not keep the password: ${why}.`, {
      remedy: 'What was saved before still is. Try again; if it goes on, look at the keychain with Keychain Access.',
      facts: { method },
    });
  }

  async #putAndCompare(item: KeptItem, secret: Secret): Promise<string | null> {
    const put = await this.#items.put(item, secret);
    if (put.is === 'closed') return put.why;
    const kept = await this.#items.find(item);
    if (kept.is === 'closed') return kept.why;
    if (kept.is === 'absent') return 'it said it had, but the item is not there';
    if (kept.is === 'foreign') return 'what was read back is not what was put in';
    return isSameSecret(kept.secret, secret) ? null : 'what was read back is not what was put in';
  }
}

const FOREIGN = 'what lies in the keychain was not put there by upkeep, or the key to it is gone';

function itemOf({ method, version, uid, account }: KeptItem): KeptItem {
  return { method, version, uid, account };
}

function isSameSecret(a: Secret, b: Secret): boolean {
  return a.expose((one) => b.expose((other) => one === other));
}
