import {
  addAccount,
  deleteAccount,
  deleteRecord,
  grantToken,
  hideAccount,
  makeAdmin,
  removeAdmin,
  resetPassword,
  setShell,
} from './account-change-commands.ts';
import {
  adminGroup,
  adminMembership,
  cryptoUsers,
  listAccounts,
  loginRecord,
  readOneAccount,
  readOneGuid,
  tokenStatus,
} from './account-commands.ts';
import type { AnyCommand } from './command.ts';
import { findDialog, showDialog } from './dialog-commands.ts';
import {
  arm64,
  assertions,
  battery,
  bootSession,
  bootTime,
  consoleUser,
  declaredUpdates,
  hardware,
  idle,
  jamfServer,
  powerSettings,
  rootVolume,
  runningRelease,
  screenLock,
  stagedUpdate,
} from './fact-commands.ts';
import {
  authRestart,
  changeRecoveryKey,
  fileVaultStatus,
  fileVaultTable,
  fileVaultUsers,
  hasRecoveryKey,
  supportsAuthRestart,
} from './filevault-commands.ts';
import { findPassword, forgetAnyPassword, forgetPassword, keepPassword, seePassword } from './keychain-commands.ts';
import { bootoutJob, bootstrapJob, enableJob, kickstartJob, printJob } from './launchd-commands.ts';
import { streamLog } from './log-commands.ts';
import {
  deviceInformation,
  enrolmentStatus,
  escrowStatus,
  installBootstrapToken,
  removeBootstrapToken,
  validateBootstrapToken,
} from './mdm-commands.ts';
import { checkLogin, checkVolumePassword } from './password-check-commands.ts';
import { accountPolicies, globalPolicy, policiesOfAccount } from './password-policy-commands.ts';
import {
  downloadUpdate,
  fetchFullInstaller,
  installUpdate,
  listCachedUpdates,
  listFullInstallers,
  listUpdates,
} from './softwareupdate-commands.ts';

/**
 * Every command upkeep can run; there is no other way to a tool. docs/commands.md is made from this table, the
 * simulated Mac is checked to implement it, and a dry run refuses what it marks as `act`.
 */
export const catalogue = {
  'softwareupdate.list': listUpdates,
  'softwareupdate.list-cached': listCachedUpdates,
  'softwareupdate.list-full-installers': listFullInstallers,
  'softwareupdate.fetch-full-installer': fetchFullInstaller,
  'softwareupdate.download': downloadUpdate,
  'softwareupdate.install': installUpdate,
  sw_vers: runningRelease,
  'sysctl.boottime': bootTime,
  'sysctl.boot-session': bootSession,
  'sysctl.arm64': arm64,
  'scutil.console-user': consoleUser,
  'ioreg.screen-lock': screenLock,
  'ioreg.idle': idle,
  'ioreg.hardware': hardware,
  'pmset.battery': battery,
  'pmset.assertions': assertions,
  'pmset.settings': powerSettings,
  'df.root': rootVolume,
  'defaults.staged-update': stagedUpdate,
  'plutil.declared-updates': declaredUpdates,
  'defaults.jamf-server': jamfServer,
  'pgrep.dialog': findDialog,
  'dialog.show': showDialog,
  'launchctl.bootstrap': bootstrapJob,
  'launchctl.bootout': bootoutJob,
  'launchctl.print': printJob,
  'launchctl.kickstart': kickstartJob,
  'launchctl.enable': enableJob,
  'dscl.accounts': listAccounts,
  'dscl.account': readOneAccount,
  'dscl.guid': readOneGuid,
  'dscl.admin-group': adminGroup,
  'dscl.logins': loginRecord,
  'dseditgroup.is-admin': adminMembership,
  'sysadminctl.token-status': tokenStatus,
  'diskutil.crypto-users': cryptoUsers,
  'fdesetup.status': fileVaultStatus,
  'fdesetup.users': fileVaultUsers,
  'fdesetup.users-extended': fileVaultTable,
  'fdesetup.supports-authrestart': supportsAuthRestart,
  'fdesetup.has-recovery-key': hasRecoveryKey,
  'pwpolicy.all': accountPolicies,
  'pwpolicy.of-account': policiesOfAccount,
  'pwpolicy.global': globalPolicy,
  'dscl.check-login': checkLogin,
  'diskutil.check-volume-password': checkVolumePassword,
  'sysadminctl.add-account': addAccount,
  'sysadminctl.reset-password': resetPassword,
  'sysadminctl.grant-token': grantToken,
  'sysadminctl.delete-account': deleteAccount,
  'dscl.hide-account': hideAccount,
  'dscl.set-shell': setShell,
  'dscl.delete-record': deleteRecord,
  'dseditgroup.make-admin': makeAdmin,
  'dseditgroup.remove-admin': removeAdmin,
  'security.keep-password': keepPassword,
  'security.find-password': findPassword,
  'security.see-password': seePassword,
  'security.forget-password': forgetPassword,
  'security.forget-any': forgetAnyPassword,
  'fdesetup.authrestart': authRestart,
  'fdesetup.change-recovery-key': changeRecoveryKey,
  'profiles.enrolment': enrolmentStatus,
  'profiles.bootstrap-token': escrowStatus,
  'profiles.install-bootstrap-token': installBootstrapToken,
  'profiles.remove-bootstrap-token': removeBootstrapToken,
  'profiles.validate-bootstrap-token': validateBootstrapToken,
  'mdmclient.device-information': deviceInformation,
  'log.stream': streamLog,
} as const;

/** All entries, for whoever needs only what they have in common. */
export const allCommands: readonly AnyCommand[] = Object.values(catalogue);
