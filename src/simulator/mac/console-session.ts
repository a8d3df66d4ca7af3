import type { Instant } from '../../domain/instant.ts';
import type { Account } from './accounts.ts';
import type { Mac } from './mac.ts';
import type { Processes } from './processes.ts';

/** The place in front of the Mac: who is logged in there, whether the screen is locked, and whether anybody sits there. */
export class ConsoleSession {
  /** Programs that keep the display awake, such as a call, by the time they began. */
  readonly displayHolders = new Map<string, { pid: number; since: Instant }>();
  readonly #mac: Mac;
  readonly #processes: Processes;
  #session: { account: Account; locked: boolean } | null;
  #somebodyThere = false;
  #lastInputAt: Instant;

  constructor(mac: Mac, processes: Processes) {
    this.#mac = mac;
    this.#processes = processes;
    this.#lastInputAt = mac.world.now();
    const account = mac.accounts.named(mac.spec.user);
    this.#session = mac.spec.loggedIn && account ? { account, locked: mac.spec.locked } : null;
    if (this.#session) mac.keychains.sessionBegins(this.#session.account);
  }

  get somebodyThere(): boolean {
    return this.#somebodyThere;
  }

  get lastInputAt(): Instant {
    return this.#lastInputAt;
  }

  user(): Account | null {
    return this.#session?.account ?? null;
  }

  locked(): boolean {
    return this.#session?.locked ?? false;
  }

  logIn(name: string): boolean {
    const mac = this.#mac;
    const account = mac.accounts.named(name);
    if (!mac.on || mac.asleep || this.#session || !account || account.disabled) return false;
    this.#session = { account, locked: false };
    mac.tokens.loggedIn(account);
    mac.keychains.sessionBegins(account);
    this.#touched();
    mac.note({ kind: 'logged-in', user: name });
    mac.screen.reconsider();
    return true;
  }

  /** The session ends and everything in it; daemons go on. */
  logOut(): void {
    const session = this.#session;
    if (!session || !this.#mac.on) return;
    this.#mac.screen.clear('log-out');
    this.#processes.endSession(session.account.uid);
    this.goDown();
    this.#mac.note({ kind: 'logged-out', user: session.account.name });
  }

  /** The Mac goes down under it. */
  goDown(): void {
    this.displayHolders.clear();
    if (this.#session) this.#mac.keychains.sessionEnds(this.#session.account);
    this.#session = null;
  }

  lock(): void {
    if (!this.#session || this.#session.locked) return;
    this.#session.locked = true;
    this.#mac.note({ kind: 'locked', user: this.#session.account.name });
    this.#mac.screen.reconsider();
  }

  unlock(): void {
    if (!this.#session?.locked || !this.#mac.on || this.#mac.asleep) return;
    this.#session.locked = false;
    this.#touched();
    this.#mac.note({ kind: 'unlocked', user: this.#session.account.name });
    this.#mac.screen.reconsider();
  }

  /** Somebody is in front of the Mac, whatever it shows. */
  sitDown(): void {
    if (this.#somebodyThere) return;
    this.#somebodyThere = true;
    this.#touched();
    this.#mac.note({ kind: 'sat-down' });
    this.#mac.screen.reconsider();
  }

  getUp(): void {
    if (!this.#somebodyThere) return;
    this.#touched();
    this.#somebodyThere = false;
    this.#mac.note({ kind: 'left' });
    this.#mac.screen.reconsider();
  }

  /** A program takes the display, as a call or a presentation does. */
  holdDisplay(program: string): void {
    this.displayHolders.set(program, { pid: this.#mac.random.whole(700, 3_000), since: this.#mac.world.now() });
  }

  releaseDisplay(program: string): void {
    this.displayHolders.delete(program);
  }

  #touched(): void {
    this.#lastInputAt = this.#mac.world.now();
  }
}
