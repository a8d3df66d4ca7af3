import type { Instant } from '../../domain/instant.ts';

/**
 * What an MDM server and a Mac say to each other, as Apple's protocol has it: the keys are those of its property lists.
 * A server cannot make a Mac do anything by itself. It queues a command and has Apple notify the Mac; the Mac connects
 * when it can, says how it stands, and takes one command after the other.
 */

/** The parts of time that a server or a Mac of this folder needs; the virtual clock and the computer's both have them. */
export type MdmClock = { now(): Instant; after(delayMs: number, callback: () => void): () => void };

export type InstallAction =
  | 'Default'
  | 'DownloadOnly'
  | 'NotifyOnly'
  | 'InstallASAP'
  | 'InstallLater'
  | 'InstallForceRestart';

export type ScheduledUpdate = {
  ProductKey?: string;
  ProductVersion?: string;
  InstallAction: InstallAction;
  MaxUserDeferrals?: number;
  Priority?: 'Low' | 'High';
};

export type MdmCommand =
  | { RequestType: 'ScheduleOSUpdateScan'; Force: boolean }
  | { RequestType: 'AvailableOSUpdates' }
  | { RequestType: 'ScheduleOSUpdate'; Updates: ScheduledUpdate[] }
  | { RequestType: 'OSUpdateStatus' }
  | { RequestType: 'DeviceInformation'; Queries: string[] }
  | { RequestType: 'SecurityInfo' }
  | { RequestType: 'DeclarativeManagement' }
  | { RequestType: 'RestartDevice'; NotifyUser: boolean };

export type QueuedCommand = { CommandUUID: string; Command: MdmCommand };

/** One update as AvailableOSUpdates lists it. */
export type AvailableUpdate = {
  ProductKey: string;
  HumanReadableName: string;
  ProductName: string;
  Version: string;
  Build: string;
  DownloadSize: number;
  InstallSize: number;
  AppIdentifiersToClose: string[];
  IsCritical: boolean;
  IsConfigDataUpdate: boolean;
  IsFirmwareUpdate: boolean;
  IsMajorOSUpdate: boolean;
  RestartRequired: boolean;
  AllowsInstallLater: boolean;
  RequiresBootstrapToken?: boolean;
};

export type UpdateResult = {
  ProductKey: string;
  InstallAction: InstallAction | 'Error';
  Status:
    | 'Idle'
    | 'Downloading'
    | 'DownloadFailed'
    | 'DownloadRequiresComputer'
    | 'DownloadInsufficientSpace'
    | 'DownloadInsufficientPower'
    | 'DownloadInsufficientNetwork'
    | 'Installing'
    | 'InstallInsufficientSpace'
    | 'InstallInsufficientPower'
    | 'InstallPhoneCallInProgress'
    | 'InstallFailed';
  ErrorChain?: MdmError[];
};

export type UpdateProgress = {
  ProductKey: string;
  IsDownloaded: boolean;
  /** From 0 to 1. */
  DownloadPercentComplete: number;
  Status: 'Idle' | 'Downloading' | 'Installing';
  MaxDeferrals?: number;
  DeferralsRemaining?: number;
  NextScheduledInstall?: string;
  PastNotifications?: string[];
};

export type MdmError = {
  ErrorCode: number;
  ErrorDomain: string;
  LocalizedDescription: string;
  USEnglishDescription?: string;
};

/** How the Mac answers a command, or that it has nothing to answer (`Idle`). What a command asked for is in its answer only. */
export type MdmReport =
  | { Status: 'Idle' }
  | { Status: 'NotNow'; CommandUUID: string }
  | { Status: 'Error' | 'CommandFormatError'; CommandUUID: string; ErrorChain: MdmError[] }
  | {
      Status: 'Acknowledged';
      CommandUUID: string;
      ScanInitiated?: boolean;
      AvailableOSUpdates?: AvailableUpdate[];
      UpdateResults?: UpdateResult[];
      OSUpdateStatus?: UpdateProgress[];
      QueryResponses?: Record<string, unknown>;
      SecurityInfo?: Record<string, unknown>;
    };

export type MdmReply = { kind: 'command'; command: QueuedCommand } | { kind: 'nothing' } | { kind: 'unreachable' };

export type Declaration = { Type: string; Identifier: string; ServerToken: string; Payload: Record<string, unknown> };

/** `StatusItems` is nested by the dots of the items' names: `{ softwareupdate: { 'install-state': 'none' } }`. */
export type StatusReport = { StatusItems: Record<string, unknown>; Errors: unknown[] };

/** The server as a Mac reaches it with its MDM identity. `unreachable` stands for every network fault. */
export interface MdmChannel {
  /**
   * One PUT to the server: how the Mac stands, answered with the next command or with nothing. After a `NotNow` the server
   * gives that command again only to a later `Idle`.
   */
  connect(report: MdmReport): MdmReply;
  /** What is declared for this Mac now, in full; what is missing from it was withdrawn. */
  declarations(): Declaration[] | 'unreachable';
  reportStatus(report: StatusReport): 'taken' | 'unreachable';
  /** Escrows the bootstrap token; null takes it away. */
  setBootstrapToken(token: string | null): 'taken' | 'unreachable';
  /** What is escrowed; null where nothing is. Whether it is of any use only the Mac can tell. */
  bootstrapToken(): { token: string | null } | 'unreachable';
}

/** What is true of the Mac at this moment. A server keeps a copy of the day of the last inventory. */
export type MacFacts = {
  udid: string;
  serialNumber: string;
  name: string;
  modelIdentifier: string;
  appleSilicon: boolean;
  version: string;
  build: string;
  supplementalBuild: string | null;
  softwareUpdateDeviceId: string;
  supervised: boolean;
  userApproved: boolean;
  /** Whether declarative management was turned on by a DeclarativeManagement command or the enrolment. */
  declarative: boolean;
  bootstrapTokenAllowed: boolean;
  secureBootLevel: 'NO_SECURITY' | 'MEDIUM_SECURITY' | 'FULL_SECURITY' | 'NOT_SUPPORTED' | 'UNKNOWN';
  fileVault: boolean;
};

/**
 * A Mac as an MDM server knows it. What whoever plays the Mac has to do:
 *
 * - `notify`: unless it is off, asleep or without a network (then the notification is kept by Apple and comes when that
 *   is over, one for all that were missed), mdmclient connects within a second or two. Each exchange is a pair of lines
 *   of com.apple.ManagedClient:HTTPUtil in the unified log: `>>>>> Sending HTTP request (PUT) [Idle] >>>>>` and
 *   `<<<<< Received HTTP response (200) [Idle] <<<<<`, then the same with `[Acknowledged(NAME):UUID]`, `[NotNow(NAME):UUID]`
 *   or `[Error…]` for each command, until the server has nothing more. It connects without being notified as well: after
 *   each start, and every few minutes while it owes an answer that was `NotNow`.
 * - `ScheduleOSUpdateScan`: acknowledge at once (`ScanInitiated`), scan in the background; a server asks minutes later.
 * - `AvailableOSUpdates`: what the last scan found, less what is deferred. To macOS 27 the four update commands are unknown
 *   (`Error`, MCMDMErrorDomain 12021); all but this one need supervision.
 * - `ScheduleOSUpdate`: acknowledged means accepted, not done. Fetch the bootstrap token (`[MDM_GetBootstrapToken]` in the
 *   log, `bootstrapToken()` here); on Apple silicon without a good one nothing is prepared. Then softwareupdated downloads,
 *   prepares, and for `InstallForceRestart` (minor updates only) or `InstallASAP` restarts without asking anybody; it logs
 *   `Reported progress` lines with the phases on the way. While an enforcement declaration is active the command is ignored.
 * - `OSUpdateStatus`: what softwareupdated is at; an empty list when it is at nothing, also after the update.
 * - `DeclarativeManagement`: acknowledge, then read `declarations()`, act on each
 *   com.apple.configuration.softwareupdate.enforcement.specific (macOS 14, supervised; download soon, install by
 *   `TargetLocalDateTime` of its own zone, an hour after a start when that was missed), and drop what is no longer there.
 *   Report by `reportStatus` what was taken (`management.declarations`), and from then on each change of the
 *   softwareupdate items and of device.operating-system, also after the restart.
 * - A Mac that comes to hold a bootstrap token sends it by `setBootstrapToken`.
 */
export interface ManagedMac {
  facts(): MacFacts;
  /** It is enrolled with a server, or with a new one in place of the old. */
  enrolled(channel: MdmChannel): void;
  /** A notification by Apple, sent for commands as for nothing (a blank push). Nobody learns whether it arrived. */
  notify(): void;
}
