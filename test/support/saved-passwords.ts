import { type AuthMethod, type MethodTrouble, NOTHING_SAVED } from '../../src/domain/authority.ts';
import type { Instant } from '../../src/domain/instant.ts';
import type { RotationOutcome, ServicePassword } from '../../src/domain/rotation.ts';
import { Secret } from '../../src/domain/secret.ts';
import { type Credentials, noCredentials, type Whose } from '../../src/ports/credentials.ts';

/** Saved passwords as a test has them: what is there, what is wrong with it, and a record of each try. */
export class SavedPasswords implements Credentials {
  readonly tries: { method: AuthMethod; right: boolean | null }[] = [];
  readonly #saved: Partial<Record<AuthMethod, { account: string; password: string; trouble?: MethodTrouble }>>;
  readonly #wrong = new Set<AuthMethod>();

  constructor(saved: SavedPasswords['saved']) {
    this.#saved = saved;
  }

  get saved(): Partial<Record<AuthMethod, { account: string; password: string; trouble?: MethodTrouble }>> {
    return this.#saved;
  }

  async look(): Promise<Record<AuthMethod, MethodTrouble | null>> {
    const found: Record<AuthMethod, MethodTrouble | null> = { ...NOTHING_SAVED };
    for (const method of Object.keys(this.#saved) as AuthMethod[]) found[method] = this.#troubleOf(method);
    return found;
  }

  async unlock(method: AuthMethod) {
    const saved = this.#saved[method];
    const trouble = this.#troubleOf(method);
    if (saved === undefined || trouble !== null) return { refused: trouble ?? ('not-set' as const) };
    return { account: saved.account, version: 'v1', password: new Secret(saved.password) };
  }

  accountOf(method: AuthMethod): string | null {
    return this.#saved[method]?.account ?? null;
  }

  async check(): Promise<[]> {
    return [];
  }

  tried(method: Whose, right: boolean | null): void {
    if (typeof method !== 'string') return;
    this.tries.push({ method, right });
    if (right === false) this.#wrong.add(method);
  }

  // What people type goes straight into the install.
  attempts = noCredentials.attempts;
  checkTyped = noCredentials.checkTyped;
  keepTyped = noCredentials.keepTyped;
  escrowToken = noCredentials.escrowToken;
  servicePassword(): ServicePassword | null {
    return null;
  }

  async rotate(_savedAt: Instant): Promise<RotationOutcome> {
    return { result: 'not-needed' };
  }

  #troubleOf(method: AuthMethod): MethodTrouble | null {
    return this.#saved[method]?.trouble ?? (this.#wrong.has(method) ? 'wrong-password' : null);
  }
}
