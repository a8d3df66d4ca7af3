/** What a source says about an account's secure token; without a source that says it, it is unknown. */
export type TokenState = 'enabled' | 'disabled' | 'unknown';

/** A local account as the directory of this Mac keeps it. */
export type Account = {
  name: string;
  otherNames: string[];
  fullName: string | null;
  uid: number;
  /** Also the name of its cryptographic user on the volume; null where the directory does not tell. */
  guid: string | null;
  home: string | null;
  shell: string | null;
  hidden: boolean;
  /** By the directory's list of ways to authenticate; `sysadminctl` is the second source. */
  token: TokenState;
  /** The kinds of those ways, such as `ShadowHash`, `Kerberosv5`, `SecureToken`; a withdrawn one is not among them. */
  authorities: string[];
  /** Nobody can log in with it, whatever the password. */
  disabled: boolean;
};

/** Who may administer the Mac. `guids` counts too: a member may be listed by name, by GUID or by both. */
export type AdminGroup = { names: string[]; guids: string[] };

export type CryptoUserKind =
  | 'local'
  | 'personal-recovery'
  | 'institutional-recovery'
  | 'icloud-recovery'
  | 'bootstrap-token'
  | 'disk'
  | 'other';

/** Somebody or something that can unlock the volume. `owner` is null where macOS does not say (before macOS 11). */
export type CryptoUser = { uuid: string; kind: CryptoUserKind; owner: boolean | null };

export type VolumeOwnership = 'owner' | 'not-owner' | 'unknown';

export type FileVaultState = {
  active: boolean;
  /** What was asked for takes effect with the next restart. */
  waitsForRestart: boolean;
  /** Of an encryption or decryption under way. */
  percent: number | null;
  /** It will be turned on when somebody logs in or out. */
  deferred: boolean;
};

/** From how many failed logins on an account is locked, and after how long it opens again (null: never or unsaid). */
export type Lockout =
  | { state: 'limited'; attempts: number; resetMinutes: number | null }
  | { state: 'none' }
  | { state: 'unknown' };

export type CharacterClass = 'letter' | 'upper' | 'lower' | 'digit' | 'symbol';

export type PasswordPolicy = {
  lockout: Lockout;
  /** null where no rule is known. */
  minLength: number | null;
  maxLength: number | null;
  /** How many of each kind a password needs at least. */
  required: { kind: CharacterClass; count: number }[];
  /** Rules about the password's text that could not be understood: a made-up password may break them. */
  unreadRules: string[];
};

/** What the directory remembers about an account's logins; null where it does not. */
export type LoginRecord = {
  failedLogins: number | null;
  failedAtEpoch: number | null;
  passwordSetAtEpoch: number | null;
};

/** What a password check found. Only `right` is proof of anything; `locked` and `refused` say nothing of the password. */
export type PasswordVerdict = 'right' | 'wrong' | 'locked' | 'no-such-account' | 'refused';

/** An unknown threshold counts as this many failed logins. */
export const ASSUMED_LOCKOUT_ATTEMPTS = 5;

/** Two sources about one token: where they contradict each other, it is unknown. */
export function agreedToken(first: TokenState, second: TokenState): TokenState {
  if (first === 'unknown') return second;
  return second === 'unknown' || second === first ? first : 'unknown';
}

/** Whether an account owns the volume. A recovery key can be an owner too, and is nobody's account. */
export function ownershipOf({ guid }: Pick<Account, 'guid'>, users: readonly CryptoUser[] | null): VolumeOwnership {
  if (guid === null || users === null) return 'unknown';
  const user = users.find((each) => each.kind === 'local' && sameId(each.uuid, guid));
  if (user === undefined) return 'not-owner';
  if (user.owner === null) return 'unknown';
  return user.owner ? 'owner' : 'not-owner';
}

/** The account behind a cryptographic user; null for recovery keys, tokens and accounts that are gone. */
export function accountOf(user: CryptoUser, accounts: readonly Account[]): Account | null {
  if (user.kind !== 'local') return null;
  return accounts.find(({ guid }) => guid !== null && sameId(guid, user.uuid)) ?? null;
}

export function isAdmin({ name, guid }: Pick<Account, 'name' | 'guid'>, group: AdminGroup): boolean {
  return group.names.includes(name) || (guid !== null && group.guids.some((each) => sameId(each, guid)));
}

/** Two policies that both hold, such as the Mac's and an account's own. */
export function strictestPolicy(a: PasswordPolicy, b: PasswordPolicy): PasswordPolicy {
  const required = new Map<CharacterClass, number>();
  for (const { kind, count } of [...a.required, ...b.required]) {
    required.set(kind, Math.max(count, required.get(kind) ?? 0));
  }
  return {
    lockout: strictestLockout(a.lockout, b.lockout),
    minLength: a.minLength === null ? b.minLength : Math.max(a.minLength, b.minLength ?? 0),
    maxLength: a.maxLength === null ? b.maxLength : Math.min(a.maxLength, b.maxLength ?? Number.POSITIVE_INFINITY),
    required: [...required].map(([kind, count]) => ({ kind, count })),
    unreadRules: [...new Set([...a.unreadRules, ...b.unreadRules])],
  };
}

/** From how many failed logins on the account must be taken for locked; null where nothing ever locks it. */
export function lockoutAttempts(lockout: Lockout): number | null {
  if (lockout.state === 'none') return null;
  return lockout.state === 'limited' ? lockout.attempts : ASSUMED_LOCKOUT_ATTEMPTS;
}

/** The one that locks first. */
export function strictestLockout(a: Lockout, b: Lockout): Lockout {
  return orderOf(b) < orderOf(a) ? b : a;
}

/** The lower, the sooner it locks. What is unknown comes before a limit that is as high as what is assumed for it. */
function orderOf(lockout: Lockout): number {
  if (lockout.state === 'unknown') return ASSUMED_LOCKOUT_ATTEMPTS - 0.5;
  return lockout.state === 'none' ? Number.POSITIVE_INFINITY : lockout.attempts;
}

function sameId(a: string, b: string): boolean {
  return a.toUpperCase() === b.toUpperCase();
}
