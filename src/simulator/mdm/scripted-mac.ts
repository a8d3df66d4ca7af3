import { HOUR_MS, instantAt, MINUTE_MS, SECOND_MS } from '../../domain/instant.ts';
import { compareVersions, majorOf } from '../../domain/os-version.ts';
import type {
  AvailableUpdate,
  Declaration,
  MacFacts,
  ManagedMac,
  MdmChannel,
  MdmClock,
  MdmCommand,
  MdmError,
  MdmReport,
  QueuedCommand,
} from './managed-mac.ts';
import { Timers } from './timers.ts';

/** What it does and how fast; everything may be changed while it lives. */
export type MacScript = {
  /** What Apple offers it. */
  offered: AvailableUpdate[];
  zone: string;
  online: boolean;
  answerAfterMs: number;
  downloadMs: number;
  installMs: number;
  /** How many commands from now on it puts off with NotNow. */
  notNow: number;
  /** The commands it answers with an error, whatever they ask. */
  refuses: MdmCommand['RequestType'][];
  /** How what it is told to install ends. */
  ends: 'installed' | 'never' | 'failed' | 'no space';
};

const ENFORCEMENT = 'com.apple.configuration.softwareupdate.enforcement.specific';
const GONE_IN_27: readonly string[] = [
  'ScheduleOSUpdateScan',
  'AvailableOSUpdates',
  'ScheduleOSUpdate',
  'OSUpdateStatus',
];
const CONNECTS_AFTER_MS = SECOND_MS;
const ASKS_AGAIN_AFTER_MS = 5 * MINUTE_MS;

/**
 * A Mac that is nothing but managed: it answers commands and follows declarations by a script, has no tools, no log and
 * nobody in front of it. For trying a server, and for tests of one.
 */
export class ScriptedMac implements ManagedMac {
  readonly script: MacScript;
  /** What it was sent and what it did, in order. */
  readonly record: { at: number; what: string }[] = [];
  readonly #timers: Timers;
  #facts: MacFacts;
  #channel: MdmChannel | null = null;
  #talking = false;
  #again = false;
  #missed = false;
  #bootstrapToken: string | null;
  #declared: Declaration[] = [];
  #update: { update: AvailableUpdate; percent: number; installing: boolean } | null = null;

  constructor(
    clock: MdmClock,
    given: { facts?: Partial<MacFacts>; script?: Partial<MacScript>; bootstrapToken?: string | null },
  ) {
    this.#timers = new Timers(clock);
    this.#facts = { ...USUAL_FACTS, ...given.facts };
    this.#bootstrapToken = given.bootstrapToken === undefined ? 'Qm9vdHN0cmFw' : given.bootstrapToken;
    this.script = {
      offered: [],
      zone: 'Europe/Berlin',
      online: true,
      answerAfterMs: 500,
      downloadMs: 10 * MINUTE_MS,
      installMs: 15 * MINUTE_MS,
      notNow: 0,
      refuses: [],
      ends: 'installed',
      ...given.script,
    };
  }

  facts(): MacFacts {
    return { ...this.#facts };
  }

  enrolled(channel: MdmChannel): void {
    this.#channel = channel;
    if (this.#bootstrapToken !== null) channel.setBootstrapToken(this.#bootstrapToken);
  }

  notify(): void {
    if (!this.script.online) {
      this.#missed = true;
      return;
    }
    this.#connectSoon(CONNECTS_AFTER_MS);
  }

  goOnline(): void {
    this.script.online = true;
    if (this.#missed) this.notify();
    this.#missed = false;
  }

  /** It is no more. */
  stop(): void {
    this.#timers.stop();
    this.#channel = null;
  }

  #connectSoon(delayMs: number): void {
    this.#timers.after(delayMs, () => {
      if (this.#talking) this.#again = true;
      else this.#exchange({ Status: 'Idle' });
    });
  }

  #exchange(report: MdmReport): void {
    const reply = this.script.online && this.#channel !== null ? this.#channel.connect(report) : null;
    if (reply?.kind === 'command') {
      this.#talking = true;
      this.#note(reply.command.Command.RequestType);
      this.#timers.after(this.script.answerAfterMs, () => this.#exchange(this.#answer(reply.command)));
      return;
    }
    this.#talking = false;
    if (this.#again) this.#connectSoon(0);
    this.#again = false;
  }

  #answer({ CommandUUID, Command }: QueuedCommand): MdmReport {
    if (this.script.notNow > 0) {
      this.script.notNow -= 1;
      this.#connectSoon(ASKS_AGAIN_AFTER_MS);
      return { Status: 'NotNow', CommandUUID };
    }
    const error = this.#errorFor(Command);
    if (error !== null) return { Status: 'Error', CommandUUID, ErrorChain: [error] };
    return { Status: 'Acknowledged', CommandUUID, ...this.#done(Command) };
  }

  #errorFor({ RequestType }: MdmCommand): MdmError | null {
    const unknown = (majorOf(this.#facts.version) ?? 0) >= 27 && GONE_IN_27.includes(RequestType);
    if (unknown) return mdmError(12_021, `“${RequestType}” is not a valid request type.`);
    return this.script.refuses.includes(RequestType) ? mdmError(12_034, `“${RequestType}” failed.`) : null;
  }

  #done(command: MdmCommand): Omit<Extract<MdmReport, { Status: 'Acknowledged' }>, 'Status' | 'CommandUUID'> {
    const { version, build } = this.#facts;
    switch (command.RequestType) {
      case 'ScheduleOSUpdateScan':
        return { ScanInitiated: true };
      case 'AvailableOSUpdates':
        return {
          AvailableOSUpdates: this.script.offered.filter(({ Version }) => compareVersions(Version, version) > 0),
        };
      case 'ScheduleOSUpdate': {
        const [wanted] = command.Updates;
        const update = this.script.offered.find(
          ({ ProductKey, Version }) => ProductKey === wanted?.ProductKey || Version === wanted?.ProductVersion,
        );
        if (wanted === undefined || update === undefined) return { UpdateResults: [] };
        if (this.script.ends === 'no space')
          return {
            UpdateResults: [
              { ProductKey: update.ProductKey, InstallAction: 'Error', Status: 'DownloadInsufficientSpace' },
            ],
          };
        const enforced = this.#declared.some(({ Type }) => Type === ENFORCEMENT);
        if (!enforced) this.#begin(update, wanted.InstallAction !== 'DownloadOnly');
        return {
          UpdateResults: [
            { ProductKey: update.ProductKey, InstallAction: wanted.InstallAction, Status: 'Downloading' },
          ],
        };
      }
      case 'OSUpdateStatus': {
        if (this.#update === null) return { OSUpdateStatus: [] };
        const { update, percent, installing } = this.#update;
        return {
          OSUpdateStatus: [
            {
              ProductKey: update.ProductKey,
              IsDownloaded: percent === 1,
              DownloadPercentComplete: percent,
              Status: installing ? 'Installing' : percent === 1 ? 'Idle' : 'Downloading',
            },
          ],
        };
      }
      case 'DeviceInformation':
        return { QueryResponses: { OSVersion: version, BuildVersion: build } };
      case 'SecurityInfo':
        return {
          SecurityInfo: {
            BootstrapTokenAllowedForAuthentication: this.#facts.bootstrapTokenAllowed ? 'allowed' : 'not supported',
          },
        };
      case 'DeclarativeManagement':
        this.#timers.after(SECOND_MS, () => this.#readDeclarations());
        return {};
      case 'RestartDevice':
        this.#note('restarted');
        return {};
    }
  }

  #readDeclarations(): void {
    const declared = this.#channel?.declarations() ?? 'unreachable';
    if (declared === 'unreachable') return;
    const known = new Set(this.#declared.map(({ Identifier }) => Identifier));
    this.#declared = declared;
    const configurations = declared.filter(({ Type }) => Type.startsWith('com.apple.configuration.'));
    this.#report({
      management: {
        declarations: {
          configurations: configurations.map((one) => ({
            active: true,
            identifier: one.Identifier,
            valid: one.Type === ENFORCEMENT && this.#updateFor(one) === undefined ? 'invalid' : 'valid',
            'server-token': one.ServerToken,
          })),
        },
      },
    });
    for (const one of configurations) if (one.Type === ENFORCEMENT && !known.has(one.Identifier)) this.#enforce(one);
  }

  #updateFor({ Payload }: Declaration): AvailableUpdate | undefined {
    const wanted = String(Payload.TargetOSVersion);
    return this.script.offered.find(({ Version }) => compareVersions(Version, wanted) === 0);
  }

  /** Downloads at once and installs at the deadline, or an hour after it heard of it where that is over. */
  #enforce(declaration: Declaration): void {
    const update = this.#updateFor(declaration);
    if (update === undefined) return;
    this.#begin(update, false);
    this.#reportUpdate('waiting', update);
    const [date = '', time = ''] = String(declaration.Payload.TargetLocalDateTime).split('T');
    const deadline = instantAt(date, time, this.script.zone);
    const now = this.#timers.now();
    this.#timers.after(deadline > now ? deadline - now : HOUR_MS, () => {
      if (this.#declared.some(({ Identifier }) => Identifier === declaration.Identifier)) this.#install(update);
    });
  }

  #begin(update: AvailableUpdate, install: boolean): void {
    this.#note(`downloads ${update.Version}`);
    this.#update = { update, percent: 0.4, installing: false };
    if (this.script.ends === 'never') return;
    this.#timers.after(this.script.downloadMs, () => {
      if (this.#update === null) return;
      this.#update.percent = 1;
      if (install) this.#install(update);
      else this.#reportUpdate('prepared', update);
    });
  }

  #install(update: AvailableUpdate): void {
    if (this.script.ends === 'never') return;
    if (this.script.ends === 'failed') {
      this.#note(`fails to install ${update.Version}`);
      this.#update = null;
      this.#report({
        softwareupdate: {
          'install-state': 'failed',
          'failure-reason': { count: 1, reason: 'SUMacControllerError 7723' },
        },
      });
      return;
    }
    this.#update = { update, percent: 1, installing: true };
    this.#reportUpdate('installing', update);
    this.#timers.after(this.script.installMs, () => {
      this.#update = null;
      this.#facts = { ...this.#facts, version: update.Version, build: update.Build };
      this.#note(`runs ${update.Version}`);
      this.#report({
        device: { 'operating-system': { version: update.Version, 'build-version': update.Build } },
        softwareupdate: { 'install-state': 'none', 'failure-reason': { count: 0 } },
      });
      this.#connectSoon(CONNECTS_AFTER_MS);
    });
  }

  #reportUpdate(state: string, update: AvailableUpdate): void {
    this.#report({
      softwareupdate: {
        'install-state': state,
        'pending-version': { 'os-version': update.Version, 'build-version': update.Build },
        'install-reason': { reason: ['declaration'] },
      },
    });
  }

  /** Only a Mac that was told to by a declaration reports by itself. */
  #report(StatusItems: Record<string, unknown>): void {
    if (this.#facts.declarative && this.script.online) this.#channel?.reportStatus({ StatusItems, Errors: [] });
  }

  #note(what: string): void {
    this.record.push({ at: this.#timers.now(), what });
  }
}

/** A restart update of macOS, as AvailableOSUpdates lists it. */
export function availableMacOS(version: string, build: string, major = false): AvailableUpdate {
  return {
    ProductKey: `MSU_UPDATE_${build}_patch_${version}_${major ? 'major' : 'minor'}`,
    HumanReadableName: `macOS Tahoe ${version}`,
    ProductName: 'macOS Tahoe',
    Version: version,
    Build: build,
    DownloadSize: 2_892_415_000,
    InstallSize: 7_400_000_000,
    AppIdentifiersToClose: [],
    IsCritical: false,
    IsConfigDataUpdate: false,
    IsFirmwareUpdate: false,
    IsMajorOSUpdate: major,
    RestartRequired: true,
    AllowsInstallLater: true,
    RequiresBootstrapToken: true,
  };
}

const USUAL_FACTS: MacFacts = {
  udid: '9353BC9A-5CF9-4C9E-9AD4-8D1E41D5FE3E',
  serialNumber: 'Z3C2FCE2C0',
  name: 'Anna’s MacBook Pro',
  modelIdentifier: 'Mac14,9',
  appleSilicon: true,
  version: '26.6',
  build: '25G72',
  supplementalBuild: null,
  softwareUpdateDeviceId: 'J414sAP',
  supervised: true,
  userApproved: true,
  declarative: true,
  bootstrapTokenAllowed: true,
  secureBootLevel: 'FULL_SECURITY',
  fileVault: true,
};

const mdmError = (ErrorCode: number, text: string): MdmError => ({
  ErrorCode,
  ErrorDomain: 'MCMDMErrorDomain',
  LocalizedDescription: text,
  USEnglishDescription: text,
});
