import type { AuthMethod, MethodTrouble } from './authority.ts';
import type { Instant } from './instant.ts';

/** The ways that rest on a password of an account, kept in a keychain. */
export const SAVED_METHODS = [
  'saved-password',
  'local-account',
  'service-account',
] as const satisfies readonly AuthMethod[];
export type SavedMethod = (typeof SAVED_METHODS)[number];

/**
 * Where one secret lies: each version is an item of its own. `uid` is whose keychain, null for that of the Mac. The account is
 * one of this Mac, or for `mdm` a holder (`mdm-credential.ts`).
 */
export type KeptItem = { method: AuthMethod; version: number; uid: number | null; account: string };

/** All that is known of a saved credential but its secret. */
export type SavedCredential = KeptItem & { savedAt: Instant; verifiedAt: Instant };

/** One that is the password of an account here: it can be tried here, and too many wrong tries lock the account. */
export type SavedPassword = SavedCredential & { method: SavedMethod };

export const isSavedMethod = (method: AuthMethod): method is SavedMethod => SAVED_METHODS.some((one) => one === method);

export const isPassword = (saved: SavedCredential): saved is SavedPassword => isSavedMethod(saved.method);

/** A saved password that a try has shown to be of no use. */
export type RefusedPassword = { method: SavedMethod; account: string; trouble: Exclude<MethodTrouble, 'not-set'> };

/** The name of one version, in the keychain and among the attempts. */
export function credentialId({ method, version }: Pick<KeptItem, 'method' | 'version'>): string {
  return `${method}/${version}`;
}

export function isSameItem(a: KeptItem, b: KeptItem): boolean {
  return a.method === b.method && a.version === b.version;
}
