import type { Observable } from 'rxjs';
import { DAY_MS, type Instant } from '../../domain/instant.ts';
import type { Offer } from '../../domain/offer.ts';
import type { OsRelease } from '../../domain/os-version.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Commands, ToolCall, ToolEvent } from '../../ports/commands.ts';
import type { BootstrapTokenKeeper } from '../mdm/bootstrap-token-keeper.ts';
import { type Random, random } from '../random.ts';
import type { Tool } from '../tools/tool.ts';
import { TOOLBOX } from '../tools/toolbox.ts';
import type { VirtualClock } from '../virtual-clock.ts';
import type { Account, Accounts } from './accounts.ts';
import { accountsOf, type Who } from './accounts-of.ts';
import { AwakeTime } from './awake-time.ts';
import { Battery } from './battery.ts';
import { Catalogue } from './catalogue.ts';
import { ConsoleSession } from './console-session.ts';
import { DIALOG_PATH } from './dialog-path.ts';
import { type Door, LiveDoor } from './door.ts';
import { Enrolment } from './enrolment.ts';
import { type FaultOf, Faults } from './faults.ts';
import type { FileVault } from './file-vault.ts';
import type { Happening, RestartCause, Unstamped } from './happenings.ts';
import { InstalledMacOS } from './installed-macos.ts';
import { JAMF_PATH } from './jamf-path.ts';
import type { Keychains } from './keychains.ts';
import { LaunchdWake } from './launchd.ts';
import { type JobSurroundings, jobsInMemory, LaunchdJobs } from './launchd-jobs.ts';
import type { Mac } from './mac.ts';
import type { MacSpec } from './mac-spec.ts';
import { MdmClient } from './mdm-client.ts';
import { Processes, type RecordedCall } from './processes.ts';
import { Restarts } from './restarts.ts';
import { Screen } from './screen.ts';
import type { SecureTokens } from './secure-tokens.ts';
import { Sleep } from './sleep.ts';
import { SystemLog } from './system-log.ts';
import { UpdateDaemon } from './update-daemon.ts';

export type MacOptions = {
  spec: MacSpec;
  clock: VirtualClock;
  seed: number | string;
  tools?: ReadonlyMap<string, Tool>;
  /** Where launchd finds property lists and how it starts programs; in memory when left out. */
  jobs?: (mac: Mac) => JobSurroundings;
  /** Who keeps its bootstrap token; a server of its own when left out. */
  tokenKeeper?: BootstrapTokenKeeper;
};

/**
 * A Mac without the hardware: what it knows, what is on its screen, and the tools that tell and change it. Its methods
 * are what a person's hands, the power company and Apple do to it; programs get `clock` and `commands` only. Everything
 * is put together here, and nothing below knows this file: the parts and tools see a `Mac`.
 */
export class VirtualMac implements Mac {
  readonly spec: MacSpec;
  /** The world around the Mac: true time. */
  readonly world: VirtualClock;
  readonly random: Random;
  readonly awake: AwakeTime;
  readonly faults: Faults;
  readonly accounts: Accounts;
  readonly tokens: SecureTokens;
  readonly fileVault: FileVault;
  readonly keychains: Keychains;
  readonly enrolment: Enrolment;
  readonly battery: Battery;
  readonly catalogue = new Catalogue();
  readonly daemon: UpdateDaemon;
  readonly systemLog: SystemLog;
  readonly mdm: MdmClient;
  readonly screen: Screen;
  readonly processes: Processes;
  readonly launchd: LaunchdWake;
  readonly jobs: LaunchdJobs;
  readonly happenings: Happening[] = [];
  readonly files = new Map<string, string>();
  readonly disk: { totalKiB: number; freeKiB: number };
  readonly os: InstalledMacOS;
  /** The port an agent gets when the driver does not need a door for each of its lives. */
  readonly clock: Clock;
  readonly commands: Commands;
  zone: string;
  networkUp: boolean;
  readonly #session: ConsoleSession;
  readonly #sleep: Sleep;
  readonly #restarts: Restarts;
  readonly #defaultDoor: LiveDoor;

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
    this.battery = new Battery(clock, spec.power, spec.batteryPercent);
    this.os = new InstalledMacOS(spec.macOS, spec.build);
    this.enrolment = new Enrolment({
      spec,
      random: this.random.fork('enrolment'),
      note: (happening) => this.note(happening),
      reachable: () => this.online() && !this.faults.mdmServerDown(),
      keeper: options.tokenKeeper,
    });
    const who: Who = accountsOf(spec, {
      random: this.random.fork('accounts'),
      now: () => clock.wall(),
      note: (happening) => this.note(happening),
      version: () => this.os.version,
      enrolment: this.enrolment,
    });
    this.accounts = who.accounts;
    this.tokens = who.tokens;
    this.fileVault = who.fileVault;
    this.keychains = who.keychains;
    for (const fault of spec.faults) if (fault.name === 'password-rotated') this.#rotateLater(fault);
    this.zone = spec.zone;
    this.networkUp = spec.network;
    this.disk = { totalKiB: 482_797_652, freeKiB: Math.round(spec.diskFreeGB * 976_562.5) };
    this.screen = new Screen(
      () => ({
        awake: this.on && !this.asleep,
        unlocked: this.consoleUser() !== null && !this.screenLocked(),
        somebodyThere: this.somebodyThere,
      }),
      (happening) => this.note(happening),
    );
    this.systemLog = new SystemLog();
    this.daemon = new UpdateDaemon(this, this.random.fork('softwareupdated'));
    this.processes = new Processes(this, options.tools ?? TOOLBOX);
    this.#session = new ConsoleSession(this, this.processes);
    this.#sleep = new Sleep(this, this.#session);
    this.#defaultDoor = new LiveDoor(this, this.processes);
    this.#restarts = new Restarts(this, {
      os: this.os,
      daemon: this.daemon,
      session: this.#session,
      sleep: this.#sleep,
      happenings: this.happenings,
      endPrograms: () => {
        this.jobs.goDown();
        this.processes.endAll();
        this.#defaultDoor.reset();
      },
    });
    this.onBoot(() => this.fileVault.started());
    this.onSleepWake((asleep) => asleep && this.fileVault.fellAsleep());
    this.onShutdown(() => this.mdm.goDown());
    this.launchd = new LaunchdWake(this);
    this.jobs = new LaunchdJobs(this, (options.jobs ?? jobsInMemory)(this));
    this.clock = this.#defaultDoor.clock;
    this.commands = this.#defaultDoor.commands;
    this.mdm = new MdmClient(this, this.random.fork('mdmclient'));
    this.#sleep.comeUp();
  }

  get on(): boolean {
    return this.#restarts.on;
  }

  get boot(): Mac['boot'] {
    return this.#restarts.boot;
  }

  /** FileVault's screen is up: the Mac is on, and nothing runs on it. */
  get atFileVault(): boolean {
    return this.#restarts.atFileVault;
  }

  get asleep(): boolean {
    return this.#sleep.asleep;
  }

  get lidClosed(): boolean {
    return this.#sleep.lidClosed;
  }

  get somebodyThere(): boolean {
    return this.#session.somebodyThere;
  }

  get lastInputAt(): Instant {
    return this.#session.lastInputAt;
  }

  get displayHolders(): Mac['displayHolders'] {
    return this.#session.displayHolders;
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

  /** Everything that is or was secret on this Mac; none of it may stand where other programs can read it. */
  secrets(): Set<string> {
    return new Set([
      ...this.accounts.secrets(),
      ...this.fileVault.secrets(),
      ...this.keychains.secrets(),
      ...this.enrolment.secrets(),
    ]);
  }

  note(happening: Unstamped): void {
    this.happenings.push({ at: this.world.now(), wall: this.world.wall(), zone: this.zone, ...happening });
  }

  onBoot(listener: () => void): void {
    this.#restarts.onBoot(listener);
  }

  /** Told when nothing runs any more; whoever plays the agent lets go of it here. */
  onShutdown(listener: () => void): void {
    this.#restarts.onShutdown(listener);
  }

  /** Told when FileVault's screen comes up. */
  onFileVaultScreen(listener: () => void): void {
    this.#restarts.onFileVaultScreen(listener);
  }

  onSleepWake(listener: (asleep: boolean) => void): void {
    this.#sleep.onSleepWake(listener);
  }

  /** A door for one life of an agent. */
  door(): Door {
    return new LiveDoor(this, this.processes);
  }

  /** Starts a tool for a real process, whose environment others can read. */
  startAs(call: ToolCall, environment: readonly string[]): Observable<ToolEvent> {
    return this.#defaultDoor.startIn(environment, call);
  }

  /** What launchd does when the agent dies: its tools end, and nothing it waited for comes. Accepted installs go on. */
  killAgentChildren(): void {
    this.#defaultDoor.reset();
  }

  hasTool(path: string): boolean {
    if (path === JAMF_PATH) return this.enrolment.terms !== null;
    return path !== DIALOG_PATH || (this.spec.dialogInstalled && !this.faults.has('dialog-missing'));
  }

  release(): OsRelease {
    return this.os.release();
  }

  online(): boolean {
    return this.networkUp && !this.faults.offline();
  }

  consoleUser(): Account | null {
    return this.#session.user();
  }

  screenLocked(): boolean {
    return this.#session.locked();
  }

  /** Apple puts these on its server at a true instant (now when left out) and takes them down at `until`. */
  publish(offers: readonly Offer[], from: Instant = this.world.now(), until: Instant | null = null): void {
    this.catalogue.publish(offers, from, until);
  }

  withdraw(label: string, at: Instant = this.world.now()): void {
    this.catalogue.withdraw(label, at);
  }

  logIn(name: string): boolean {
    return this.#session.logIn(name);
  }

  logOut(): void {
    this.#session.logOut();
  }

  lock(): void {
    this.#session.lock();
  }

  unlock(): void {
    this.#session.unlock();
  }

  sitDown(): void {
    this.#session.sitDown();
  }

  getUp(): void {
    this.#session.getUp();
  }

  closeLid(): void {
    this.#sleep.closeLid();
  }

  openLid(): void {
    this.#sleep.openLid();
  }

  sleep(): void {
    this.#sleep.sleep();
  }

  wakeUp(): void {
    this.#sleep.wakeUp();
  }

  plugIn(): void {
    this.#sleep.plugIn();
  }

  unplug(): void {
    this.#sleep.unplug();
  }

  /**
   * An MDM, or an administrator in System Settings, gives an account another password. The keychain keeps the old one,
   * and so does the disk unless `cryptoToo`.
   */
  rotatePassword(name: string, password: string, { cryptoToo = false }: { cryptoToo?: boolean } = {}): void {
    const account = this.accounts.named(name);
    if (account === null) return;
    this.accounts.putLoginPassword(account, password);
    if (cryptoToo && account.secureToken) this.accounts.putCryptoPassword(account, password);
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

  holdDisplay(program: string): void {
    this.#session.holdDisplay(program);
  }

  releaseDisplay(program: string): void {
    this.#session.releaseDisplay(program);
  }

  restart(cause: RestartCause, call: number | null = null): void {
    this.#restarts.restart(cause, call);
  }

  /** The power goes; it stays off until `powerOn` or for as long as given. An update not yet applied is not applied. */
  cutPower(offForMs: number | null): void {
    this.#restarts.cutPower(offForMs);
  }

  powerOn(): void {
    this.#restarts.powerOn();
  }

  /** What somebody types at FileVault's screen; `name` null is the recovery key. */
  unlockDisk(name: string | null, secret: string): boolean {
    return this.#restarts.unlockDisk(name, secret);
  }

  #rotateLater({ account, password, afterDays = 0, cryptoToo = false }: FaultOf<'password-rotated'>): void {
    this.world.after(afterDays * DAY_MS, () => {
      this.note({ kind: 'fault', name: 'password-rotated' });
      this.rotatePassword(account ?? this.spec.user, password, { cryptoToo });
    });
  }
}
