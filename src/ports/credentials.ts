import type { Attempt } from '../domain/attempts.ts';
import { type AuthMethod, type MethodTrouble, NOTHING_SAVED } from '../domain/authority.ts';
import type { RefusedPassword } from '../domain/credentials.ts';
import type { ConsoleUser } from '../domain/facts.ts';
import type { Instant } from '../domain/instant.ts';
import type { RotationOutcome, ServicePassword } from '../domain/rotation.ts';
import type { Secret } from '../domain/secret.ts';
import type { TokenRepairOutcome } from '../domain/token-repair.ts';

/** A saved password with whom it belongs to. `version` tells it from earlier and later ones of the same account. */
export type SavedCredential = { account: string; version: string; password: Secret };

/** Whose password it is: that of a saved way, or one that somebody typed for an account. */
export type Whose = AuthMethod | { typedFor: string };

/** What came of trying a typed password. */
export type TypedCheck =
  /** It logs in, and the startup volume knows it. */
  | { result: 'right'; at: Instant }
  /** Nobody could say whether it does; macOS will, when it installs. */
  | { result: 'unchecked' }
  /** `again`: another try may follow without bringing the account near its lockout. */
  | { result: 'wrong'; again: boolean }
  /** It was not tried, or is of no use although it is right. */
  | { result: 'refused'; why: MethodTrouble };

export type Kept = { kept: true } | { kept: false; why: string };

/** The passwords of this Mac, saved and typed. */
export interface Credentials {
  /** What is wrong with each way now. Costs no attempt of any account. */
  look(consoleUser: ConsoleUser | null, signal?: AbortSignal): Promise<Record<AuthMethod, MethodTrouble | null>>;
  /** The password of a way, tried first where that is due and can do no harm; else why it cannot be had. */
  unlock(
    method: AuthMethod,
    consoleUser: ConsoleUser | null,
    signal?: AbortSignal,
  ): Promise<SavedCredential | { refused: MethodTrouble }>;
  /** Whose password a way rests on; null where nothing is saved, or it rests on none. */
  accountOf(method: AuthMethod): string | null;
  /**
   * Tries what has not proved right within a day, so that a password that was changed is known before an update depends on it.
   * Says what was found of no use. Costs one try a day at most, and none that could do harm.
   */
  check(): Promise<RefusedPassword[]>;
  /** Notes a try of a password by a tool: before it (`right` null), and what came of it. On the disk when it returns. */
  tried(whose: Whose, right: boolean | null): void;
  /** The tries so far, for the rule that no account is ever locked. Throws where they cannot be read. */
  attempts(): readonly Attempt[];
  /** Tries what somebody typed, unless that could bring the account near its lockout. A wrong one costs one attempt. */
  checkTyped(account: string, password: Secret): Promise<TypedCheck>;
  /** Keeps what the person at the Mac typed, proven right at `at`, in their own login keychain. */
  keepTyped(person: ConsoleUser, password: Secret, at: Instant, rules: { severalSaved: boolean }): Promise<Kept>;
  /** The password of upkeep’s own account; null where it has none, or cannot tell. */
  servicePassword(): ServicePassword | null;
  /** Gives that account a new password, unless the one saved at `savedAt` is not its last any more. May be repeated. */
  rotate(savedAt: Instant): Promise<RotationOutcome>;
  /**
   * Has a new bootstrap token made and sent to the management server, by a saved administrator, or by the one who `typed`
   * their password. Looks afterwards whether it is of use. May be repeated: one that is of use is left as it is.
   */
  escrowToken(typed: { account: string; password: Secret } | null): Promise<TokenRepairOutcome>;
}

/** Nothing is saved, and nothing is tried before the install. */
export const noCredentials: Credentials = {
  look: async () => NOTHING_SAVED,
  unlock: async () => ({ refused: 'not-set' }),
  check: async () => [],
  accountOf: () => null,
  tried: () => undefined,
  servicePassword: () => null,
  rotate: async () => ({ result: 'not-needed' }),
  escrowToken: async () => ({ result: 'failed', why: 'nobody', detail: 'no administrator is saved on this Mac' }),
  attempts: () => [],
  checkTyped: async () => ({ result: 'unchecked' }),
  keepTyped: async () => ({ kept: false, why: 'there is no place for it' }),
};
