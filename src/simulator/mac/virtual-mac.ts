import { HOUR_MS, type Instant, MINUTE_MS, SECOND_MS } from '../../domain/instant.ts';
import type { Offer } from '../../domain/offer.ts';
import { majorOf, type OsRelease } from '../../domain/os-version.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Commands } from '../../ports/commands.ts';
import { type Random, random } from '../random.ts';
import type { Tool } from '../tools/tool.ts';
import { TOOLBOX } from '../tools/toolbox.ts';
import type { VirtualClock } from '../virtual-clock.ts';
import { type Account, Accounts } from './accounts.ts';
import { AwakeTime } from './awake-time.ts';
import { Battery } from './battery.ts';
import { Catalogue } from './catalogue.ts';
import { DIALOG_PATH } from './dialog-path.ts';
import { type Door, LiveDoor } from './door.ts';
import { Faults } from './faults.ts';
import type { Happening, HappeningOf, RestartCause, Unstamped } from './happenings.ts';
import { LaunchdWake } from './launchd.ts';
import type { MacSpec } from './mac-spec.ts';
import { Processes, type RecordedCall } from './processes.ts';
import { Screen } from './screen.ts';
import { UpdateDaemon } from './update-daemon.ts';

export type MacOptions = {
  spec: MacSpec;
  clock: VirtualClock;
  seed: number | string;
  tools?: ReadonlyMap<string, Tool>;
};

type ConsoleSession = { account: Account; locked: boolean };
type Sleepiness = 'lid' | 'battery' | 'asked';

/**
 * A Mac without the hardware: what it knows, what is on its screen, and the tools that tell and change it. Its methods
 * are what a person's hands, the power company and Apple do to it; programs get `clock` and `commands` only.
 */
export class VirtualMac {
  readonly spec: MacSpec;
  /** The world around the Mac: true time. */
  readonly world: VirtualClock;
  readonly random: Random;
  readonly awake: AwakeTime;
  readonly faults: Faults;
  readonly accounts: Accounts;
  readonly battery: Battery;
  readonly catalogue = new Catalogue();
  readonly daemon: UpdateDaemon;
  readonly screen: Screen;
  readonly processes: Processes;
  readonly launchd: LaunchdWake;
  readonly happenings: Happening[] = [];
  /** Files the tools can read, by absolute path. */
  readonly files = new Map<string, string>();
  readonly disk: { totalKiB: number; freeKiB: number };
  /** The port an agent gets when the driver does not need a door for each of its lives. */
  readonly clock: Clock;
  readonly commands: Commands;
  os: { version: string; build: string; extra: string | null };
  zone: string;
  on = true;
  asleep = false;
  lidClosed = false;
  somebodyThere = false;
  networkUp: boolean;
  boot: { session: string; startedAt: Instant };
  lastInputAt: Instant;
  /** Programs that keep the display awake, such as a call, by the time they began. */
  readonly displayHolders = new Map<string, { pid: number; since: Instant }>();
  #console: ConsoleSession | null = null;
  readonly #sleepiness = new Set<Sleepiness>();
  readonly #bootListeners: (() => void)[] = [];
  readonly #shutdownListeners: (() => void)[] = [];
  readonly #sleepListeners: ((asleep: boolean) => void)[] = [];
  readonly #defaultDoor: LiveDoor;
  #takeBackEmpty: (() => void) | null = null;
  #takeBackBoot: (() => void) | null = null;

  constructor(options: MacOptions) {
    const { spec, clock, seed } = options;
    this.spec = spec;
    this.world = clock;
    this.random = random(seed).fork('mac');
    this.awake = new AwakeTime(clock);
    this.faults = new Faults(
      this.random.fork('faults'),
      () => clock.now(),
      (name) => this.note({ kind: 'fault', name }),
    );
    for (const fault of spec.faults) this.faults.add(fault);
    this.accounts = new Accounts([accountOf(spec)]);
    this.battery = new Battery(clock, spec.power, spec.batteryPercent);
    this.os = { version: spec.macOS.replace(/\s*\([a-z]\)$/i, ''), build: spec.build, extra: extraOf(spec.macOS) };
    this.zone = spec.zone;
    this.networkUp = spec.network;
    this.disk = { totalKiB: 482_797_652, freeKiB: Math.round(spec.diskFreeGB * 976_562.5) };
    this.lastInputAt = clock.now();
    // It did not boot this very second: an agent that comes to a Mac finds it in the middle of its life.
    this.boot = { session: this.#newUuid(), startedAt: clock.now() - 20 * HOUR_MS };
    this.screen = new Screen(
      () => ({
        awake: this.on && !this.asleep,
        unlocked: this.#console !== null && !this.#console.locked,
        somebodyThere: this.somebodyThere,
      }),
      (happening) => this.note(happening),
    );
    this.daemon = new UpdateDaemon(this, this.random.fork('softwareupdated'));
    this.processes = new Processes(this, options.tools ?? TOOLBOX);
    this.launchd = new LaunchdWake(this);
    this.#defaultDoor = new LiveDoor(this);
    this.clock = this.#defaultDoor.clock;
    this.commands = this.#defaultDoor.commands;
    const account = this.accounts.named(spec.user);
    if (spec.loggedIn && account) this.#console = { account, locked: spec.locked };
    this.awake.run();
    this.#watchBattery();
  }

  get calls(): readonly RecordedCall[] {
    return this.processes.calls;
  }

  /** How often each catalogue name was called. */
  callCounts(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const call of this.calls) counts[call.name] = (counts[call.name] ?? 0) + 1;
    return counts;
  }

  note(happening: Unstamped): void {
    this.happenings.push({ at: this.world.now(), wall: this.world.wall(), zone: this.zone, ...happening });
  }

  onBoot(listener: () => void): void {
    this.#bootListeners.push(listener);
  }

  /** Told when nothing runs any more; whoever plays the agent lets go of it here. */
  onShutdown(listener: () => void): void {
    this.#shutdownListeners.push(listener);
  }

  onSleepWake(listener: (asleep: boolean) => void): void {
    this.#sleepListeners.push(listener);
  }

  /** A door for one life of an agent. */
  door(): Door {
    return new LiveDoor(this);
  }

  /** What launchd does when the agent dies: its tools end, and nothing it waited for comes. Accepted installs go on. */
  killAgentChildren(): void {
    this.#defaultDoor.reset();
  }

  hasTool(path: string): boolean {
    return path !== DIALOG_PATH || (this.spec.dialogInstalled && !this.faults.has('dialog-missing'));
  }

  release(): OsRelease {
    const { version, build, extra } = this.os;
    return { version: extra === null ? version : `${version} ${extra}`, build };
  }

  online(): boolean {
    return this.networkUp && !this.faults.offline();
  }

  /** Who is logged in at the screen; null at the login window. */
  consoleUser(): Account | null {
    return this.#console?.account ?? null;
  }

  screenLocked(): boolean {
    return this.#console?.locked ?? false;
  }

  /** Apple puts these on its server at a true instant (now when left out) and takes them down at `until`. */
  publish(offers: readonly Offer[], from: Instant = this.world.now(), until: Instant | null = null): void {
    this.catalogue.publish(offers, from, until);
  }

  withdraw(label: string, at: Instant = this.world.now()): void {
    this.catalogue.withdraw(label, at);
  }

  logIn(name: string): boolean {
    const account = this.accounts.named(name);
    if (!this.on || this.asleep || this.#console || !account) return false;
    this.#console = { account, locked: false };
    this.#touched();
    this.note({ kind: 'logged-in', user: name });
    this.screen.reconsider();
    return true;
  }

  /** The session ends and everything in it; daemons go on. */
  logOut(): void {
    const session = this.#console;
    if (!session || !this.on) return;
    this.screen.clear('log-out');
    this.processes.endSession(session.account.uid);
    this.displayHolders.clear();
    this.#console = null;
    this.note({ kind: 'logged-out', user: session.account.name });
  }

  lock(): void {
    if (!this.#console || this.#console.locked) return;
    this.#console.locked = true;
    this.note({ kind: 'locked', user: this.#console.account.name });
    this.screen.reconsider();
  }

  unlock(): void {
    if (!this.#console?.locked || !this.on || this.asleep) return;
    this.#console.locked = false;
    this.#touched();
    this.note({ kind: 'unlocked', user: this.#console.account.name });
    this.screen.reconsider();
  }

  /** Somebody is in front of the Mac, whatever it shows. */
  sitDown(): void {
    if (this.somebodyThere) return;
    this.somebodyThere = true;
    this.#touched();
    this.note({ kind: 'sat-down' });
    this.screen.reconsider();
  }

  getUp(): void {
    if (!this.somebodyThere) return;
    this.#touched();
    this.somebodyThere = false;
    this.note({ kind: 'left' });
    this.screen.reconsider();
  }

  /** Closing the lid locks the session and puts the Mac to sleep, on battery and on power alike. */
  closeLid(): void {
    if (this.lidClosed || this.spec.kind !== 'laptop') return;
    this.lidClosed = true;
    this.note({ kind: 'lid-closed' });
    this.lock();
    this.#sleepFor('lid');
  }

  openLid(): void {
    if (!this.lidClosed) return;
    this.lidClosed = false;
    this.note({ kind: 'lid-opened' });
    this.#sleepiness.delete('asked');
    this.#noLonger('lid');
  }

  sleep(): void {
    this.#sleepFor('asked');
  }

  wakeUp(): void {
    this.#noLonger('asked');
  }

  plugIn(): void {
    this.#power('ac');
    this.#noLonger('battery');
  }

  unplug(): void {
    if (this.spec.kind === 'laptop') this.#power('battery');
  }

  setNetwork(up: boolean): void {
    if (up === this.networkUp) return;
    this.networkUp = up;
    this.note({ kind: 'network', up });
  }

  /** The Mac is in another place now. */
  travel(zone: string): void {
    this.zone = zone;
  }

  /** A program takes the display, as a call or a presentation does. */
  holdDisplay(program: string): void {
    this.displayHolders.set(program, { pid: this.random.whole(700, 3_000), since: this.world.now() });
  }

  releaseDisplay(program: string): void {
    this.displayHolders.delete(program);
  }

  /** Goes down and comes up again; applies an accepted and prepared update on the way. */
  restart(cause: RestartCause, call: number | null = null): void {
    if (!this.on) return;
    const pending = this.#goDown(cause, call);
    const installs = pending?.offer ?? null;
    const major = installs !== null && majorOf(installs.version) !== majorOf(this.os.version);
    const minutes = installs === null ? 1.2 : major ? 25 : 8;
    const downMs = Math.round(minutes * MINUTE_MS * this.random.between(0.85, 1.15));
    this.#takeBackBoot = this.world.after(downMs, () => this.#comeUp(pending));
  }

  /** The power goes; it stays off until `powerOn` or for as long as given. An update not yet applied is not applied. */
  cutPower(offForMs: number | null): void {
    if (!this.on) {
      this.#takeBackBoot?.();
      this.#takeBackBoot = null;
    } else {
      this.#goDown('power cut', null);
    }
    this.note({ kind: 'switched-off' });
    if (offForMs !== null) this.#takeBackBoot = this.world.after(offForMs, () => this.#comeUp(null));
  }

  powerOn(): void {
    if (this.on || this.#takeBackBoot) return;
    this.#takeBackBoot = this.world.after(45 * SECOND_MS, () => this.#comeUp(null));
  }

  #goDown(cause: RestartCause, call: number | null): { offer: Offer; call: number } | null {
    const session = this.#console;
    this.note({
      kind: 'restart',
      cause,
      call,
      loggedIn: session?.account.name ?? null,
      screenLocked: session?.locked ?? false,
      somebodyThere: this.somebodyThere,
      from: this.release(),
      to: null,
      bootedAt: null,
    });
    if (session) this.note({ kind: 'app-quit', user: session.account.name, app: 'all', why: 'restart' });
    const pending = this.daemon.takePending();
    this.screen.clear('restart');
    this.processes.endAll();
    this.#defaultDoor.reset();
    this.awake.restart();
    this.displayHolders.clear();
    this.#console = null;
    this.on = false;
    this.battery.change({ awake: false });
    for (const listener of this.#shutdownListeners) listener();
    return pending;
  }

  #comeUp(installed: { offer: Offer; call: number } | null): void {
    this.#takeBackBoot = null;
    if (installed) this.#apply(installed.offer, installed.call);
    this.on = true;
    this.asleep = false;
    this.#sleepiness.clear();
    if (this.lidClosed) this.#sleepiness.add('lid');
    this.boot = { session: this.#newUuid(), startedAt: this.world.now() };
    const restart = this.happenings.findLast((one): one is HappeningOf<'restart'> => one.kind === 'restart');
    if (restart && restart.bootedAt === null) {
      restart.to = this.release();
      restart.bootedAt = this.world.now();
    }
    this.note({ kind: 'booted', session: this.boot.session, release: this.release() });
    this.awake.run();
    this.battery.change({ awake: true });
    this.#watchBattery();
    for (const listener of this.#bootListeners) listener();
    // A Mac that restarts with its lid closed comes up, and goes to sleep at its login window soon after.
    if (this.lidClosed) this.awake.after(3 * MINUTE_MS, () => this.#settleSleep());
  }

  #apply(offer: Offer, call: number): void {
    const extra = extraOf(offer.version);
    const version = offer.version.replace(/\s*\([a-z]\)$/i, '');
    // The list says 27 where the system that comes of it says 27.0.
    this.os = { version: /^\d+$/.test(version) ? `${version}.0` : version, build: offer.build ?? this.os.build, extra };
    this.daemon.applied(offer);
    this.note({ kind: 'installed', label: offer.label, call });
  }

  #sleepFor(reason: Sleepiness): void {
    if (!this.on) return;
    this.#sleepiness.add(reason);
    this.#settleSleep();
  }

  #noLonger(reason: Sleepiness): void {
    this.#sleepiness.delete(reason);
    this.#settleSleep();
  }

  #settleSleep(): void {
    const asleep = this.#sleepiness.size > 0;
    if (!this.on || asleep === this.asleep) return;
    this.asleep = asleep;
    this.note({ kind: asleep ? 'fell-asleep' : 'woke-up' });
    this.battery.change({ awake: !asleep });
    if (asleep) this.awake.stop();
    else this.awake.run();
    this.#watchBattery();
    this.screen.reconsider();
    for (const listener of this.#sleepListeners) listener(asleep);
  }

  #power(source: 'ac' | 'battery'): void {
    if (this.battery.source() === source) return;
    this.battery.change({ source });
    this.note({ kind: 'power', source, percent: Math.floor(this.battery.percent()) });
    this.#watchBattery();
  }

  #watchBattery(): void {
    this.#takeBackEmpty?.();
    const left = this.asleep ? null : this.battery.emptyInMs();
    this.#takeBackEmpty = left === null ? null : this.world.after(left, () => this.#sleepFor('battery'));
  }

  #touched(): void {
    this.lastInputAt = this.world.now();
  }

  #newUuid(): string {
    const hex = Array.from({ length: 32 }, () => this.random.whole(0, 15).toString(16))
      .join('')
      .toUpperCase();
    return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, '$1-$2-4$3-9$4-$5');
  }
}

function accountOf(spec: MacSpec): Account {
  const { user: name, fullName, admin, volumeOwner, password, lockoutAfter } = spec;
  return { name, fullName, uid: 501, admin, volumeOwner, password, lockoutAfter, failedLogins: 0 };
}

function extraOf(version: string): string | null {
  return /\([a-z]\)$/i.exec(version.trim())?.[0] ?? null;
}
