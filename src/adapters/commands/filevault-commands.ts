import { MINUTE_MS, SECOND_MS } from '../../domain/instant.ts';
import { UpkeepError } from '../../domain/problem.ts';
import { Secret } from '../../domain/secret.ts';
import type { ToolInput, ToolLimits } from '../../ports/commands.ts';
import {
  readAuthRestart,
  readFileVault,
  readFileVaultTable,
  readFileVaultUsers,
  readNewKey,
  readYesNo,
} from '../macos/fdesetup.ts';
import { defineCommand } from './command.ts';
import { sameArguments } from './options.ts';
import { plainText } from './passwords.ts';
import { argumentsOf } from './user-session.ts';

const FDESETUP = '/usr/bin/fdesetup';
const QUICK: ToolLimits = { timeoutMs: 30 * SECOND_MS, silenceMs: null, outputBytes: 1_000_000 };
const PROBE = { tool: FDESETUP, effect: 'probe', recovery: 'probe', secret: 'none', limits: QUICK } as const;

export const fileVaultStatus = defineCommand({
  ...PROBE,
  name: 'fdesetup.status',
  summary: 'Whether FileVault is on.',
  privilege: 'anyone',
  example: undefined,
  build: (_: undefined) => ({ args: ['status'], stdin: null }),
  recognise: (argv) => asks(argv, ['status']),
  read: readFileVault,
});

export const fileVaultUsers = defineCommand({
  ...PROBE,
  name: 'fdesetup.users',
  summary: 'Which accounts can unlock the disk.',
  privilege: 'root',
  example: undefined,
  build: (_: undefined) => ({ args: ['list'], stdin: null }),
  recognise: (argv) => asks(argv, ['list']),
  read: readFileVaultUsers,
});

export const fileVaultTable = defineCommand({
  ...PROBE,
  name: 'fdesetup.users-extended',
  summary: 'What else can unlock the disk: recovery keys and the bootstrap token.',
  privilege: 'root',
  example: undefined,
  build: (_: undefined) => ({ args: ['list', '-extended'], stdin: null }),
  recognise: (argv) => asks(argv, ['list', '-extended']),
  read: readFileVaultTable,
});

export const supportsAuthRestart = defineCommand({
  ...PROBE,
  name: 'fdesetup.supports-authrestart',
  summary: 'Whether this Mac can restart past the FileVault screen; it says nothing of whether FileVault is on.',
  privilege: 'anyone',
  example: undefined,
  build: (_: undefined) => ({ args: ['supportsauthrestart'], stdin: null }),
  recognise: (argv) => asks(argv, ['supportsauthrestart']),
  read: readYesNo,
});

export const hasRecoveryKey = defineCommand({
  ...PROBE,
  name: 'fdesetup.has-recovery-key',
  summary: 'Whether a personal recovery key exists; “no” may also mean that it could not tell.',
  privilege: 'root',
  example: undefined,
  build: (_: undefined) => ({ args: ['haspersonalrecoverykey'], stdin: null }),
  recognise: (argv) => asks(argv, ['haspersonalrecoverykey']),
  read: readYesNo,
});

/** `name` null: the password is the personal recovery key. */
export type Unlocking = { name: string | null; password: Secret };

/** `delayMinutes` -1: no restart now; the next one passes the FileVault screen, once. */
export type AuthRestartInput = Unlocking & { delayMinutes: number };

export const authRestart = defineCommand({
  name: 'fdesetup.authrestart',
  tool: FDESETUP,
  summary: 'Restarts past the FileVault screen, now, later or with the next restart.',
  privilege: 'credential',
  effect: 'act',
  recovery: 'once',
  secret: 'stdin',
  limits: { ...QUICK, timeoutMs: 2 * MINUTE_MS },
  example: { name: '{user}', password: new Secret('{password}'), delayMinutes: -1 },
  build: ({ delayMinutes, ...unlocking }: AuthRestartInput) => {
    if (!Number.isInteger(delayMinutes) || delayMinutes < -1) {
      throw new UpkeepError('bug', `${delayMinutes} minutes are no delay of a restart.`, {
        remedy: 'Report this as a bug in upkeep; nothing was run.',
      });
    }
    return { args: ['authrestart', '-inputplist', '-delayminutes', `${delayMinutes}`], stdin: plistOf(unlocking) };
  },
  recognise: (argv) => argumentsOf(argv, FDESETUP)?.[0] === 'authrestart',
  read: readAuthRestart,
  asksForInput: (line) => /^Enter (?:a|the) (?:password|user name).*: ?$/.test(line),
});

export const changeRecoveryKey = defineCommand({
  name: 'fdesetup.change-recovery-key',
  tool: FDESETUP,
  summary: 'Makes a new personal recovery key, which ends the old one; on a managed Mac the MDM gets it.',
  privilege: 'credential',
  effect: 'act',
  recovery: 'once',
  secret: 'stdin',
  limits: { ...QUICK, timeoutMs: 5 * MINUTE_MS },
  example: { name: '{user}', password: new Secret('{password}') },
  build: (unlocking: Unlocking) => ({
    args: ['changerecovery', '-personal', '-inputplist'],
    stdin: plistOf(unlocking),
  }),
  recognise: (argv) => {
    const args = argumentsOf(argv, FDESETUP);
    return args?.[0] === 'changerecovery' && args.includes('-personal');
  },
  read: readNewKey,
  asksForInput: (line) => /^Enter (?:a|the) (?:password|user name).*: ?$/.test(line),
  printsSecrets: true,
});

/** The dictionary `fdesetup` wants, the password in it escaped for XML, where nothing but three signs means anything. */
function plistOf({ name, password }: Unlocking): ToolInput {
  const user = name === null ? '' : `<key>Username</key><string>${escapedForXml(name)}</string>`;
  return [
    `<?xml version="1.0" encoding="UTF-8"?>\n<plist version="1.0"><dict>${user}<key>Password</key><string>`,
    plainText(password).encoded(escapedForXml),
    '</string></dict></plist>\n',
  ];
}

function escapedForXml(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

function asks(argv: readonly string[], wanted: readonly string[]): boolean {
  return sameArguments(argumentsOf(argv, FDESETUP) ?? [], wanted);
}
