import { HOUR_MS, type Instant, MINUTE_MS, SECOND_MS } from '../../domain/instant.ts';
import type { Offer } from '../../domain/offer.ts';
import { majorOf } from '../../domain/os-version.ts';
import type { ConsoleSession } from './console-session.ts';
import type { Happening, HappeningOf, RestartCause } from './happenings.ts';
import type { InstalledMacOS } from './installed-macos.ts';
import type { Mac } from './mac.ts';
import type { Sleep } from './sleep.ts';
import type { UpdateDaemon } from './update-daemon.ts';
import { newUuid } from './uuid.ts';

/** What goes down and comes up with the Mac. */
type Parts = {
  os: InstalledMacOS;
  daemon: UpdateDaemon;
  session: ConsoleSession;
  sleep: Sleep;
  /** Ends every program that runs, without a word. */
  endPrograms: () => void;
  happenings: readonly Happening[];
};

type Accepted = { offer: Offer; call: number };

/** On and off: restarts, power cuts, the boot that follows, and the update that is applied between the two. */
export class Restarts {
  readonly #mac: Mac;
  readonly #parts: Parts;
  readonly #bootListeners: (() => void)[] = [];
  readonly #shutdownListeners: (() => void)[] = [];
  #on = true;
  #boot: { session: string; startedAt: Instant };
  #takeBackBoot: (() => void) | null = null;

  constructor(mac: Mac, parts: Parts) {
    this.#mac = mac;
    this.#parts = parts;
    // It did not boot this very second: an agent that comes to a Mac finds it in the middle of its life.
    this.#boot = { session: newUuid(mac.random), startedAt: mac.world.now() - 20 * HOUR_MS };
  }

  get on(): boolean {
    return this.#on;
  }

  get boot(): { readonly session: string; readonly startedAt: Instant } {
    return this.#boot;
  }

  onBoot(listener: () => void): void {
    this.#bootListeners.push(listener);
  }

  onShutdown(listener: () => void): void {
    this.#shutdownListeners.push(listener);
  }

  restart(cause: RestartCause, call: number | null): void {
    if (!this.#on) return;
    const pending = this.#goDown(cause, call);
    const installs = pending?.offer ?? null;
    const major = installs !== null && majorOf(installs.version) !== majorOf(this.#mac.os.version);
    const minutes = installs === null ? 1.2 : major ? 25 : 8;
    const downMs = Math.round(minutes * MINUTE_MS * this.#mac.random.between(0.85, 1.15));
    this.#comeUpIn(downMs, pending);
  }

  cutPower(offForMs: number | null): void {
    if (!this.#on) {
      this.#takeBackBoot?.();
      this.#takeBackBoot = null;
    } else {
      this.#goDown('power cut', null);
    }
    this.#mac.note({ kind: 'switched-off' });
    if (offForMs !== null) this.#comeUpIn(offForMs, null);
  }

  powerOn(): void {
    if (this.#on || this.#takeBackBoot) return;
    this.#comeUpIn(45 * SECOND_MS, null);
  }

  #goDown(cause: RestartCause, call: number | null): Accepted | null {
    const mac = this.#mac;
    const { daemon, session, sleep, endPrograms } = this.#parts;
    const user = session.user();
    mac.note({
      kind: 'restart',
      cause,
      call,
      loggedIn: user?.name ?? null,
      screenLocked: session.locked(),
      somebodyThere: session.somebodyThere,
      from: mac.release(),
      to: null,
      bootedAt: null,
    });
    if (user) mac.note({ kind: 'app-quit', user: user.name, app: 'all', why: 'restart' });
    const pending = daemon.takePending();
    mac.screen.clear('restart');
    endPrograms();
    session.goDown();
    this.#on = false;
    sleep.goDown();
    for (const listener of this.#shutdownListeners) listener();
    return pending;
  }

  #comeUpIn(ms: number, installing: Accepted | null): void {
    this.#takeBackBoot = this.#mac.world.after(ms, () => this.#comeUp(installing));
  }

  #comeUp(installing: Accepted | null): void {
    const mac = this.#mac;
    const { happenings, sleep } = this.#parts;
    this.#takeBackBoot = null;
    if (installing) this.#apply(installing);
    this.#on = true;
    this.#boot = { session: newUuid(mac.random), startedAt: mac.world.now() };
    const restart = happenings.findLast((one): one is HappeningOf<'restart'> => one.kind === 'restart');
    if (restart && restart.bootedAt === null) {
      restart.to = mac.release();
      restart.bootedAt = mac.world.now();
    }
    mac.note({ kind: 'booted', session: this.#boot.session, release: mac.release() });
    sleep.comeUp();
    for (const listener of this.#bootListeners) listener();
    sleep.settleAfterBoot();
  }

  #apply({ offer, call }: Accepted): void {
    this.#parts.os.apply(offer);
    this.#parts.daemon.applied(offer);
    this.#mac.note({ kind: 'installed', label: offer.label, call });
    const raises = this.#mac.faults.strikes('update-raises-failures');
    const account = raises === null ? null : this.#mac.accounts.named(raises.account ?? this.#mac.spec.user);
    if (raises !== null && account !== null) this.#mac.accounts.raiseFailures(account, raises.failures ?? 3);
  }
}
