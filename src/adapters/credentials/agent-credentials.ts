import { type Attempt, type AttemptVerdict, knownRefusal, mayAttempt, mayUseProven } from '../../domain/attempts.ts';
import { type AuthMethod, type MethodTrouble, NOTHING_SAVED } from '../../domain/authority.ts';
import {
  credentialId,
  isPassword,
  isSavedMethod,
  type RefusedPassword,
  SAVED_METHODS,
  type SavedCredential,
  type SavedMethod,
  type SavedPassword,
} from '../../domain/credentials.ts';
import type { ConsoleUser } from '../../domain/facts.ts';
import { DAY_MS, type Instant } from '../../domain/instant.ts';
import { isExpected, type ProblemCode, UpkeepError } from '../../domain/problem.ts';
import type { RotationOutcome, ServicePassword } from '../../domain/rotation.ts';
import type { Secret } from '../../domain/secret.ts';
import type { TokenRepairOutcome, TokenRepairTrouble } from '../../domain/token-repair.ts';
import type { Credentials, Kept, TypedCheck, Whose } from '../../ports/credentials.ts';
import type { Http } from '../../ports/http.ts';
import { type EscrowOutcome, escrowBootstrapToken } from '../bootstrap-token/escrow.ts';
import type { EscrowFile } from '../bootstrap-token/escrow-file.ts';
import { savedAdministrator } from '../bootstrap-token/saved-administrator.ts';
import { arm64, consoleUser } from '../commands/fact-commands.ts';
import { runCommand } from '../commands/run-command.ts';
import { fitnessOf } from './account-fitness.ts';
import { lockoutFactsOf } from './lockout-facts.ts';
import { rotateServiceAccount } from './rotate-service-account.ts';
import { METHOD, preparedItem, type ServiceParts } from './service-account.ts';
import { tryLogin } from './try-login.ts';
import { verifyCredential } from './verify-credential.ts';
import { REFUSALS, type VerifyParts, verifyPassword } from './verify-password.ts';

/**
 * `lock` is held while a password is tried or a try written down; it throws where another run of upkeep holds it. `token`:
 * what it takes to have a bootstrap token sent; missing where that is nobody's business.
 */
export type AgentCredentialsParts = ServiceParts & {
  lock: () => { release: () => void };
  token?: { http: Http | null; file: EscrowFile };
};

/** Saved and typed passwords as the agent uses them. */
export class AgentCredentials implements Credentials {
  readonly #parts: AgentCredentialsParts;
  /** Tries under way by a tool: how to write down what came of them. */
  readonly #ends = new Map<string, ReturnType<VerifyParts['attempts']['begin']>>();

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
      if (!isExpected(error)) throw error;
      return { refused: 'unknown' };
    }
  }

  accountOf(method: AuthMethod): string | null {
    return isSavedMethod(method) ? (this.#parts.store.saved(method)?.account ?? null) : null;
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
      if (!isExpected(error)) throw error;
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
      if (!isExpected(error)) throw error;
      return null;
    }
  }

  tried(whose: Whose, right: boolean | null): void {
    const key = typeof whose === 'string' ? whose : `typed for ${whose.typedFor}`;
    const lock = this.#parts.lock();
    try {
      if (right !== null) {
        this.#ends.get(key)?.(right);
        this.#ends.delete(key);
        return;
      }
      const tried = this.#passwordOf(whose);
      if (tried === null) return;
      this.#ends.set(key, this.#parts.attempts.begin({ ...tried, at: this.#parts.clock.now() }));
    } finally {
      lock.release();
    }
  }

  servicePassword(): ServicePassword | null {
    try {
      const { store, record } = this.#parts;
      const saved = store.saved(METHOD);
      const account = record.read();
      // One that is being made or deleted is the business of whoever does it; one that is no administrator cannot do it.
      if (saved === null || !account?.ready || !account.admin) return null;
      return { savedAt: saved.savedAt, isHalfChanged: preparedItem(this.#parts) !== null };
    } catch (error) {
      if (!isExpected(error)) throw error;
      return null;
    }
  }

  async rotate(savedAt: Instant): Promise<RotationOutcome> {
    try {
      return await this.#alone(async () => {
        const now = this.servicePassword();
        if (now === null || (now.savedAt !== savedAt && !now.isHalfChanged)) return { result: 'not-needed' };
        await rotateServiceAccount(this.#parts, null);
        return { result: 'rotated' };
      });
    } catch (error) {
      if (!isExpected(error)) throw error;
      return { result: 'failed', why: error.message.replace(/\.$/, '') };
    }
  }

  async escrowToken(typed: { account: string; password: Secret } | null): Promise<TokenRepairOutcome> {
    const { token } = this.#parts;
    if (token === undefined) return { result: 'failed', why: 'nobody', detail: 'nobody may have one sent here' };
    try {
      return await this.#alone(async () => {
        // The lock is held already.
        const credentials = new AgentCredentials({ ...this.#parts, lock: () => ({ release: () => undefined }) });
        const by =
          typed === null ? await savedAdministrator(this.#parts) : { name: typed.account, password: typed.password };
        return repairOf(await escrowBootstrapToken({ ...this.#parts, ...token, credentials }, by));
      });
    } catch (error) {
      if (!isExpected(error)) throw error;
      return { result: 'failed', why: TOKEN_TROUBLES[error.code] ?? 'later', detail: error.message.replace(/\.$/, '') };
    }
  }

  attempts(): readonly Attempt[] {
    return this.#parts.attempts.all();
  }

  async checkTyped(account: string, password: Secret): Promise<TypedCheck> {
    try {
      return await this.#alone(() => this.#checkTyped(account, password));
    } catch (error) {
      if (!isExpected(error)) throw error;
      return { result: 'refused', why: 'unknown' };
    }
  }

  async keepTyped(
    person: ConsoleUser,
    secret: Secret,
    verifiedAt: Instant,
    { severalSaved }: { severalSaved: boolean },
  ): Promise<Kept> {
    const credential = { method: 'saved-password', account: person.name, uid: person.uid, secret, verifiedAt } as const;
    try {
      await this.#alone(() => this.#parts.store.save(credential, { replace: false, severalSaved }));
      return { kept: true };
    } catch (error) {
      if (!isExpected(error)) throw error;
      return { kept: false, why: error.message.replace(/\.$/, '') };
    }
  }

  async #checkTyped(account: string, secret: Secret): Promise<TypedCheck> {
    const typed = { account, credential: null, secret };
    const found = await verifyPassword(this.#parts, typed).catch((error: unknown) => {
      if (error instanceof UpkeepError && error.code === 'input.wrong') return null;
      throw error;
    });
    // No prompt takes so long a password, and so nobody can try it but the install, which reads it from stdin.
    if (found === null) return (await this.#mayBeTyped(account)) ? { result: 'unchecked' } : NEAR;
    if (found.fit) return { result: 'right', at: found.at };
    if (found.trouble === 'wrong-password') return this.#wrong(account);
    // It is no slip; what a tool could not say about the volume, the install will.
    if (found.trouble === 'command-failed' && found.logsIn === true) return { result: 'unchecked' };
    if (found.trouble !== 'unknown' || found.tried) return { result: 'refused', why: found.trouble };
    // Whether the account could authorise it at all is not known: that macOS will tell, but a slip is told at once.
    const login = await tryLogin(this.#parts, typed);
    if (login.login === 'unknown') return { result: 'refused', why: login.unfit.trouble };
    return login.login === 'right' ? { result: 'unchecked' } : this.#wrong(account);
  }

  async #wrong(account: string): Promise<TypedCheck> {
    return { result: 'wrong', again: await this.#mayBeTyped(account) };
  }

  async #mayBeTyped(account: string): Promise<boolean> {
    const { commands, clock, attempts } = this.#parts;
    const next = { account, credential: null, at: clock.now() };
    return mayAttempt(next, await lockoutFactsOf(commands, account), attempts.all()).may;
  }

  #passwordOf(whose: Whose): Pick<Attempt, 'account' | 'credential'> | null {
    if (typeof whose !== 'string') return { account: whose.typedFor, credential: null };
    const saved = isSavedMethod(whose) ? this.#parts.store.saved(whose) : null;
    return saved === null ? null : { account: saved.account, credential: credentialId(saved) };
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
      if (!isExpected(error)) throw error;
      return 'unknown';
    }
  }

  #saved(): SavedPassword[] {
    return this.#parts.store.list().saved.filter(isPassword);
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

/** Only what was looked at afterwards counts. */
function repairOf({ token, by }: EscrowOutcome): TokenRepairOutcome {
  if (token.state === 'valid' || token.state === 'escrowed-unproven') return { result: 'repaired', by };
  return { result: 'failed', why: 'later', detail: `whether it is of use is not known: ${token.why ?? token.state}` };
}

const TOKEN_TROUBLES: Partial<Record<ProblemCode, TokenRepairTrouble>> = {
  'credential.missing': 'nobody',
  'credential.unfit': 'unfit',
  'bootstrap-token.unsupported': 'unsupported',
  'bootstrap-token.not-kept': 'not-kept',
};

const NEAR: TypedCheck = { result: 'refused', why: 'near-lockout' };

function isProven({ verifiedAt }: SavedCredential, now: number): boolean {
  return verifiedAt > now - DAY_MS && verifiedAt <= now;
}

const tryOf = (saved: SavedCredential) => ({ account: saved.account, credential: credentialId(saved) });
