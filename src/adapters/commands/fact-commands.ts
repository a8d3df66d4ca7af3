import { SECOND_MS } from '../../domain/instant.ts';
import type { ToolLimits } from '../../ports/commands.ts';
import { readDeclaredUpdates } from '../macos/declared-updates.ts';
import { readRootVolume } from '../macos/df.ts';
import { readHardware, readIdle, readScreenLock } from '../macos/ioreg.ts';
import { readJamfServer } from '../macos/jamf-server.ts';
import { readAssertions } from '../macos/pmset-assertions.ts';
import { readPower } from '../macos/pmset-battery.ts';
import { readPowerSettings } from '../macos/pmset-settings.ts';
import { readConsoleUser } from '../macos/scutil.ts';
import { readStagedUpdate } from '../macos/staged-update.ts';
import { readSwVers } from '../macos/sw-vers.ts';
import { readArm64, readBootSession, readBootTime } from '../macos/sysctl.ts';
import { defineCommand } from './command.ts';
import { sameArguments } from './options.ts';
import { argumentsOf } from './user-session.ts';

/** What every probe of a fact has in common: anyone may ask, and asking changes nothing. */
const PROBE = { privilege: 'anyone', effect: 'probe', recovery: 'probe', secret: 'none' } as const;

const QUICK: ToolLimits = { timeoutMs: 30 * SECOND_MS, silenceMs: null, outputBytes: 1_000_000 };
// `ioreg` prints the whole registry around what is asked for, several megabytes on a Mac with many devices.
const LARGE: ToolLimits = { ...QUICK, outputBytes: 64_000_000 };

const SW_VERS = '/usr/bin/sw_vers';
const SYSCTL = '/usr/sbin/sysctl';
const SCUTIL = '/usr/sbin/scutil';
const IOREG = '/usr/sbin/ioreg';
const PMSET = '/usr/bin/pmset';
const DF = '/bin/df';
const DEFAULTS = '/usr/bin/defaults';
const PLUTIL = '/usr/bin/plutil';

export const runningRelease = defineCommand({
  ...PROBE,
  name: 'sw_vers',
  tool: SW_VERS,
  summary: 'Which macOS runs.',
  limits: QUICK,
  example: undefined,
  build: (_: undefined) => ({ args: [], stdin: null }),
  recognise: (argv) => argumentsOf(argv, SW_VERS)?.length === 0,
  read: readSwVers,
});

export const bootTime = defineCommand({
  ...PROBE,
  name: 'sysctl.boottime',
  tool: SYSCTL,
  summary: 'When the Mac was started.',
  limits: QUICK,
  example: undefined,
  build: (_: undefined) => ({ args: ['-n', 'kern.boottime'], stdin: null }),
  recognise: (argv) => asksSysctl(argv, 'kern.boottime'),
  read: readBootTime,
});

export const bootSession = defineCommand({
  ...PROBE,
  name: 'sysctl.boot-session',
  tool: SYSCTL,
  summary: 'The identity of this boot, the same until the next restart.',
  limits: QUICK,
  example: undefined,
  build: (_: undefined) => ({ args: ['-n', 'kern.bootsessionuuid'], stdin: null }),
  recognise: (argv) => asksSysctl(argv, 'kern.bootsessionuuid'),
  read: readBootSession,
});

export const arm64 = defineCommand({
  ...PROBE,
  name: 'sysctl.arm64',
  tool: SYSCTL,
  summary: 'Whether the Mac has Apple silicon.',
  limits: QUICK,
  example: undefined,
  build: (_: undefined) => ({ args: ['-n', 'hw.optional.arm64'], stdin: null }),
  recognise: (argv) => asksSysctl(argv, 'hw.optional.arm64'),
  read: readArm64,
});

export const consoleUser = defineCommand({
  ...PROBE,
  name: 'scutil.console-user',
  tool: SCUTIL,
  summary: 'Who is logged in at the screen.',
  limits: QUICK,
  example: undefined,
  build: (_: undefined) => ({ args: [], stdin: ['show State:/Users/ConsoleUser\n'] }),
  // Without arguments `scutil` does what stdin says; where stdin is not known, this is the one question we have.
  recognise: (argv, stdin) =>
    argumentsOf(argv, SCUTIL)?.length === 0 && (stdin === null || stdin.trim() === 'show State:/Users/ConsoleUser'),
  read: readConsoleUser,
});

export const screenLock = defineCommand({
  ...PROBE,
  name: 'ioreg.screen-lock',
  tool: IOREG,
  summary: 'Whether the screen is locked.',
  limits: LARGE,
  example: undefined,
  build: (_: undefined) => ({ args: ['-n', 'Root', '-d1', '-a'], stdin: null }),
  recognise: (argv) => sameArguments(argumentsOf(argv, IOREG) ?? [], ['-n', 'Root', '-d1', '-a']),
  read: readScreenLock,
});

export const idle = defineCommand({
  ...PROBE,
  name: 'ioreg.idle',
  tool: IOREG,
  summary: 'How long nobody has touched keyboard or mouse.',
  limits: LARGE,
  example: undefined,
  build: (_: undefined) => ({ args: ['-c', 'IOHIDSystem'], stdin: null }),
  recognise: (argv) => sameArguments(argumentsOf(argv, IOREG) ?? [], ['-c', 'IOHIDSystem']),
  read: readIdle,
});

const HARDWARE = ['-rd1', '-c', 'IOPlatformExpertDevice'];

export const hardware = defineCommand({
  ...PROBE,
  name: 'ioreg.hardware',
  tool: IOREG,
  summary: 'Which hardware this is, by the UUID that a management server knows it by.',
  limits: QUICK,
  example: undefined,
  build: (_: undefined) => ({ args: HARDWARE, stdin: null }),
  recognise: (argv) => sameArguments(argumentsOf(argv, IOREG) ?? [], HARDWARE),
  read: readHardware,
});

export const battery = defineCommand({
  ...PROBE,
  name: 'pmset.battery',
  tool: PMSET,
  summary: 'Where the power comes from and how full the battery is.',
  limits: QUICK,
  example: undefined,
  build: (_: undefined) => ({ args: ['-g', 'batt'], stdin: null }),
  recognise: (argv) => ['batt', 'ps'].some((topic) => sameArguments(argumentsOf(argv, PMSET) ?? [], ['-g', topic])),
  read: readPower,
});

export const assertions = defineCommand({
  ...PROBE,
  name: 'pmset.assertions',
  tool: PMSET,
  summary: 'Which processes keep the display awake, as calls and films do.',
  limits: QUICK,
  example: undefined,
  build: (_: undefined) => ({ args: ['-g', 'assertions'], stdin: null }),
  recognise: (argv) => sameArguments(argumentsOf(argv, PMSET) ?? [], ['-g', 'assertions']),
  read: readAssertions,
});

export const powerSettings = defineCommand({
  ...PROBE,
  name: 'pmset.settings',
  tool: PMSET,
  summary: 'Whether the Mac throws the key of FileVault away when it sleeps.',
  limits: QUICK,
  example: undefined,
  build: (_: undefined) => ({ args: ['-g'], stdin: null }),
  recognise: (argv) => sameArguments(argumentsOf(argv, PMSET) ?? [], ['-g']),
  read: readPowerSettings,
});

export const rootVolume = defineCommand({
  ...PROBE,
  name: 'df.root',
  tool: DF,
  summary: 'How much room is left on the startup disk.',
  limits: QUICK,
  example: undefined,
  build: (_: undefined) => ({ args: ['-k', '/'], stdin: null }),
  // Any block size will do: the heading names it.
  recognise: (argv) => argumentsOf(argv, DF)?.every((arg) => /^(?:-[kmgbP]|\/)$/.test(arg)) ?? false,
  read: readRootVolume,
});

const STAGED = ['read', '/System/Volumes/Update/Update', 'update-asset-attributes'];

export const stagedUpdate = defineCommand({
  ...PROBE,
  name: 'defaults.staged-update',
  tool: DEFAULTS,
  summary: 'Which update macOS has downloaded and prepared.',
  limits: QUICK,
  example: undefined,
  build: (_: undefined) => ({ args: STAGED, stdin: null }),
  recognise: (argv) => sameArguments(argumentsOf(argv, DEFAULTS) ?? [], STAGED),
  read: readStagedUpdate,
});

const JAMF_SERVER = ['read', '/Library/Preferences/com.jamfsoftware.jamf.plist', 'jss_url'];

export const jamfServer = defineCommand({
  ...PROBE,
  name: 'defaults.jamf-server',
  tool: DEFAULTS,
  summary: 'Which Jamf Pro server manages the Mac.',
  limits: QUICK,
  example: undefined,
  build: (_: undefined) => ({ args: JAMF_SERVER, stdin: null }),
  recognise: (argv) => sameArguments(argumentsOf(argv, DEFAULTS) ?? [], JAMF_SERVER),
  read: readJamfServer,
});

const DECLARED = [
  '-convert',
  'xml1',
  '-o',
  '-',
  '/private/var/db/softwareupdate/SoftwareUpdateDDMStatePersistence.plist',
];

export const declaredUpdates = defineCommand({
  ...PROBE,
  privilege: 'root',
  name: 'plutil.declared-updates',
  tool: PLUTIL,
  summary: 'Which updates macOS was told to enforce by a declaration, and by when (macOS 14 on).',
  limits: QUICK,
  example: undefined,
  build: (_: undefined) => ({ args: DECLARED, stdin: null }),
  recognise: (argv) => sameArguments(argumentsOf(argv, PLUTIL) ?? [], DECLARED),
  read: readDeclaredUpdates,
});

function asksSysctl(argv: readonly string[], name: string): boolean {
  return sameArguments(argumentsOf(argv, SYSCTL) ?? [], ['-n', name]);
}
