/** Ways to be allowed to install on Apple silicon without asking somebody each time. */
export const AUTH_METHODS = ['saved-password', 'local-account', 'service-account', 'mdm'] as const;
export type AuthMethod = (typeof AUTH_METHODS)[number];

/**
 * Why a method cannot be used now. The last ones are those of a management server; `not-set` is no trouble but the
 * absence of the method.
 */
export type MethodTrouble =
  | 'not-set'
  | 'unknown'
  | 'keychain-unavailable'
  | 'password-gone'
  | 'no-account'
  | 'no-token'
  | 'not-owner'
  | 'not-filevault-user'
  | 'wrong-password'
  | 'drifted'
  | 'locked'
  | 'near-lockout'
  | 'tried-today'
  | 'server-unreachable'
  | 'bootstrap-token'
  | 'no-privilege'
  | 'command-failed';

/** Troubles that pass by themselves; the others wait for somebody to mend them. */
export const PASSING_TROUBLES: ReadonlySet<MethodTrouble> = new Set([
  'unknown',
  'keychain-unavailable',
  'locked',
  'near-lockout',
  'tried-today',
  'server-unreachable',
  'command-failed',
]);

/** What can be expected of the person at the Mac. `ready`: logged in, unlocked, with a token, an owner of the volume. */
export type PersonState =
  | 'ready'
  | 'nobody'
  | 'screen-locked'
  | 'no-token'
  | 'not-owner'
  | 'near-lockout'
  | 'locked'
  | 'asked-enough'
  | 'unknown';

/** An ordinary account of somebody else that could authorise an install, if its password were typed. */
export type OtherOwner = { name: string; fullName: string };

/**
 * What the Mac says about the ways to be authorised at one moment, plain JSON. `others` is looked for only where the
 * account of the person at the Mac can never authorise it. `personIsAdmin` is missing where it was not asked, or nobody could say.
 */
export type AuthorityFacts = {
  methods: Record<AuthMethod, MethodTrouble | null>;
  person: PersonState;
  others?: OtherOwner[];
  personIsAdmin?: boolean;
};

/** Why the person is told, in a dialog of its own, that nothing comes of typing a password now. */
export type ToldWhy = 'not-owner' | 'no-token' | 'near-lockout' | 'locked' | 'drifted' | 'wrong-password';

/** Nothing is saved, and nothing more is known of the person than that they are there. */
export const NOTHING_SAVED: AuthorityFacts['methods'] = {
  'saved-password': 'not-set',
  'local-account': 'not-set',
  'service-account': 'not-set',
  mdm: 'not-set',
};

/** When a failing management server lets upkeep ask the person instead. */
export const MDM_FAILOVERS = [
  'always',
  'server-unreachable',
  'bootstrap-token',
  'soft-deadline',
  'hard-deadline',
  'install-now',
] as const;
export type MdmFailover = (typeof MDM_FAILOVERS)[number];
