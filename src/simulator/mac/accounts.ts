import { type Instant, MINUTE_MS } from '../../domain/instant.ts';
import type { Random } from '../random.ts';
import type { Note } from './happenings.ts';
import { bothPolicies, type PasswordPolicy, type PolicyViolation, violationOf } from './password-policy.ts';
import { newUuid } from './uuid.ts';

export type Account = {
  readonly name: string;
  fullName: string;
  uid: number;
  gid: number;
  /** Its GeneratedUID, which is also the name of its cryptographic user on the disk. */
  readonly guid: string;
  admin: boolean;
  hidden: boolean;
  home: string;
  shell: string;
  picture: string | null;
  /** Who made it: Setup Assistant, or the account (root, an administrator) in whose name a tool did. */
  readonly createdBy: string;
  readonly createdAt: Instant;
  /** What opens a session: asked by the login window, dscl, sudo and all that goes through Open Directory. */
  loginPassword: string;
  /**
   * What opens the disk: the key of the secure token is wrapped with it. The two are the same until something changes
   * one of them alone. Null without a token.
   */
  cryptoPassword: string | null;
  secureToken: boolean;
  /** A token was there and has been taken away. */
  tokenWithdrawn: boolean;
  /** Whether it may authorise updates on Apple silicon. */
  volumeOwner: boolean;
  disabled: boolean;
  /** A token may come with the first log-in, never with a later one. */
  hasLoggedIn: boolean;
  /** Rules of its own, beside those for all. */
  policy: PasswordPolicy | null;
  failedLogins: number;
  lastFailedAt: Instant | null;
  passwordSetAt: Instant;
  /** Its passwords so far, the present one first: what the rule about history is held against. */
  passwords: string[];
  /** Attributes a tool wrote into its record that mean nothing to macOS. */
  attributes: Map<string, string[]>;
};

export type AccountFields = Pick<Account, 'name' | 'loginPassword' | 'createdBy'> &
  Partial<Omit<Account, 'name' | 'guid' | 'createdAt' | 'createdBy' | 'attributes' | 'passwords'>>;

export type PasswordCheck = 'right' | 'wrong' | 'no such account' | 'locked out' | 'disabled';

export type AccountsParts = { random: Random; policy: PasswordPolicy; now: () => Instant; note: Note };

const FIRST_UID = 501;
const STAFF = 20;

/** The people with an account. Every wrong password counts, whichever tool it was given to, until a right one. */
export class Accounts {
  /** The rules for all accounts. */
  policy: PasswordPolicy;
  readonly #parts: AccountsParts;
  readonly #secrets = new Set<string>();
  /** Members of the group of administrators that are no local account: a stale name, a nested group's identifier. */
  readonly strangersInAdmin: string[] = [];
  #accounts: Account[] = [];

  constructor(parts: AccountsParts) {
    this.#parts = parts;
    this.policy = parts.policy;
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

  /** The lowest number from 501 on that nobody has, or is to have. */
  freeUid(taken: ReadonlySet<number | undefined> = new Set()): number {
    let uid = FIRST_UID;
    while (this.numbered(uid) !== null || taken.has(uid)) uid += 1;
    return uid;
  }

  /** A new record. Neither rules nor tokens are looked at here. */
  add(fields: AccountFields): Account {
    const { name, loginPassword } = fields;
    const now = this.#parts.now();
    const account: Account = {
      fullName: name,
      uid: this.freeUid(),
      gid: STAFF,
      guid: newUuid(this.#parts.random.fork(name)),
      admin: false,
      hidden: false,
      home: `/Users/${name}`,
      shell: '/bin/zsh',
      picture: null,
      createdAt: now,
      cryptoPassword: null,
      secureToken: false,
      tokenWithdrawn: false,
      volumeOwner: false,
      disabled: false,
      hasLoggedIn: false,
      policy: null,
      failedLogins: 0,
      lastFailedAt: null,
      passwordSetAt: now,
      passwords: [loginPassword],
      attributes: new Map(),
      ...fields,
    };
    this.#accounts.push(account);
    this.#remember(account);
    return account;
  }

  remove(account: Account): void {
    this.#accounts = this.#accounts.filter((one) => one !== account);
  }

  policyOf(account: Account): PasswordPolicy {
    return bothPolicies(this.policy, account.policy);
  }

  /** Wrong too often, and the time for which that locks the account has not passed by the Mac's clock. */
  lockedOut(account: Account): boolean {
    const { lockoutAfter } = this.policyOf(account);
    if (lockoutAfter === null || account.failedLogins < lockoutAfter) return false;
    const until = this.lockedUntil(account);
    return until === null || this.#parts.now() < until;
  }

  /** When a lock-out ends by itself; null when it does not, or when there is none. */
  lockedUntil(account: Account): Instant | null {
    const { lockoutAfter, lockoutMinutes } = this.policyOf(account);
    if (lockoutAfter === null || account.failedLogins < lockoutAfter) return null;
    if (lockoutMinutes === null || account.lastFailedAt === null) return null;
    return account.lastFailedAt + lockoutMinutes * MINUTE_MS;
  }

  /** Holds a password against the one for logging in, and counts. */
  check(name: string, password: string): PasswordCheck {
    const account = this.named(name);
    if (!account) return 'no such account';
    const result = this.#judge(account, password);
    if (result === 'right') account.failedLogins = 0;
    else this.#noteFailure(account);
    return result;
  }

  /**
   * A new password for logging in; the one for the disk, the keychain and everything else stay as they are unless
   * somebody sees to them. What the rules say against it, if anything.
   */
  setLoginPassword(account: Account, password: string): PolicyViolation | null {
    const violation = violationOf(password, this.policyOf(account), account.passwords);
    if (violation !== null) return violation;
    this.putLoginPassword(account, password);
    return null;
  }

  /** The same past the rules, as an MDM does it. */
  putLoginPassword(account: Account, password: string): void {
    account.loginPassword = password;
    account.passwords.unshift(password);
    account.passwordSetAt = this.#parts.now();
    account.failedLogins = 0;
    this.#remember(account);
    this.#parts.note({ kind: 'password-changed', user: account.name });
  }

  putCryptoPassword(account: Account, password: string | null): void {
    account.cryptoPassword = password;
    this.#remember(account);
  }

  /** The count of wrong passwords goes up although nobody typed one, as an update of macOS can do it. */
  raiseFailures(account: Account, by: number): void {
    account.failedLogins += by;
    account.lastFailedAt = this.#parts.now();
    this.#noteFailure(account);
  }

  /** Every password there is or has been on this Mac; a tool's arguments must hold none. */
  secrets(): ReadonlySet<string> {
    return this.#secrets;
  }

  #judge(account: Account, password: string): PasswordCheck {
    if (account.disabled) return 'disabled';
    if (this.lockedOut(account)) return 'locked out';
    if (password === account.loginPassword) return 'right';
    account.failedLogins += 1;
    account.lastFailedAt = this.#parts.now();
    return 'wrong';
  }

  #noteFailure(account: Account): void {
    const { name: user, failedLogins } = account;
    this.#parts.note({ kind: 'authentication-failed', user, failedLogins, lockedOut: this.lockedOut(account) });
  }

  #remember({ loginPassword, cryptoPassword }: Account): void {
    for (const secret of [loginPassword, cryptoPassword]) if (secret) this.#secrets.add(secret);
  }
}
