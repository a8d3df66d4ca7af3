import { SECOND_MS } from '../../domain/instant.ts';
import { Secret } from '../../domain/secret.ts';
import type { ToolLimits } from '../../ports/commands.ts';
import { readLoginCheck, readVolumeCheck } from '../macos/password-check.ts';
import { defineCommand } from './command.ts';
import { onATerminal } from './on-a-terminal.ts';
import { plainText } from './passwords.ts';
import { argumentsOf } from './user-session.ts';
import { positional } from './words.ts';

const DSCL = '/usr/bin/dscl';
const DISKUTIL = '/usr/sbin/diskutil';
const LIMITS: ToolLimits = { timeoutMs: 60 * SECOND_MS, silenceMs: null, outputBytes: 100_000 };

/** A check looks, but a wrong password in it counts as a failed login: so it acts, and is never repeated blindly. */
const CHECK = { effect: 'act', recovery: 'once', limits: LIMITS } as const;

export type LoginCheckInput = { name: string; password: Secret };

export const checkLogin = defineCommand({
  ...CHECK,
  name: 'dscl.check-login',
  tool: DSCL,
  summary: 'Whether a password logs in to an account. A wrong one counts as a failed login.',
  privilege: 'anyone',
  secret: 'terminal',
  example: { name: '{user}', password: new Secret('{password}') },
  build: ({ name, password }: LoginCheckInput) =>
    onATerminal(
      DSCL,
      ['/Local/Default', '-authonly', positional(name, 'dscl')],
      [{ ends: 'Password:', secret: password }],
    ),
  recognise: (argv) => argumentsOf(argv, DSCL)?.[1] === '-authonly',
  read: readLoginCheck,
});

export type VolumeCheckInput = { guid: string; password: Secret };

export const checkVolumePassword = defineCommand({
  ...CHECK,
  name: 'diskutil.check-volume-password',
  tool: DISKUTIL,
  summary: 'Whether a password is the one the startup volume knows of an account, which is what an update needs.',
  privilege: 'root',
  secret: 'stdin',
  example: { guid: '{guid}', password: new Secret('{password}') },
  build: ({ guid, password }: VolumeCheckInput) => ({
    args: ['apfs', 'unlockVolume', '/', '-user', positional(guid, 'diskutil'), '-stdinpassphrase', '-verify'],
    stdin: [plainText(password), '\n'],
  }),
  recognise: (argv) => {
    const args = argumentsOf(argv, DISKUTIL);
    return /^unlock(?:volume)?$/i.test(args?.[1] ?? '') && (args?.includes('-verify') ?? false);
  },
  read: readVolumeCheck,
  asksForInput: (line) => /^Passphrase.*: ?$/.test(line),
});
