import { type AttemptVerdict, knownRefusal, mayAttempt, mayUseProven } from '../../domain/attempts.ts';
import { type AuthMethod, type MethodTrouble, NOTHING_SAVED } from '../../domain/authority.ts';
import {
  credentialId,
  type RefusedPassword,
  SAVED_METHODS,
  type SavedCredential,
  type SavedMethod,
} from '../../domain/credentials.ts';
import type { ConsoleUser } from '../../domain/facts.ts';
import { DAY_MS } from '../../domain/instant.ts';
import { UpkeepError } from '../../domain/problem.ts';
import type { Credentials } from '../../ports/credentials.ts';
import { arm64, consoleUser } from '../commands/fact-commands.ts';
import { runCommand } from '../commands/run-command.ts';
import { fitnessOf } from './account-fitness.ts';
import type { CredentialStore } from './credential-store.ts';
import { lockoutFactsOf } from './lockout-facts.ts';
import { verifyCredential } from './verify-credential.ts';
import { REFUSALS, type VerifyParts } from './verify-password.ts';

/** `lock` is held while a password is tried or a try written down; it throws where another run of upkeep holds it. */
export type AgentCredentialsParts = VerifyParts & { store: CredentialStore; lock: () => { release: () => void } };

/** Saved credentials as the agent uses them. */
export class AgentCredentials implements Credentials {
  readonly #parts: AgentCredentialsParts;
  /** Tries under way by a tool: how to write down what came of them. */
  readonly #ends = new Map<AuthMethod, ReturnType<VerifyParts['attempts']['begin']>>();

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

  async check(): Promise<RefusedPassword[]> {
    try {
      const due = this.#saved().filter((saved) => this.#isUnproven(saved));
      // On Intel nothing depends on them.
      if (due.length === 0 || !(await runCommand(this.#parts.commands, arm64, undefined)).appleSilicon) return [];
      const { name, uid } = await runCommand(this.#parts.commands, consoleUser, undefined);
      const found: RefusedPassword[] = [];
      for (const { method, account } of due) {
        if ((await this.#troubleOf(method, name === null ? null : { name, uid })) !== null) continue;
        const answer = await this.unlock(method);
        if ('refused' in answer && answer.refused !== 'not-set')
          found.push({ method, account, trouble: answer.refused });
      }
      return found;
    } catch (error) {
      if (!(error instanceof UpkeepError) || error.code === 'bug') throw error;
      return [];
    }
  }

  /** What tries have shown to be of no use until somebody saves it anew. From files alone; null where they cannot be read. */
  refused(): RefusedPassword[] | null {
    try {
      const tries = this.#parts.attempts.all();
      return this.#saved().flatMap((saved) => {
        const known = knownRefusal(tryOf(saved), tries);
        return known === null
          ? []
          : [{ method: saved.method, account: saved.account, trouble: REFUSALS[known].trouble }];
      });
    } catch (error) {
      if (!(error instanceof UpkeepError) || error.code === 'bug') throw error;
      return null;
    }
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
      const attempt = { ...tryOf(saved), at: this.#parts.clock.now() };
      this.#ends.set(method, this.#parts.attempts.begin(attempt));
    } finally {
      lock.release();
    }
  }

  async #unlock(method: SavedMethod): ReturnType<Credentials['unlock']> {
    const { store, clock, attempts } = this.#parts;
    const before = store.saved(method);
    // One that proved right within a day is handed out as it is, unless a tool has found since that it is wrong.
    if (before !== null && isProven(before, clock.now()) && knownRefusal(tryOf(before), attempts.all()) === null) {
      const verdict = await this.#mayBeGiven(before);
      if (!verdict.may) return { refused: REFUSALS[verdict.why].trouble };
    } else {
      const checked = await verifyCredential(store, this.#parts, method);
      if (checked === null) return { refused: 'not-set' };
      if (!checked.verification.fit) return { refused: checked.verification.trouble };
    }
    const reading = await store.read(method);
    if (!reading.found) return { refused: reading.trouble };
    return { account: reading.account, version: reading.version, password: reading.secret };
  }

  async #troubleOf(method: SavedMethod, user: ConsoleUser | null): Promise<MethodTrouble | null> {
    const { store, commands, attempts } = this.#parts;
    try {
      const saved = store.saved(method);
      if (saved === null) return 'not-set';
      if (saved.uid !== null && saved.uid !== user?.uid) return 'keychain-unavailable';
      const fitness = await fitnessOf(commands, saved.account);
      if (!fitness.fit) return fitness.trouble;
      const known = knownRefusal(tryOf(saved), attempts.all());
      if (known !== null) return REFUSALS[known].trouble;
      const verdict = await this.#mayBeGiven(saved);
      return verdict.may ? null : REFUSALS[verdict.why].trouble;
    } catch (error) {
      if (!(error instanceof UpkeepError) || error.code === 'bug') throw error;
      return 'unknown';
    }
  }

  #saved(): SavedCredential[] {
    return this.#parts.store.list().saved;
  }

  /** Whether it is worth a try: neither proved right within a day, nor known to be of no use. */
  #isUnproven(saved: SavedCredential): boolean {
    const { clock, attempts } = this.#parts;
    return !isProven(saved, clock.now()) && knownRefusal(tryOf(saved), attempts.all()) === null;
  }

  /** Whether it may be given to a tool now, be it to try it or to install with it. */
  async #mayBeGiven(saved: SavedCredential): Promise<AttemptVerdict> {
    const { commands, clock, attempts } = this.#parts;
    const facts = await lockoutFactsOf(commands, saved.account);
    const at = clock.now();
    const may = isProven(saved, at) ? mayUseProven : mayAttempt;
    return may({ ...tryOf(saved), at }, facts, attempts.all());
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

const tryOf = (saved: SavedCredential) => ({ account: saved.account, credential: credentialId(saved) });
