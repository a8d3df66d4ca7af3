import type { AnyCommand } from './command.ts';
import { findDialog, showDialog } from './dialog-commands.ts';
import {
  arm64,
  assertions,
  battery,
  bootSession,
  bootTime,
  consoleUser,
  idle,
  rootVolume,
  runningRelease,
  screenLock,
  stagedUpdate,
} from './fact-commands.ts';
import { bootoutJob, bootstrapJob, enableJob, kickstartJob, printJob } from './launchd-commands.ts';
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
  'pmset.battery': battery,
  'pmset.assertions': assertions,
  'df.root': rootVolume,
  'defaults.staged-update': stagedUpdate,
  'pgrep.dialog': findDialog,
  'dialog.show': showDialog,
  'launchctl.bootstrap': bootstrapJob,
  'launchctl.bootout': bootoutJob,
  'launchctl.print': printJob,
  'launchctl.kickstart': kickstartJob,
  'launchctl.enable': enableJob,
} as const;

/** All entries, for whoever needs only what they have in common. */
export const allCommands: readonly AnyCommand[] = Object.values(catalogue);
