import type { Instant } from '../../domain/instant.ts';
import type { OsRelease } from '../../domain/os-version.ts';
import type { Random } from '../random.ts';
import type { VirtualClock } from '../virtual-clock.ts';
import type { Account, Accounts } from './accounts.ts';
import type { AwakeTime } from './awake-time.ts';
import type { Battery } from './battery.ts';
import type { Catalogue } from './catalogue.ts';
import type { Enrolment } from './enrolment.ts';
import type { Faults } from './faults.ts';
import type { FileVault } from './file-vault.ts';
import type { RestartCause, Unstamped } from './happenings.ts';
import type { JobService } from './job-service.ts';
import type { Keychains } from './keychains.ts';
import type { MacSpec } from './mac-spec.ts';
import type { Screen } from './screen.ts';
import type { SecureTokens } from './secure-tokens.ts';
import type { SystemLog } from './system-log.ts';
import type { UpdateService } from './update-service.ts';

/**
 * What the tools and the larger parts see of the Mac they are in, and the little they may do to it. They know this type
 * and never `VirtualMac`, which is put together from them: arrows point one way.
 */
export type Mac = {
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
  /** The MDM client, as far as macOS keeps on the disk what it was told. */
  readonly mdm: { declared(): readonly { identifier: string; version: string; build: string | null; by: string }[] };
  readonly battery: Battery;
  readonly catalogue: Catalogue;
  readonly screen: Screen;
  readonly daemon: UpdateService;
  readonly systemLog: SystemLog;
  readonly jobs: JobService;
  readonly processes: { pids(name: string, uid: number | null): number[] };
  /** Files the tools can read, by absolute path. */
  readonly files: ReadonlyMap<string, string>;
  readonly disk: { readonly totalKiB: number; freeKiB: number };
  readonly os: { readonly version: string; readonly build: string; readonly extra: string | null };
  readonly zone: string;
  readonly on: boolean;
  readonly asleep: boolean;
  readonly boot: { readonly session: string; readonly startedAt: Instant };
  readonly somebodyThere: boolean;
  readonly lastInputAt: Instant;
  /** Programs that keep the display awake, such as a call, by the time they began. */
  readonly displayHolders: ReadonlyMap<string, { pid: number; since: Instant }>;
  release(): OsRelease;
  online(): boolean;
  hasTool(path: string): boolean;
  /** Who is logged in at the screen; null at the login window. */
  consoleUser(): Account | null;
  screenLocked(): boolean;
  note(happening: Unstamped): void;
  onBoot(listener: () => void): void;
  onSleepWake(listener: (asleep: boolean) => void): void;
  /** Goes down and comes up again; applies an accepted and prepared update on the way. */
  restart(cause: RestartCause, call: number | null): void;
};
