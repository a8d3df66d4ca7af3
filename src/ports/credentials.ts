import { type AuthMethod, type MethodTrouble, NOTHING_SAVED } from '../domain/authority.ts';
import type { ConsoleUser } from '../domain/facts.ts';
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
  /** Whose password a way rests on; null where nothing is saved, or it rests on none. */
  accountOf(method: AuthMethod): string | null;
  /** Notes a try of a saved password by a tool: before it (`right` null), and what came of it. On the disk when it returns. */
  tried(method: AuthMethod, right: boolean | null): void;
}

/** Nothing is saved. */
export const noCredentials: Credentials = {
  look: async () => NOTHING_SAVED,
  unlock: async () => ({ refused: 'not-set' }),
  accountOf: () => null,
  tried: () => undefined,
};
