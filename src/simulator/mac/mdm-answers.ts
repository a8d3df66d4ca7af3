import type { MacFacts } from '../mdm/managed-mac.ts';
import type { Mac } from './mac.ts';

/** The Mac as a server takes it down. */
export function factsOf(mac: Mac, own: { serialNumber: string; declarative: boolean }): MacFacts {
  const { spec, os, enrolment } = mac;
  return {
    ...own,
    udid: enrolment.udid,
    name: `${spec.fullName}’s Mac`,
    modelIdentifier: spec.model,
    appleSilicon: spec.appleSilicon,
    version: os.version,
    build: os.build,
    supplementalBuild: os.extra === null ? null : os.build,
    softwareUpdateDeviceId: spec.appleSilicon ? 'J414sAP' : 'Mac-53FDB3D8DB8CA971',
    supervised: enrolment.terms?.supervised ?? false,
    userApproved: enrolment.terms?.userApproved ?? false,
    bootstrapTokenAllowed: enrolment.supportsToken,
    secureBootLevel: 'FULL_SECURITY',
    fileVault: mac.fileVault.on,
  };
}

/** DeviceInformation: what was asked for and is known here. */
export function deviceAnswers(mac: Mac, facts: MacFacts, queries: readonly string[]): Record<string, unknown> {
  const known: Record<string, unknown> = {
    UDID: facts.udid,
    SerialNumber: facts.serialNumber,
    DeviceName: facts.name,
    Model: facts.modelIdentifier,
    OSVersion: facts.version,
    BuildVersion: facts.build,
    ...(mac.os.extra === null
      ? {}
      : { SupplementalBuildVersion: facts.build, SupplementalOSVersionExtra: mac.os.extra }),
    SoftwareUpdateDeviceID: facts.softwareUpdateDeviceId,
    IsSupervised: facts.supervised,
    IsAppleSilicon: facts.appleSilicon,
    DeviceCapacity: Math.round(mac.disk.totalKiB / 1_048_576),
    AvailableDeviceCapacity: Math.round(mac.disk.freeKiB / 1_048_576),
  };
  return Object.fromEntries(Object.entries(known).filter(([key]) => queries.includes(key)));
}

export function securityAnswers(mac: Mac, facts: MacFacts): Record<string, unknown> {
  const { terms } = mac.enrolment;
  return {
    FDE_Enabled: facts.fileVault,
    FDE_HasPersonalRecoveryKey: facts.fileVault && mac.fileVault.personalKey !== null,
    BootstrapTokenAllowedForAuthentication: facts.bootstrapTokenAllowed ? 'allowed' : 'not supported',
    BootstrapTokenRequiredForSoftwareUpdate: facts.appleSilicon,
    ManagementStatus: {
      EnrolledViaDEP: terms?.dep ?? false,
      UserApprovedEnrollment: facts.userApproved,
    },
    SecureBoot: { SecureBootLevel: 'full' },
    SystemIntegrityProtectionEnabled: true,
  };
}
