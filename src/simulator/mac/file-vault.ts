import type { Random } from '../random.ts';
import type { Account, Accounts } from './accounts.ts';
import type { Note } from './happenings.ts';

/** Letters and digits that cannot be taken for one another. */
const KEY_LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';

export const FILE_VAULT_STATES = [
  'on',
  'on, needs a restart',
  'off',
  'off, on after a restart',
  'off, needs a restart',
] as const;
export type FileVaultState = (typeof FILE_VAULT_STATES)[number];

export type FileVaultParts = {
  accounts: Accounts;
  random: Random;
  note: Note;
  state: FileVaultState;
  /** Short names; null: everybody with a secure token. */
  users: readonly string[] | null;
  personalKey: string | null;
  institutionalKey: boolean;
  /** `pmset destroyfvkeyonstandby`. */
  destroysKey: boolean;
};

/** FileVault: whether the disk asks for a password before macOS starts, whose, and the key for when all are lost. */
export class FileVault {
  state: FileVaultState;
  institutionalKey: boolean;
  readonly destroysKey: boolean;
  /** Somebody has unlocked the coming start in advance. */
  nextStartUnlocked = false;
  readonly #parts: FileVaultParts;
  readonly #secrets = new Set<string>();
  #personalKey: string | null;

  constructor(parts: FileVaultParts) {
    this.#parts = parts;
    this.state = parts.state;
    this.institutionalKey = parts.institutionalKey;
    this.destroysKey = parts.destroysKey;
    this.#personalKey = parts.personalKey;
    if (parts.personalKey !== null) this.#secrets.add(parts.personalKey);
  }

  get on(): boolean {
    return this.state.startsWith('on');
  }

  get personalKey(): string | null {
    return this.#personalKey;
  }

  /** Who can open the disk at the start. */
  users(): Account[] {
    const { accounts, users } = this.#parts;
    if (!this.on) return [];
    return accounts.all().filter(({ name, secureToken }) => secureToken && (users === null || users.includes(name)));
  }

  /** The recovery key, or the password for the disk of the account named; of any account where none is named. */
  opens(name: string | null, secret: string): boolean {
    if (this.#personalKey !== null && secret.toUpperCase() === this.#personalKey) return true;
    return this.users().some(
      (account) => (name === null || account.name === name) && account.cryptoPassword === secret,
    );
  }

  /** Makes a new recovery key; the old one is dead. */
  changePersonalKey(): string {
    const dice = this.#parts.random.fork(`key ${this.#secrets.size}`);
    const letters = Array.from({ length: 24 }, () => KEY_LETTERS[dice.whole(0, KEY_LETTERS.length - 1)]).join('');
    const key = (letters.match(/.{4}/g) ?? []).join('-');
    this.#personalKey = key;
    this.#secrets.add(key);
    this.#parts.note({ kind: 'recovery-key-changed' });
    return key;
  }

  /** The Mac has started: what waited for that is done. */
  started(): void {
    this.nextStartUnlocked = false;
    if (this.state === 'off, on after a restart' || this.state === 'on, needs a restart') this.state = 'on';
    if (this.state === 'off, needs a restart') this.state = 'off';
  }

  /** Where the key is not to outlast a sleep, neither does what was unlocked in advance. */
  fellAsleep(): void {
    if (this.destroysKey) this.nextStartUnlocked = false;
  }

  secrets(): ReadonlySet<string> {
    return this.#secrets;
  }
}
