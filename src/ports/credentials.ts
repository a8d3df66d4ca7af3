import { type AuthMethod, type MethodTrouble, NOTHING_SAVED } from '../domain/authority.ts';
import type { ConsoleUser } from '../domain/facts.ts';
import type { Instant } from '../domain/instant.ts';
import type { RotationOutcome, ServicePassword } from '../domain/rotation.ts';
import type { Secret } from '../domain/secret.ts';

/** A saved password with whom it belongs to. `version` tells it from earlier and later ones of the same account. */
export type SavedCredential = { account: string; version: string; password: Secret };

/** The passwords that are saved on this Mac. */
export interface Credentials {
  /** What is wrong with each way now. Costs no attempt of any account. */
  look(consoleUser: ConsoleUser | null, signal?: AbortSignal): Promise<Record<AuthMethod, MethodTrouble | null>>;
  /** The password of a way, tried first where that is due and can do no harm; else why it cannot be had. */
  unlock(
    method: AuthMethod,
    consoleUser: ConsoleUser | null,
    signal?: AbortSignal,
  ): Promise<SavedCredential | { refused: MethodTrouble }>;
  /** Notes a try of a saved password by a tool: before it (`right` null), and what came of it. On the disk when it returns. */
  tried(method: AuthMethod, right: boolean | null): void;
  /** The password of upkeep’s own account; null where it has none, or cannot tell. */
  servicePassword(): ServicePassword | null;
  /** Gives that account a new password, unless the one saved at `savedAt` is not its last any more. May be repeated. */
  rotate(savedAt: Instant): Promise<RotationOutcome>;
}

/** Nothing is saved. */
export const noCredentials: Credentials = {
  look: async () => NOTHING_SAVED,
  unlock: async () => ({ refused: 'not-set' }),
  tried: () => undefined,
  servicePassword: () => null,
  rotate: async () => ({ result: 'not-needed' }),
};
