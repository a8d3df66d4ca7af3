import type { Account, AdminGroup, LoginRecord, TokenState } from '../../domain/accounts.ts';
import type { Printed } from '../commands/command.ts';
import { unreadable } from '../commands/unreadable.ts';
import { type DirectoryRecord, recordIn, recordsIn } from './directory-record.ts';
import { isDictionary, plistIn } from './plist-answer.ts';

/** What is asked of a user's record; without names `dscl` would print pictures and password hashes as well. */
export const ACCOUNT_ATTRIBUTES = [
  'RecordName',
  'UniqueID',
  'RealName',
  'GeneratedUID',
  'NFSHomeDirectory',
  'UserShell',
  'IsHidden',
  'AuthenticationAuthority',
];

/** Reads all accounts, those of macOS itself among them. One that is not whole makes the whole list unreadable. */
export function readAccounts(printed: Printed): { accounts: Account[] } {
  const accounts = recordsIn(printed).map((record) => accountOf(record, printed));
  if (!accounts.some(({ uid }) => uid === 0)) throw unreadable(TOOL, printed, 'root is missing in it');
  const names = accounts.flatMap(({ name, otherNames }) => [name, ...otherNames]);
  if (new Set(names).size < names.length) throw unreadable(TOOL, printed, 'two accounts have one name');
  return { accounts };
}

/** Reads one account; null where there is none of that name. */
export function readAccount(printed: Printed): { account: Account | null } {
  const record = recordIn(printed);
  return { account: record === null ? null : accountOf(record, printed) };
}

/** Reads whatever was asked of a record, first values only, under the names the directory uses. */
export function readGuid(printed: Printed): { GeneratedUID: string | null } {
  const guid = recordIn(printed)?.get('GeneratedUID')?.[0] ?? null;
  if (guid !== null && !UUID.test(guid)) throw unreadable(TOOL, printed, 'the id is no UUID');
  return { GeneratedUID: guid };
}

/** Reads the group of administrators. Its nested groups are not in it: `dseditgroup` looks through those. */
export function readAdminGroup(printed: Printed): AdminGroup {
  const record = recordIn(printed);
  const names = record?.get('GroupMembership') ?? [];
  const guids = record?.get('GroupMembers') ?? [];
  // root is always a member, so an answer without any is no answer.
  if (names.length + guids.length === 0) throw unreadable(TOOL, printed, 'the group of administrators is empty');
  return { names, guids };
}

/** Reads `accountPolicyData`, a property list inside a value; what it leaves out has never happened. */
export function readLogins(printed: Printed): LoginRecord {
  const text = recordIn(printed)?.get('accountPolicyData')?.join('\n');
  if (text === undefined) return { failedLogins: null, failedAtEpoch: null, passwordSetAtEpoch: null };
  const data = plistIn(text, TOOL, printed) ?? undefined;
  if (!isDictionary(data)) throw unreadable(TOOL, printed, 'what it remembers of logins is no dictionary');
  const number = (key: string) => {
    const value = data[key];
    if (value === undefined) return null;
    const read = value instanceof Date ? value.getTime() / 1_000 : Number(value);
    if (!Number.isFinite(read) || read < 0) throw unreadable(TOOL, printed, `${key} is no number`);
    return read;
  };
  const failedAt = number('failedLoginTimestamp');
  const passwordSetAt = number('passwordLastSetTime');
  const failedLogins = number('failedLoginCount') ?? 0;
  if (!Number.isInteger(failedLogins)) throw unreadable(TOOL, printed, 'failedLoginCount is no whole number');
  return {
    failedLogins,
    failedAtEpoch: failedAt === null || failedAt === 0 ? null : Math.floor(failedAt),
    passwordSetAtEpoch: passwordSetAt === null ? null : Math.floor(passwordSetAt),
  };
}

const TOOL = 'dscl';
const UUID = /^[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}$/i;
const NO_LOGIN_SHELLS = ['/usr/bin/false', '/dev/null', '/sbin/nologin', '/usr/sbin/nologin'];

export const hasNoLoginShell = ({ shell }: Pick<Account, 'shell'>): boolean =>
  shell !== null && NO_LOGIN_SHELLS.includes(shell);

function accountOf(record: DirectoryRecord, printed: Printed): Account {
  const [name, ...otherNames] = record.get('RecordName') ?? [];
  const uid = record.get('UniqueID')?.[0] ?? '';
  if (name === undefined) throw unreadable(TOOL, printed, 'an account has no name');
  if (!/^-?\d{1,10}$/.test(uid)) throw unreadable(TOOL, printed, `the account “${name}” has no user id`);
  const guid = record.get('GeneratedUID')?.[0] ?? null;
  if (guid !== null && !UUID.test(guid)) throw unreadable(TOOL, printed, `the id of “${name}” is no UUID`);
  const authorities = authoritiesOf(record);
  return {
    name,
    otherNames,
    fullName: record.get('RealName')?.[0] ?? null,
    uid: Number(uid),
    guid,
    home: record.get('NFSHomeDirectory')?.[0] ?? null,
    shell: record.get('UserShell')?.[0] ?? null,
    hidden: ['1', 'true', 'yes'].includes(record.get('IsHidden')?.[0]?.toLowerCase() ?? ''),
    token: tokenOf(authorities),
    authorities: authorities.filter(({ withdrawn }) => !withdrawn).map(({ kind }) => kind),
    disabled: authorities.some(({ kind }) => kind === 'DisabledUser'),
  };
}

type Authority = { kind: string; withdrawn: boolean };

/** The kinds in values such as `;ShadowHash;HASHLIST:<…>`, `;SecureToken;` or, withdrawn, `;DisabledTags;SecureToken`. */
function authoritiesOf(record: DirectoryRecord): Authority[] {
  return (record.get('AuthenticationAuthority') ?? [])
    .flatMap((value) => value.split(/\s+(?=;)/))
    .flatMap((value): Authority[] => {
      const [, kind = '', detail = ''] = value.split(';');
      if (kind !== 'DisabledTags') return kind === '' ? [] : [{ kind, withdrawn: false }];
      return detail
        .split(/[,\s]+/)
        .filter((tag) => tag !== '')
        .map((tag) => ({ kind: tag, withdrawn: true }));
    });
}

function tokenOf(authorities: readonly Authority[]): TokenState {
  const tokens = authorities.filter(({ kind }) => kind === 'SecureToken');
  // Given and withdrawn at once: the record is being changed, or somebody changed it by hand.
  if (tokens.some(({ withdrawn }) => withdrawn) && tokens.some(({ withdrawn }) => !withdrawn)) return 'unknown';
  if (authorities.length === 0) return 'unknown';
  return tokens.some(({ withdrawn }) => !withdrawn) ? 'enabled' : 'disabled';
}
