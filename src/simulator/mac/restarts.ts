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

/** `call` is null where no tool asked for it, but an MDM. */
type Accepted = { offer: Offer; call: number | null };

/** From the start to FileVault's screen, and from there on where nothing is to be installed. */
const TO_SCREEN_MS = 40 * SECOND_MS;

/** On and off: restarts, power cuts, the boot that follows, and the update that is applied between the two. */
export class Restarts {
  readonly #mac: Mac;
  readonly #parts: Parts;
  readonly #bootListeners: (() => void)[] = [];
  readonly #shutdownListeners: (() => void)[] = [];
  #on = true;
  #boot: { session: string; startedAt: Instant };
  #takeBackBoot: (() => void) | null = null;
  /** Goes on with the start once somebody has unlocked the disk; set while FileVault's screen is up. */
  #goOn: (() => void) | null = null;
  readonly #screenListeners: (() => void)[] = [];

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
    this.#startIn(pending, downMs);
  }

  /** FileVault's screen is up: nothing but firmware runs, and the update that was to be installed waits too. */
  get atFileVault(): boolean {
    return this.#goOn !== null;
  }

  onFileVaultScreen(listener: () => void): void {
    this.#screenListeners.push(listener);
  }

  /** Somebody types a password, or the recovery key, at FileVault's screen. */
  unlockDisk(name: string | null, secret: string): boolean {
    if (this.#goOn === null || !this.#mac.fileVault.opens(name, secret)) return false;
    const goOn = this.#goOn;
    this.#goOn = null;
    this.#mac.note({ kind: 'disk-unlocked' });
    goOn();
    return true;
  }

  cutPower(offForMs: number | null): void {
    if (!this.#on) {
      this.#takeBackBoot?.();
      this.#takeBackBoot = null;
      this.#goOn = null;
    } else {
      this.#goDown('power cut', null);
    }
    // What was unlocked in advance stood in memory.
    this.#mac.fileVault.nextStartUnlocked = false;
    this.#mac.note({ kind: 'switched-off' });
    if (offForMs !== null) this.#startIn(null, offForMs);
  }

  powerOn(): void {
    if (this.#on || this.#takeBackBoot || this.#goOn) return;
    this.#startIn(null, 45 * SECOND_MS);
  }

  /**
   * With FileVault on the start ends at its screen, unless it was unlocked in advance. On Apple silicon macOS does that by
   * itself for an update it has taken, since a password or the bootstrap token authorised it.
   */
  #startIn(installing: Accepted | null, ms: number): void {
    const mac = this.#mac;
    const opens = mac.fileVault.nextStartUnlocked || (mac.spec.appleSilicon && installing !== null);
    if (!mac.fileVault.on || opens) {
      this.#comeUpIn(ms, installing);
      return;
    }
    const toScreenMs = installing === null ? ms : TO_SCREEN_MS;
    this.#takeBackBoot = mac.world.after(toScreenMs, () => {
      this.#takeBackBoot = null;
      this.#goOn = () => this.#comeUpIn(installing === null ? TO_SCREEN_MS : ms, installing);
      mac.note({ kind: 'waits-for-unlock' });
      for (const listener of this.#screenListeners) listener();
    });
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
