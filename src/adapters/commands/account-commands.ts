import { SECOND_MS } from '../../domain/instant.ts';
import type { ToolLimits } from '../../ports/commands.ts';
import { readCryptoUsers } from '../macos/crypto-users.ts';
import {
  ACCOUNT_ATTRIBUTES,
  readAccount,
  readAccounts,
  readAdminGroup,
  readGuid,
  readLogins,
} from '../macos/directory-accounts.ts';
import { readMembership } from '../macos/directory-answer.ts';
import { readTokenStatus } from '../macos/sysadminctl.ts';
import { defineCommand } from './command.ts';
import { sameArguments } from './options.ts';
import { argumentsOf } from './user-session.ts';
import { positional, recordName } from './words.ts';

const PROBE = { privilege: 'anyone', effect: 'probe', recovery: 'probe', secret: 'none' } as const;
const QUICK: ToolLimits = { timeoutMs: 30 * SECOND_MS, silenceMs: null, outputBytes: 1_000_000 };

const DSCL = '/usr/bin/dscl';
const DSEDITGROUP = '/usr/sbin/dseditgroup';
const SYSADMINCTL = '/usr/sbin/sysadminctl';
const DISKUTIL = '/usr/sbin/diskutil';

type Named = { name: string };
const EXAMPLE: Named = { name: '{user}' };

export const listAccounts = defineCommand({
  ...PROBE,
  name: 'dscl.accounts',
  tool: DSCL,
  summary: 'Which local accounts there are, with their ids, names, homes, shells and ways to authenticate.',
  limits: { ...QUICK, outputBytes: 8_000_000 },
  example: undefined,
  build: (_: undefined) => ({ args: ['-plist', '.', '-readall', '/Users', ...ACCOUNT_ATTRIBUTES], stdin: null }),
  recognise: (argv) => {
    const args = directoryArguments(argv);
    return args?.[1] === '-readall' && args[2] === '/Users';
  },
  read: readAccounts,
});

export const readOneAccount = defineCommand({
  ...PROBE,
  name: 'dscl.account',
  tool: DSCL,
  summary: 'The same of one account, to see what came of a change.',
  limits: QUICK,
  example: EXAMPLE,
  build: ({ name }: Named) => ({ args: readArguments(name, ACCOUNT_ATTRIBUTES), stdin: null }),
  recognise: (argv) => readsOf(argv, (attributes) => sameArguments(attributes, ACCOUNT_ATTRIBUTES)),
  read: readAccount,
});

export const readOneGuid = defineCommand({
  ...PROBE,
  name: 'dscl.guid',
  tool: DSCL,
  summary: 'The id of one account, which is also the name of its cryptographic user on the volume.',
  limits: QUICK,
  example: EXAMPLE,
  build: ({ name }: Named) => ({ args: readArguments(name, ['GeneratedUID']), stdin: null }),
  recognise: (argv) => readsOf(argv, (attributes) => sameArguments(attributes, ['GeneratedUID'])),
  read: readGuid,
});

export const loginRecord = defineCommand({
  ...PROBE,
  name: 'dscl.logins',
  tool: DSCL,
  summary: 'How often logging in to an account has failed since it last succeeded.',
  privilege: 'root',
  limits: QUICK,
  example: EXAMPLE,
  build: ({ name }: Named) => ({ args: readArguments(name, ['accountPolicyData']), stdin: null }),
  recognise: (argv) => readsOf(argv, (attributes) => sameArguments(attributes, ['accountPolicyData'])),
  read: readLogins,
});

const ADMIN_GROUP = ['-plist', '.', '-read', '/Groups/admin', 'GroupMembership', 'GroupMembers'];

export const adminGroup = defineCommand({
  ...PROBE,
  name: 'dscl.admin-group',
  tool: DSCL,
  summary: 'Who is in the group of administrators, nested groups left out.',
  limits: QUICK,
  example: undefined,
  build: (_: undefined) => ({ args: ADMIN_GROUP, stdin: null }),
  recognise: (argv) => sameArguments(argumentsOf(argv, DSCL) ?? [], ADMIN_GROUP),
  read: readAdminGroup,
});

export const adminMembership = defineCommand({
  ...PROBE,
  name: 'dseditgroup.is-admin',
  tool: DSEDITGROUP,
  summary: 'Whether an account is an administrator, nested groups looked through.',
  limits: QUICK,
  example: EXAMPLE,
  build: ({ name }: Named) => ({
    args: ['-o', 'checkmember', '-m', positional(name, 'dseditgroup'), 'admin'],
    stdin: null,
  }),
  recognise: (argv) => {
    const args = argumentsOf(argv, DSEDITGROUP);
    return args?.[1] === 'checkmember' && args.at(-1) === 'admin';
  },
  read: readMembership,
});

export const tokenStatus = defineCommand({
  ...PROBE,
  name: 'sysadminctl.token-status',
  tool: SYSADMINCTL,
  summary: 'Whether an account has a secure token.',
  limits: QUICK,
  example: EXAMPLE,
  build: ({ name }: Named) => ({ args: ['-secureTokenStatus', positional(name, 'sysadminctl')], stdin: null }),
  recognise: (argv) => argumentsOf(argv, SYSADMINCTL)?.[0] === '-secureTokenStatus',
  read: readTokenStatus,
});

const LIST_VERBS = ['listusers', 'listcryptousers', 'listcryptokeys', 'listkeys'];

export const cryptoUsers = defineCommand({
  ...PROBE,
  name: 'diskutil.crypto-users',
  tool: DISKUTIL,
  summary: 'Who can unlock the startup volume, and who of them owns it.',
  limits: QUICK,
  example: undefined,
  build: (_: undefined) => ({ args: ['apfs', 'listUsers', '-plist', '/'], stdin: null }),
  recognise: (argv) => {
    const [group, verb = ''] = argumentsOf(argv, DISKUTIL) ?? [];
    return group?.toLowerCase() === 'apfs' && LIST_VERBS.includes(verb.toLowerCase());
  },
  read: readCryptoUsers,
});

function readArguments(name: string, attributes: readonly string[]): string[] {
  return ['-plist', '.', '-read', `/Users/${recordName(name, 'dscl')}`, ...attributes];
}

/** The arguments of `dscl` from the directory on. */
function directoryArguments(argv: readonly string[]): string[] | null {
  const args = argumentsOf(argv, DSCL);
  return args?.[0] === '-plist' ? args.slice(1) : args;
}

function readsOf(argv: readonly string[], isWanted: (attributes: string[]) => boolean): boolean {
  const [node, verb, record, ...attributes] = directoryArguments(argv) ?? [];
  return node === '.' && verb === '-read' && (record?.startsWith('/Users/') ?? false) && isWanted(attributes);
}
