import { MINUTE_MS, SECOND_MS } from '../../domain/instant.ts';
import { Secret } from '../../domain/secret.ts';
import type { ToolLimits } from '../../ports/commands.ts';
import { readChange, readGroupChange } from '../macos/directory-answer.ts';
import { readDeletion, readReset, readSysadmin, readTokenGrant } from '../macos/sysadminctl.ts';
import { defineCommand } from './command.ts';
import { bytesOf, onATerminal, type Prompt } from './on-a-terminal.ts';
import { argumentsOf } from './user-session.ts';
import { positional, recordName } from './words.ts';

const SYSADMINCTL = '/usr/sbin/sysadminctl';
const DSCL = '/usr/bin/dscl';
const DSEDITGROUP = '/usr/sbin/dseditgroup';

const QUICK: ToolLimits = { timeoutMs: 30 * SECOND_MS, silenceMs: null, outputBytes: 100_000 };
// Making a home folder or removing one takes its time.
const SLOW: ToolLimits = { ...QUICK, timeoutMs: 10 * MINUTE_MS };

const PASSWORD_CHANGE = {
  tool: SYSADMINCTL,
  privilege: 'credential',
  effect: 'act',
  recovery: 'once',
  secret: 'terminal',
  limits: SLOW,
} as const;

/** Somebody with a password. `fullName` helps to know whom a prompt means, should it use that name. */
export type Credential = { name: string; password: Secret; fullName?: string | null };

const ADMIN: Credential = { name: '{admin}', password: new Secret('{admin password}') };

export type NewAccount = {
  account: Credential;
  uid: number | null;
  home: string | null;
  shell: string | null;
  /** An administrator with a secure token, who alone can give the account one; null on Macs that need none. */
  admin: Credential | null;
};

export const addAccount = defineCommand({
  ...PASSWORD_CHANGE,
  name: 'sysadminctl.add-account',
  summary: 'Makes a local account, which gets a secure token where an administrator who has one asks for it.',
  example: {
    account: { name: '{user}', password: new Secret('{password}'), fullName: '{full name}' },
    uid: 450,
    home: '{home}',
    shell: '/usr/bin/false',
    admin: ADMIN,
  },
  build: ({ account, uid, home, shell, admin }: NewAccount) => {
    const args = ['-addUser', sysadmin(account.name)];
    if (account.fullName) args.push('-fullName', sysadmin(account.fullName));
    if (uid !== null) args.push('-UID', String(uid));
    if (shell !== null) args.push('-shell', sysadmin(shell));
    if (home !== null) args.push('-home', sysadmin(home));
    args.push('-password', '-');
    return asked(args, admin, { ends: `User password ?:|${passwordFor(account)}`, secret: account.password });
  },
  recognise: (argv) => orders(argv, '-addUser'),
  read: readSysadmin,
});

export const resetPassword = defineCommand({
  ...PASSWORD_CHANGE,
  name: 'sysadminctl.reset-password',
  summary: 'Gives an account a new password and keeps its secure token.',
  example: { account: { name: '{user}', password: new Secret('{password}') }, admin: ADMIN },
  build: ({ account, admin }: { account: Credential; admin: Credential }) =>
    asked(['-resetPasswordFor', sysadmin(account.name), '-newPassword', '-'], admin, {
      ends: `New password ?:|Enter new password for ${namesOf(account)} ?:`,
      secret: account.password,
    }),
  recognise: (argv) => orders(argv, '-resetPasswordFor'),
  read: readReset,
});

export const grantToken = defineCommand({
  ...PASSWORD_CHANGE,
  name: 'sysadminctl.grant-token',
  summary:
    'Gives an account a secure token, by an administrator who has one. It says “Done!” even if nothing came of it.',
  example: { account: { name: '{user}', password: new Secret('{password}') }, admin: ADMIN },
  build: ({ account, admin }: { account: Credential; admin: Credential }) =>
    asked(['-secureTokenOn', sysadmin(account.name), '-password', '-'], admin, {
      ends: passwordFor(account),
      secret: account.password,
    }),
  recognise: (argv) => orders(argv, '-secureTokenOn'),
  read: readTokenGrant,
});

export const deleteAccount = defineCommand({
  name: 'sysadminctl.delete-account',
  tool: SYSADMINCTL,
  summary: 'Deletes a local account together with its home folder.',
  privilege: 'root',
  effect: 'act',
  recovery: 'once',
  secret: 'none',
  limits: SLOW,
  example: { name: '{user}' },
  build: ({ name }: { name: string }) => ({ args: ['-deleteUser', sysadmin(name)], stdin: null }),
  recognise: (argv) => orders(argv, '-deleteUser'),
  read: readDeletion,
});

const DIRECTORY = {
  tool: DSCL,
  privilege: 'root',
  effect: 'act',
  recovery: 'idempotent',
  secret: 'none',
  limits: QUICK,
} as const;

export const hideAccount = defineCommand({
  ...DIRECTORY,
  name: 'dscl.hide-account',
  summary: 'Leaves an account out of the login window and of System Settings.',
  example: { name: '{user}' },
  build: ({ name }: { name: string }) => ({ args: ['.', '-create', record(name), 'IsHidden', '1'], stdin: null }),
  recognise: (argv) => creates(argv, 'IsHidden'),
  read: readChange,
});

export const setShell = defineCommand({
  ...DIRECTORY,
  name: 'dscl.set-shell',
  summary: 'Sets the shell of an account; with `/usr/bin/false` nobody gets a command line by it.',
  example: { name: '{user}', shell: '/usr/bin/false' },
  build: ({ name, shell }: { name: string; shell: string }) => ({
    args: ['.', '-create', record(name), 'UserShell', positional(shell, 'dscl')],
    stdin: null,
  }),
  recognise: (argv) => creates(argv, 'UserShell'),
  read: readChange,
});

export const deleteRecord = defineCommand({
  ...DIRECTORY,
  name: 'dscl.delete-record',
  summary: 'Deletes the record of an account whose home folder is gone already.',
  example: { name: '{user}' },
  build: ({ name }: { name: string }) => ({ args: ['.', '-delete', record(name)], stdin: null }),
  recognise: (argv) => {
    const [, verb, path, ...more] = argumentsOf(argv, DSCL) ?? [];
    return verb === '-delete' && (path?.startsWith('/Users/') ?? false) && more.length === 0;
  },
  read: readChange,
});

const GROUP = { ...DIRECTORY, tool: DSEDITGROUP } as const;

export const makeAdmin = defineCommand({
  ...GROUP,
  name: 'dseditgroup.make-admin',
  summary: 'Makes an account an administrator.',
  example: { name: '{user}' },
  build: ({ name }: { name: string }) => ({ args: membership('-a', name), stdin: null }),
  recognise: (argv) => editsAdmins(argv, '-a'),
  read: readGroupChange,
});

export const removeAdmin = defineCommand({
  ...GROUP,
  name: 'dseditgroup.remove-admin',
  summary: 'Takes the rights of an administrator from an account.',
  example: { name: '{user}' },
  build: ({ name }: { name: string }) => ({ args: membership('-d', name), stdin: null }),
  recognise: (argv) => editsAdmins(argv, '-d'),
  read: readGroupChange,
});

/** The call with the administrator's name in it, and the prompts it will make, each with its answer. */
function asked(args: readonly string[], admin: Credential | null, own: Prompt) {
  if (admin === null) return onATerminal(SYSADMINCTL, args, [own]);
  const all = [...args, '-adminUser', sysadmin(admin.name), '-adminPassword', '-'];
  const ends = `${passwordFor(admin)}|[Aa]dmin(?:istrator)?(?:'s)? password ?:`;
  return onATerminal(SYSADMINCTL, all, [{ ends, secret: admin.password }, own]);
}

function passwordFor(somebody: Credential): string {
  return `Enter password for ${namesOf(somebody)} ?:`;
}

function namesOf({ name, fullName }: Credential): string {
  const names = fullName ? [name, fullName] : [name];
  return `(?:${names.map(bytesOf).join('|')})`;
}

function sysadmin(value: string): string {
  return positional(value, 'sysadminctl');
}

function record(name: string): string {
  return `/Users/${recordName(name, 'dscl')}`;
}

function membership(option: '-a' | '-d', name: string): string[] {
  return ['-o', 'edit', option, positional(name, 'dseditgroup'), '-t', 'user', 'admin'];
}

function orders(argv: readonly string[], verb: string): boolean {
  return argumentsOf(argv, SYSADMINCTL)?.includes(verb) ?? false;
}

function creates(argv: readonly string[], attribute: string): boolean {
  const [, verb, path, key] = argumentsOf(argv, DSCL) ?? [];
  return verb === '-create' && (path?.startsWith('/Users/') ?? false) && key === attribute;
}

function editsAdmins(argv: readonly string[], option: string): boolean {
  const args = argumentsOf(argv, DSEDITGROUP);
  return args?.[1] === 'edit' && args[2] === option && args.at(-1) === 'admin';
}
