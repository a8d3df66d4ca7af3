import { majorOf } from '../../domain/os-version.ts';
import type { Account, Accounts } from './accounts.ts';
import type { FileVault } from './file-vault.ts';
import type { Note } from './happenings.ts';

export type CryptoUserKind = 'LocalOpenDirectory' | 'PersonalRecovery' | 'MDMRecovery';
/** Who can open the disk; `owner` may also change what starts from it, and so authorise updates. */
export type CryptoUser = { uuid: string; kind: CryptoUserKind; owner: boolean };

/** The same on every Mac. */
export const PERSONAL_RECOVERY_UUID = 'EBC6C064-0000-11AA-AA11-00306543ECAC';
const BOOTSTRAP_TOKEN_UUID = '2457711A-523C-4604-B75A-F48A571D5036';

export type TokenParts = {
  accounts: Accounts;
  fileVault: FileVault;
  /** What macOS runs now. */
  version: () => string;
  note: Note;
  /** The key of the MDM: whether the disk knows one, and whether it can be had from the server now. */
  bootstrap: { known: () => boolean; works: () => boolean };
};

/**
 * Secure tokens and volume ownership: the accounts the disk itself knows. The first token comes by itself, every later
 * one from an administrator who has one.
 */
export class SecureTokens {
  readonly #parts: TokenParts;
  /** GeneratedUIDs in the order the tokens were given. */
  #order: string[];

  constructor(parts: TokenParts) {
    this.#parts = parts;
    this.#order = this.holders().map(({ guid }) => guid);
  }

  holders(): Account[] {
    return this.#parts.accounts.all().filter((account) => account.secureToken);
  }

  /** Whether anybody could give a token. From 15 on the MDM's key and the recovery key count as somebody. */
  anybody(): boolean {
    if (this.holders().length > 0) return true;
    return this.#major() >= 15 && (this.#parts.bootstrap.known() || this.#parts.fileVault.personalKey !== null);
  }

  /** Whether this password opens the disk in the name of the account: not the same as whether it opens a session. */
  unlocks(account: Account, password: string): boolean {
    return account.secureToken && account.cryptoPassword === password;
  }

  /** Whether `admin` may give tokens, which takes one of its own; where nobody has one it may give itself the first. */
  mayGrant(admin: Account, to: Account, password: string): boolean {
    if (!admin.admin) return false;
    return this.unlocks(admin, password) || (admin === to && !this.anybody());
  }

  grant(account: Account, password: string): void {
    account.secureToken = true;
    account.tokenWithdrawn = false;
    account.volumeOwner = true;
    this.#parts.accounts.putCryptoPassword(account, password);
    if (!this.#order.includes(account.guid)) this.#order.push(account.guid);
    this.#parts.note({ kind: 'secure-token-granted', user: account.name });
  }

  withdraw(account: Account): void {
    account.secureToken = false;
    account.tokenWithdrawn = true;
    account.volumeOwner = false;
    this.#parts.accounts.putCryptoPassword(account, null);
    this.#order = this.#order.filter((guid) => guid !== account.guid);
    this.#parts.note({ kind: 'secure-token-withdrawn', user: account.name });
  }

  /** Somebody logs in with the right password: for the first time that may bring a token, without a word. */
  loggedIn(account: Account): void {
    const first = !account.hasLoggedIn;
    account.hasLoggedIn = true;
    if (!first || account.secureToken || account.loginPassword === '') return;
    // Where an MDM keeps a key of its own, it gives a token to whoever logs in for the first time.
    if (this.#parts.bootstrap.works() || !this.anybody()) this.grant(account, account.loginPassword);
  }

  /** The accounts first, then keys that belong to nobody. */
  cryptoUsers(): CryptoUser[] {
    const holders = this.#order.flatMap((guid) => this.holders().filter((account) => account.guid === guid));
    const users: CryptoUser[] = holders.map(({ guid, volumeOwner }) => ({
      uuid: guid,
      kind: 'LocalOpenDirectory',
      owner: volumeOwner,
    }));
    const recovery = this.#parts.fileVault.personalKey !== null || (this.#major() >= 15 && users.length > 0);
    if (recovery) users.push({ uuid: PERSONAL_RECOVERY_UUID, kind: 'PersonalRecovery', owner: true });
    if (this.#parts.bootstrap.known()) users.push({ uuid: BOOTSTRAP_TOKEN_UUID, kind: 'MDMRecovery', owner: true });
    return users;
  }

  #major(): number {
    return majorOf(this.#parts.version()) ?? 0;
  }
}
