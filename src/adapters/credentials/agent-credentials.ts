import { mayAttempt } from '../../domain/attempts.ts';
import { type AuthMethod, type MethodTrouble, NOTHING_SAVED } from '../../domain/authority.ts';
import { credentialId, SAVED_METHODS, type SavedCredential, type SavedMethod } from '../../domain/credentials.ts';
import type { ConsoleUser } from '../../domain/facts.ts';
import { DAY_MS } from '../../domain/instant.ts';
import { UpkeepError } from '../../domain/problem.ts';
import type { Credentials } from '../../ports/credentials.ts';
import { fitnessOf } from './account-fitness.ts';
import type { CredentialStore } from './credential-store.ts';
import { lockoutFactsOf } from './lockout-facts.ts';
import { verifyCredential } from './verify-credential.ts';
import type { VerifyParts } from './verify-password.ts';

/** `lock` is held while a password is tried or a try written down; it throws where another run of upkeep holds it. */
export type AgentCredentialsParts = VerifyParts & { store: CredentialStore; lock: () => { release: () => void } };

/** Saved credentials as the agent uses them. */
export class AgentCredentials implements Credentials {
  readonly #parts: AgentCredentialsParts;
  /** Tries under way by a tool: how to write down what came of them. */
  readonly #ends = new Map<AuthMethod, (right: boolean) => void>();

  constructor(parts: AgentCredentialsParts) {
    this.#parts = parts;
  }

  async look(user: ConsoleUser | null): Promise<Record<AuthMethod, MethodTrouble | null>> {
    const found: Record<AuthMethod, MethodTrouble | null> = { ...NOTHING_SAVED };
    for (const method of SAVED_METHODS) found[method] = await this.#troubleOf(method, user);
    return found;
  }

  async unlock(method: AuthMethod): ReturnType<Credentials['unlock']> {
    if (!isSavedMethod(method)) return { refused: 'not-set' };
    try {
      return await this.#alone(() => this.#unlock(method));
    } catch (error) {
      if (!(error instanceof UpkeepError) || error.code === 'bug') throw error;
      return { refused: 'unknown' };
    }
  }

  accountOf(method: AuthMethod): string | null {
    return isSavedMethod(method) ? (this.#parts.store.saved(method)?.account ?? null) : null;
  }

  tried(method: AuthMethod, right: boolean | null): void {
    if (!isSavedMethod(method)) return;
    const lock = this.#parts.lock();
    try {
      if (right !== null) {
        this.#ends.get(method)?.(right);
        this.#ends.delete(method);
        return;
      }
      const saved = this.#parts.store.saved(method);
      if (saved === null) return;
      const attempt = { account: saved.account, credential: credentialId(saved), at: this.#parts.clock.now() };
      this.#ends.set(method, this.#parts.attempts.begin(attempt));
    } finally {
      lock.release();
    }
  }

  async #unlock(method: SavedMethod): ReturnType<Credentials['unlock']> {
    const { store, clock, attempts } = this.#parts;
    const before = store.saved(method);
    // One that proved right within a day is handed out as it is, unless a tool has found since that it is wrong.
    const isFresh = before !== null && isProven(before, clock.now()) && !isKnownWrong(before, attempts.all());
    if (!isFresh) {
      const checked = await verifyCredential(store, this.#parts, method);
      if (checked === null) return { refused: 'not-set' };
      if (!checked.verification.fit) return { refused: checked.verification.trouble };
    }
    const reading = await store.read(method);
    if (!reading.found) return { refused: reading.trouble };
    return { account: reading.account, version: reading.version, password: reading.secret };
  }

  async #troubleOf(method: SavedMethod, user: ConsoleUser | null): Promise<MethodTrouble | null> {
    const { store, commands, clock, attempts } = this.#parts;
    try {
      const saved = store.saved(method);
      if (saved === null) return 'not-set';
      if (saved.uid !== null && saved.uid !== user?.uid) return 'keychain-unavailable';
      const fitness = await fitnessOf(commands, saved.account);
      if (!fitness.fit) return fitness.trouble;
      const tries = attempts.all();
      if (isKnownWrong(saved, tries)) return 'wrong-password';
      if (isProven(saved, clock.now())) return null;
      const attempt = { account: saved.account, credential: credentialId(saved), at: clock.now() };
      const verdict = mayAttempt(attempt, await lockoutFactsOf(commands, saved.account), tries);
      if (verdict.may) return null;
      if (verdict.why === 'known-wrong') return 'wrong-password';
      return verdict.why === 'failures-unknown' ? 'unknown' : verdict.why;
    } catch (error) {
      if (!(error instanceof UpkeepError) || error.code === 'bug') throw error;
      return 'unknown';
    }
  }

  async #alone<T>(work: () => Promise<T>): Promise<T> {
    const lock = this.#parts.lock();
    try {
      return await work();
    } finally {
      lock.release();
    }
  }
}

function isSavedMethod(method: AuthMethod): method is SavedMethod {
  return SAVED_METHODS.some((one) => one === method);
}

function isProven({ verifiedAt }: SavedCredential, now: number): boolean {
  return verifiedAt > now - DAY_MS && verifiedAt <= now;
}

function isKnownWrong(saved: SavedCredential, tries: ReturnType<VerifyParts['attempts']['all']>): boolean {
  const id = credentialId(saved);
  return tries.some(
    ({ account, credential, right }) => account === saved.account && credential === id && right === false,
  );
}
