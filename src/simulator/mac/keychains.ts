import type { Instant } from '../../domain/instant.ts';
import type { Account } from './accounts.ts';

export type KeychainItem = {
  account: string;
  service: string;
  label: string;
  kind: string | null;
  comment: string | null;
  secret: string;
  /** Paths of the programs that may read the secret without anybody being asked; null: all of them. */
  trusted: readonly string[] | null;
  createdAt: Instant;
  changedAt: Instant;
};

export type Keychain = {
  readonly path: string;
  /** Whose it is; 0 for the Mac's own. */
  readonly uid: number;
  /** The Mac's own needs none. */
  password: string | null;
  locked: boolean;
  items: KeychainItem[];
};

export const SYSTEM_KEYCHAIN = '/Library/Keychains/System.keychain';

/** The Mac's own keychain, and one for each account: that opens with the log-in, if the password is still the same. */
export class Keychains {
  readonly system: Keychain = { path: SYSTEM_KEYCHAIN, uid: 0, password: null, locked: false, items: [] };
  readonly #ofUsers = new Map<string, Keychain>();
  readonly #secrets = new Set<string>();

  /** Made with the account's password of now, when it is first needed. */
  ofUser({ name, uid, home, loginPassword }: Account, password = loginPassword): Keychain {
    const known = this.#ofUsers.get(name);
    if (known) return known;
    const path = `${home}/Library/Keychains/login.keychain-db`;
    const made: Keychain = { path, uid, password, locked: true, items: [] };
    this.#ofUsers.set(name, made);
    if (password !== '') this.#secrets.add(password);
    return made;
  }

  /** By path; the old ending without `-db` is understood too. */
  at(path: string): Keychain | null {
    const wanted = path.replace(/\.keychain$/, '.keychain-db');
    if (path === SYSTEM_KEYCHAIN) return this.system;
    return [...this.#ofUsers.values()].find((keychain) => keychain.path === wanted) ?? null;
  }

  sessionBegins(account: Account): void {
    const keychain = this.ofUser(account);
    keychain.locked = keychain.password !== account.loginPassword;
  }

  sessionEnds(account: Account): void {
    this.ofUser(account).locked = true;
  }

  /** The keychain goes along when its owner changes the password and knows the old one. */
  changePassword(account: Account, old: string, password: string): void {
    const keychain = this.ofUser(account, old);
    if (keychain.password === old) keychain.password = password;
  }

  forget(account: Account): void {
    this.#ofUsers.delete(account.name);
  }

  /** Puts an item in; one with the same account and service is replaced. */
  put(keychain: Keychain, item: KeychainItem): void {
    keychain.items = keychain.items.filter((one) => !isSame(one, item));
    keychain.items.push(item);
    if (item.secret !== '') this.#secrets.add(item.secret);
  }

  has(keychain: Keychain, item: Pick<KeychainItem, 'account' | 'service'>): boolean {
    return keychain.items.some((one) => isSame(one, item));
  }

  remove(keychain: Keychain, item: KeychainItem): void {
    keychain.items = keychain.items.filter((one) => one !== item);
  }

  secrets(): ReadonlySet<string> {
    return this.#secrets;
  }
}

function isSame(a: Pick<KeychainItem, 'account' | 'service'>, b: Pick<KeychainItem, 'account' | 'service'>): boolean {
  return a.account === b.account && a.service === b.service;
}
