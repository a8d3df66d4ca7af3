import { compareVersions, majorOf } from '../../domain/os-version.ts';
import type { Mac } from '../mac/mac.ts';
import { type OldStyle, oldStyleText } from './old-style-text.ts';
import type { Tool, ToolIo } from './tool.ts';

const USAGE = 'Usage: mdmclient <command> [arguments]\n';
/** The first release that knows nothing of updates asked for by commands of an MDM. */
const WITHOUT_UPDATES = 27;

/** What the Mac tells its MDM server. Its questions come and go with releases of macOS. */
export const mdmclient: Tool = async (argv, io, mac) => {
  const [question, ...rest] = argv;
  if (rest.length > 0 || io.caller.uid !== 0) return usage(io);
  switch (question) {
    case 'QueryDeviceInformation':
      return deviceInformation(io, mac);
    case 'QuerySecurityInfo':
      return securityInfo(io, mac);
    case 'AvailableOSUpdates':
      return knowsUpdates(mac) ? availableUpdates(io, mac) : usage(io);
    default:
      return usage(io);
  }
};

const knowsUpdates = (mac: Mac): boolean => (majorOf(mac.os.version) ?? 0) < WITHOUT_UPDATES;

function usage(io: ToolIo): number {
  io.printErr(USAGE);
  return 1;
}

async function deviceInformation(io: ToolIo, mac: Mac): Promise<number> {
  // It asks the server for the bootstrap token.
  await io.sleep(mac.random.whole(700, 5_000));
  const user = mac.consoleUser();
  io.print('=== CPF_GetInstalledProfiles === (<Device>)\n');
  io.print('Number of <Device> profiles found: 6 (Filtered: 0)\n');
  io.print(`Daemon response: ${oldStyleText({ QueryResponses: { ...common(mac), ...ofDevice(mac) } })}\n`);
  const own = user === null ? null : { UserID: user.guid, UserLongName: user.fullName, UserShortName: user.name };
  io.print(
    `Agent response: ${own === null ? '(null)' : oldStyleText({ QueryResponses: { ...common(mac), ...own } })}\n`,
  );
  return 0;
}

function common(mac: Mac): Record<string, OldStyle> {
  const { version, build, extra } = mac.os;
  return {
    AvailableDeviceCapacity: Math.round(mac.disk.freeKiB / 1_048_576),
    AwaitingConfiguration: false,
    BuildVersion: build,
    DeviceCapacity: Math.round(mac.disk.totalKiB / 1_048_576),
    DeviceName: `${mac.spec.fullName}’s Mac`,
    HasBattery: mac.spec.kind === 'laptop',
    ...(mac.spec.appleSilicon ? { IsAppleSilicon: true } : {}),
    IsSupervised: mac.enrolment.terms?.supervised ?? false,
    Model: mac.spec.model,
    OSVersion: version,
    ...(extra === null ? {} : { SupplementalBuildVersion: build, SupplementalOSVersionExtra: extra }),
    UDID: mac.enrolment.udid,
  };
}

function ofDevice(mac: Mac): Record<string, OldStyle> {
  const found: Record<string, OldStyle> = {
    ActiveManagedUsers: [],
    MDMOptions: { BootstrapTokenAllowed: mac.enrolment.supportsToken },
    SystemIntegrityProtectionEnabled: true,
  };
  if (compareVersions(mac.os.version, '13.3') >= 0) found.EACSPreflight = preflight(mac);
  if (knowsUpdates(mac)) found.OSUpdateSettings = { AutoCheckEnabled: true, IsDefaultCatalog: true };
  return found;
}

/** Whether it could erase itself: conditions of the erase first, then the token that would authorise it. */
function preflight(mac: Mac): string {
  const refusal = mac.faults.strikes('preflight-refuses');
  if (refusal !== null) return refusal.text ?? 'System is not on full security';
  return mac.enrolment.tokenWorks() ? 'success' : 'Unable to get Bootstrap Token <(null):0> ((null))';
}

async function securityInfo(io: ToolIo, mac: Mac): Promise<number> {
  await io.sleep(mac.random.whole(300, 2_000));
  const { terms } = mac.enrolment;
  const management = {
    EnrolledViaDEP: terms?.dep ?? false,
    UserApprovedEnrollment: terms?.userApproved ?? false,
  };
  const info = {
    FDE_Enabled: mac.fileVault.on,
    FDE_HasInstitutionalRecoveryKey: mac.fileVault.on && mac.fileVault.institutionalKey,
    FDE_HasPersonalRecoveryKey: mac.fileVault.on && mac.fileVault.personalKey !== null,
    ManagementStatus: management,
    RemoteDesktopEnabled: false,
    SystemIntegrityProtectionEnabled: true,
  };
  io.print(`Daemon response: ${oldStyleText({ SecurityInfo: info })}\n`);
  io.print(`Agent response: ${oldStyleText({ SecurityInfo: { ManagementStatus: management } })}\n`);
  return 0;
}

async function availableUpdates(io: ToolIo, mac: Mac): Promise<number> {
  await io.sleep(mac.random.whole(2_000, 20_000));
  const offers = mac.online() ? mac.catalogue.offersFor(mac.world.now(), mac.release(), new Set()) : [];
  const items = offers
    .filter(({ kind }) => kind === 'macos')
    .map(({ version, build, title, sizeKiB }) => {
      const major = majorOf(version) !== majorOf(mac.os.version);
      return {
        Build: build ?? '(null)',
        HumanReadableName: title,
        ProductKey: `MSU_UPDATE_${build ?? ''}_patch_${version}_${major ? 'major' : 'minor'}`,
        Version: version,
        DownloadSize: (sizeKiB ?? 0) * 1_024,
        ...(major ? { IsMajorOSUpdate: true } : {}),
        RequiresBootstrapToken: mac.spec.appleSilicon,
        RestartRequired: true,
      };
    });
  for (const { ProductKey, HumanReadableName, Version } of items) {
    io.print('=== OS Update Item ===\n');
    io.print(`Product Key: ${ProductKey}\nTitle: ${HumanReadableName}\nVersion: ${Version}\nDeferred: NO\n`);
    io.print('======================\n');
  }
  io.print(`Available updates (install debug profile for more details): ${oldStyleText(items)}\n`);
  return 0;
}
