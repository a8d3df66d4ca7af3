import type { ConsoleUser } from '../../domain/facts.ts';
import { HOUR_MS, MINUTE_MS } from '../../domain/instant.ts';
import { Secret } from '../../domain/secret.ts';
import type { ToolLimits } from '../../ports/commands.ts';
import { asksForPassword } from '../softwareupdate/parse-errors.ts';
import { readFetchedInstaller } from '../softwareupdate/parse-fetch-installer.ts';
import { readFullInstallers } from '../softwareupdate/parse-full-installers.ts';
import { readUpdateList } from '../softwareupdate/parse-list.ts';
import { readPercentage, readTransfer, transferIsSettled } from '../softwareupdate/parse-progress.ts';
import { defineCommand } from './command.ts';
import { hasOption } from './options.ts';
import { usable } from './passwords.ts';
import { argumentsOf, inUserSession } from './user-session.ts';
import { positional } from './words.ts';

const TOOL = '/usr/sbin/softwareupdate';

/** A volume owner and the password that proves it; needed on Apple silicon, an error on Intel. */
export type Owner = { name: string; password: Secret };

export type InstallInput = { label: string; consoleUser: ConsoleUser | null; owner: Owner | null };

const LIST_LIMITS: ToolLimits = { timeoutMs: 10 * MINUTE_MS, silenceMs: null, outputBytes: 1_000_000 };

// Downloads were seen to print nothing for long stretches at 16, 60 and 98.5 percent; twenty minutes without a byte is
// the limit at which admins give a download up. A real one prints up to 160 KB of readings.
const TRANSFER_LIMITS: ToolLimits = { timeoutMs: 12 * HOUR_MS, silenceMs: 20 * MINUTE_MS, outputBytes: 8_000_000 };

export const listUpdates = defineCommand({
  name: 'softwareupdate.list',
  tool: TOOL,
  summary: 'Asks Apple which updates this Mac may have.',
  privilege: 'anyone',
  effect: 'probe',
  recovery: 'probe',
  secret: 'none',
  limits: LIST_LIMITS,
  example: undefined,
  build: (_: undefined) => ({ args: ['--list'], stdin: null }),
  recognise: (argv) => lists(argv) && !argv.includes('--no-scan'),
  read: readUpdateList,
});

export const listCachedUpdates = defineCommand({
  name: 'softwareupdate.list-cached',
  tool: TOOL,
  summary: 'Reads what the last scan found, without asking Apple again.',
  privilege: 'anyone',
  effect: 'probe',
  recovery: 'probe',
  secret: 'none',
  limits: { ...LIST_LIMITS, timeoutMs: 2 * MINUTE_MS },
  example: undefined,
  build: (_: undefined) => ({ args: ['--list', '--no-scan'], stdin: null }),
  recognise: (argv) => lists(argv) && argv.includes('--no-scan'),
  read: readUpdateList,
});

export const listFullInstallers = defineCommand({
  name: 'softwareupdate.list-full-installers',
  tool: TOOL,
  summary: 'Asks Apple which full installers exist for this model.',
  privilege: 'anyone',
  effect: 'probe',
  recovery: 'probe',
  secret: 'none',
  limits: LIST_LIMITS,
  example: undefined,
  build: (_: undefined) => ({ args: ['--list-full-installers'], stdin: null }),
  recognise: (argv) => argumentsOf(argv, TOOL)?.includes('--list-full-installers') ?? false,
  read: readFullInstallers,
});

export const fetchFullInstaller = defineCommand({
  name: 'softwareupdate.fetch-full-installer',
  tool: TOOL,
  summary: 'Puts the full installer of one version into the Applications folder.',
  privilege: 'root',
  effect: 'act',
  recovery: 'idempotent',
  secret: 'none',
  limits: TRANSFER_LIMITS,
  example: { version: '{version}' },
  build: ({ version }: { version: string }) => ({
    args: ['--fetch-full-installer', '--full-installer-version', positional(version, 'softwareupdate')],
    stdin: null,
  }),
  recognise: (argv) => argumentsOf(argv, TOOL)?.includes('--fetch-full-installer') ?? false,
  read: readFetchedInstaller,
  reading: readPercentage,
});

export const downloadUpdate = defineCommand({
  name: 'softwareupdate.download',
  tool: TOOL,
  summary:
    'Downloads one update. On Apple silicon macOS may refuse to prepare it without an owner; the bits stay on disk.',
  privilege: 'root',
  effect: 'act',
  recovery: 'idempotent',
  secret: 'none',
  limits: TRANSFER_LIMITS,
  example: { label: '{label}' },
  // Stdin is closed: a blank line given to the password prompt would count as a failed login of somebody.
  build: ({ label }: { label: string }) => ({
    args: ['--download', positional(label, 'softwareupdate'), '--agree-to-license'],
    stdin: null,
  }),
  recognise: (argv) => has(argv, '--download', 'd') && !has(argv, '--install', 'i'),
  read: readTransfer,
  reading: readPercentage,
  asksForInput: asksForPassword,
  settled: transferIsSettled,
});

export const installUpdate = defineCommand({
  name: 'softwareupdate.install',
  tool: TOOL,
  summary: 'Installs one update and restarts the Mac, with the password of a volume owner on Apple silicon.',
  privilege: 'credential',
  effect: 'act',
  recovery: 'once',
  secret: 'stdin',
  limits: TRANSFER_LIMITS,
  example: {
    label: '{label}',
    consoleUser: { name: '{user}', uid: 501 },
    owner: { name: '{owner}', password: new Secret('{password}') },
  },
  build: ({ label, consoleUser, owner }: InstallInput) => {
    const args = [
      '--install',
      positional(label, 'softwareupdate'),
      '--restart',
      '--force',
      '--no-scan',
      '--agree-to-license',
    ];
    if (owner !== null) args.push('--user', positional(owner.name, 'softwareupdate'), '--stdinpass');
    const stdin = owner === null ? null : [usable(owner.password), '\n'];
    // The session is needed so that apps are asked to quit; the rights are root's, not the user's.
    return consoleUser === null ? { args, stdin } : { ...inUserSession(consoleUser, TOOL, args, 'root'), stdin };
  },
  recognise: (argv) => has(argv, '--install', 'i'),
  read: readTransfer,
  reading: readPercentage,
  asksForInput: asksForPassword,
  settled: transferIsSettled,
});

function has(argv: readonly string[], long: string, letter: string): boolean {
  const args = argumentsOf(argv, TOOL);
  return args !== null && hasOption(args, long, letter);
}

function lists(argv: readonly string[]): boolean {
  return has(argv, '--list', 'l') && !has(argv, '--install', 'i') && !has(argv, '--download', 'd');
}
