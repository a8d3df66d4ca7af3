import type { MacSpec } from './mac-spec.ts';

export type Account = {
  name: string;
  fullName: string;
  uid: number;
  admin: boolean;
  /** Secure token and volume ownership go together here: such an account may authorise updates on Apple silicon. */
  volumeOwner: boolean;
  password: string;
  /** Wrong passwords that lock the account; null where no policy is set. */
  lockoutAfter: number | null;
  failedLogins: number;
};

export type PasswordCheck = 'right' | 'wrong' | 'no such account' | 'locked out';

/** The people with an account. Every wrong password counts, whichever tool it was given to, until a right one. */
export class Accounts {
  readonly #accounts: Account[];

  constructor(accounts: Account[]) {
    this.#accounts = accounts;
  }

  all(): readonly Account[] {
    return this.#accounts;
  }

  named(name: string): Account | null {
    return this.#accounts.find((account) => account.name === name) ?? null;
  }

  numbered(uid: number): Account | null {
    return this.#accounts.find((account) => account.uid === uid) ?? null;
  }

  check(name: string, password: string): PasswordCheck {
    const account = this.named(name);
    if (!account) return 'no such account';
    if (lockedOut(account)) return 'locked out';
    if (password !== account.password) {
      account.failedLogins += 1;
      return 'wrong';
    }
    account.failedLogins = 0;
    return 'right';
  }
}

export function lockedOut(account: Account): boolean {
  return account.lockoutAfter !== null && account.failedLogins >= account.lockoutAfter;
}

/** The account the specification describes. */
export function accountOf(spec: MacSpec): Account {
  const { user: name, fullName, admin, volumeOwner, password, lockoutAfter } = spec;
  return { name, fullName, uid: 501, admin, volumeOwner, password, lockoutAfter, failedLogins: 0 };
}
