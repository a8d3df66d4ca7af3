import { SECOND_MS } from '../../domain/instant.ts';
import type { Account } from '../mac/accounts.ts';
import type { Mac } from '../mac/mac.ts';
import { plistText } from './plist-text.ts';

/** A record of Open Directory: what it is called, and its attributes with all their values. */
export type DirectoryRecord = { name: string; attributes: ReadonlyMap<string, readonly string[]> };

const NATIVE = 'dsAttrTypeNative:';
const STANDARD = 'dsAttrTypeStandard:';
/** Attributes Open Directory has no name of its own for, however a tool calls them. */
const NATIVE_KEYS = new Set(['IsHidden', 'accountPolicyData', '_writers_passwd', 'unlockOptions']);

/** The key as the record has it: without the prefix of standard attributes, with that of the others. */
export function keyOf(given: string): string {
  if (given.startsWith(STANDARD)) return given.slice(STANDARD.length);
  if (given.startsWith(NATIVE)) return given;
  return NATIVE_KEYS.has(given) ? NATIVE + given : given;
}

/** The key with its prefix, as property lists have it. */
export function longKey(key: string): string {
  return key.startsWith(NATIVE) ? key : STANDARD + key;
}

/** Of a folder such as `Users`; null where there is none. */
export function recordsIn(folder: string, mac: Mac): DirectoryRecord[] | null {
  if (folder === 'Users') return [...SYSTEM_USERS, ...mac.accounts.all().map((account) => userRecord(account, mac))];
  return folder === 'Groups' ? groupRecords(mac) : null;
}

export function recordAt(folder: string, name: string, mac: Mac): DirectoryRecord | null {
  return recordsIn(folder, mac)?.find((record) => record.name === name) ?? null;
}

function userRecord(account: Account, mac: Mac): DirectoryRecord {
  const { name, fullName, uid, gid, guid, home, shell, picture } = account;
  const standard: [string, string[]][] = [
    [`${NATIVE}accountPolicyData`, [policyData(account, mac)]],
    ...(account.hidden ? [[`${NATIVE}IsHidden`, ['1']] satisfies [string, string[]]] : []),
    ['AppleMetaNodeLocation', ['/Local/Default']],
    ['AuthenticationAuthority', authorities(account)],
    ['GeneratedUID', [guid]],
    ['NFSHomeDirectory', [home]],
    ['Password', ['********']],
    ...(picture === null ? [] : [['Picture', [picture]] satisfies [string, string[]]]),
    ['PrimaryGroupID', [String(gid)]],
    ['RealName', [fullName]],
    ['RecordName', [name]],
    ['RecordType', ['dsRecTypeStandard:Users']],
    ['UniqueID', [String(uid)]],
    ['UserShell', [shell]],
  ];
  return { name, attributes: new Map([...standard, ...account.attributes]) };
}

/** How the account can be opened, the secure token among it; what was taken away leaves its mark. */
function authorities({ name, guid, secureToken, tokenWithdrawn, disabled }: Account): string[] {
  const realm = guid.replaceAll('-', '').padEnd(40, '0').slice(0, 40);
  const hash = ';ShadowHash;HASHLIST:<SALTED-SHA512-PBKDF2,SRP-RFC5054-4096-SHA512-PBKDF2>';
  return [
    ...(disabled ? [';DisabledUser;'] : []),
    hash,
    `;Kerberosv5;;${name}@LKDC:SHA1.${realm};LKDC:SHA1.${realm};`,
    ...(secureToken ? [';SecureToken;'] : []),
    ...(tokenWithdrawn ? [';DisabledTags;SecureToken'] : []),
  ];
}

function policyData(account: Account, _mac: Mac): string {
  const { createdAt, failedLogins, lastFailedAt, passwordSetAt } = account;
  return plistText({
    creationTime: createdAt / SECOND_MS,
    failedLoginCount: failedLogins,
    failedLoginTimestamp: (lastFailedAt ?? 0) / SECOND_MS,
    passwordLastSetTime: passwordSetAt / SECOND_MS,
  });
}

function groupRecords(mac: Mac): DirectoryRecord[] {
  const admins = mac.accounts.all().filter(({ admin }) => admin);
  return [
    group('admin', '80', 'Administrators', 'ABCDEFAB-CDEF-ABCD-EFAB-CDEF00000050', [
      'root',
      ...admins.map(({ name }) => name),
      ...mac.accounts.strangersInAdmin,
    ]),
    group('staff', '20', 'Staff', 'ABCDEFAB-CDEF-ABCD-EFAB-CDEF00000014', ['root']),
    group('wheel', '0', 'System Group', 'ABCDEFAB-CDEF-ABCD-EFAB-CDEF00000000', ['root']),
  ];
}

function group(name: string, gid: string, fullName: string, guid: string, members: string[]): DirectoryRecord {
  return {
    name,
    attributes: new Map([
      ['AppleMetaNodeLocation', ['/Local/Default']],
      ['GeneratedUID', [guid]],
      ['GroupMembership', members],
      ['PrimaryGroupID', [gid]],
      ['RealName', [fullName]],
      ['RecordName', [name]],
      ['RecordType', ['dsRecTypeStandard:Groups']],
    ]),
  };
}

function systemUser(name: string, uid: string, gid: string, fullName: string, home: string): DirectoryRecord {
  const bits = (Number(uid) >>> 0).toString(16).toUpperCase().padStart(8, '0');
  return {
    name,
    attributes: new Map([
      ['AppleMetaNodeLocation', ['/Local/Default']],
      ['GeneratedUID', [`FFFFEEEE-DDDD-CCCC-BBBB-AAAA${bits}`]],
      ['NFSHomeDirectory', [home]],
      ['Password', ['*']],
      ['PrimaryGroupID', [gid]],
      ['RealName', [fullName]],
      ['RecordName', [name]],
      ['RecordType', ['dsRecTypeStandard:Users']],
      ['UniqueID', [uid]],
      ['UserShell', ['/usr/bin/false']],
    ]),
  };
}

/** The accounts every Mac has beside those of people; a few stand for the hundred there are. */
const SYSTEM_USERS: readonly DirectoryRecord[] = [
  systemUser('_mbsetupuser', '248', '248', 'Setup User', '/var/setup'),
  systemUser('_softwareupdate', '200', '200', 'Software Update Service', '/var/db/softwareupdate'),
  systemUser('_windowserver', '88', '88', 'WindowServer', '/var/empty'),
  systemUser('daemon', '1', '1', 'System Services', '/var/root'),
  systemUser('nobody', '-2', '-2', 'Unprivileged User', '/var/empty'),
  systemUser('root', '0', '0', 'System Administrator', '/var/root'),
];
