/** The rules for passwords, for all accounts of a Mac or for one. Null: no such rule. */
export type PasswordPolicy = {
  /** Wrong passwords in a row that lock the account. */
  lockoutAfter: number | null;
  /** How long after the last wrong one it stays locked; null: until somebody unlocks it. */
  lockoutMinutes: number | null;
  minLength: number | null;
  maxLength: number | null;
  /** How many of lower case, upper case, digits and other characters a password has to have. */
  classes: number | null;
  /** How many earlier passwords may not be used again. */
  history: number | null;
};

export type PolicyViolation = 'too short' | 'too long' | 'too few classes' | 'used before';

export const NO_POLICY: PasswordPolicy = {
  lockoutAfter: null,
  lockoutMinutes: null,
  minLength: null,
  maxLength: null,
  classes: null,
  history: null,
};

/** macOS takes nothing shorter, whatever the rules say; no password at all is another matter. */
const SHORTEST = 4;
const CLASSES = [/[a-z]/, /[A-Z]/, /[0-9]/, /[^a-zA-Z0-9]/];

/** What a new password breaks; `earlier` are those before it, the last one first, the present one among them. */
export function violationOf(
  password: string,
  policy: PasswordPolicy,
  earlier: readonly string[],
): PolicyViolation | null {
  if (password === '' && policy.minLength === null) return null;
  if (password.length < Math.max(SHORTEST, policy.minLength ?? 0)) return 'too short';
  if (policy.maxLength !== null && password.length > policy.maxLength) return 'too long';
  if (CLASSES.filter((one) => one.test(password)).length < (policy.classes ?? 0)) return 'too few classes';
  return earlier.slice(0, policy.history ?? 0).includes(password) ? 'used before' : null;
}

/** Both apply: the stricter of each rule. */
export function bothPolicies(global: PasswordPolicy, own: PasswordPolicy | null): PasswordPolicy {
  if (own === null) return global;
  return {
    lockoutAfter: stricter(Math.min, global.lockoutAfter, own.lockoutAfter),
    lockoutMinutes: stricter(Math.max, global.lockoutMinutes, own.lockoutMinutes),
    minLength: stricter(Math.max, global.minLength, own.minLength),
    maxLength: stricter(Math.min, global.maxLength, own.maxLength),
    classes: stricter(Math.max, global.classes, own.classes),
    history: stricter(Math.max, global.history, own.history),
  };
}

function stricter(of: (a: number, b: number) => number, a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : of(a, b);
}
