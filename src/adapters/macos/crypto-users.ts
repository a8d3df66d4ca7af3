import type { CryptoUser, CryptoUserKind } from '../../domain/accounts.ts';
import type { Printed } from '../commands/command.ts';
import { splitLines } from '../commands/lines.ts';
import { unreadable } from '../commands/unreadable.ts';
import { isDictionary, plistIn } from './plist-answer.ts';

export type CryptoUsers = {
  /** The volume's device where it is named. */
  volume: string | null;
  list: CryptoUser[];
  /** How many there are. */
  users: number;
  bootstrapToken: boolean;
};

/** Reads `diskutil apfs listUsers`, as a property list or as text. */
export function readCryptoUsers(printed: Printed): CryptoUsers {
  const list = plistIn(printed.stdout, TOOL, printed);
  if (list === null) return readText(printed);
  const users = isDictionary(list) ? list.Users : undefined;
  if (!Array.isArray(users)) throw unreadable(TOOL, printed, 'it lists no users');
  return summed(
    null,
    users.map((user) => {
      const { APFSCryptoUserUUID: uuid, APFSCryptoUserType: type, VolumeOwner: owner } = isDictionary(user) ? user : {};
      if (typeof uuid !== 'string' || !UUID.test(uuid) || typeof type !== 'string') {
        throw unreadable(TOOL, printed, 'a user has no id or no type');
      }
      return { uuid, kind: kindOf(uuid, type), owner: typeof owner === 'boolean' ? owner : null };
    }),
  );
}

const TOOL = 'diskutil apfs listUsers';
// People mask parts of such ids with X before they show them; a mask is no other id.
const UUID = /^[0-9A-FX]{8}(?:-[0-9A-FX]{4}){3}-[0-9A-FX]{12}$/i;

function readText(printed: Printed): CryptoUsers {
  const lines = splitLines(printed.stdout).filter(({ text }) => text.trim() !== '');
  const header = lines.shift()?.text ?? '';
  const [, none] = /^No cryptographic users for (\S+)$/.exec(header) ?? [];
  if (none !== undefined && lines.length === 0) return summed(none, []);
  const [, volume, count] = /^Cryptographic users? for (\S+) \((\d+) found\)$/.exec(header) ?? [];
  if (volume === undefined) throw unreadable(TOOL, printed, 'it does not begin as a list of users');
  const users: { uuid: string; type: string | null; owner: boolean | null }[] = [];
  for (const { text, ended } of lines) {
    const [, uuid] = /^\+-- (\S+)$/.exec(text) ?? [];
    const [, field, value] = /^[| ]\s+(\w[\w ]*): (.+)$/.exec(text) ?? [];
    const user = users.at(-1);
    // A last line without a line break may be cut, and “No” is the beginning of other words.
    if (!ended) throw unreadable(TOOL, printed, 'the last line is cut');
    if (uuid !== undefined) users.push({ uuid, type: null, owner: null });
    else if (field === 'Type' && user) user.type = value ?? null;
    else if (field === 'Volume Owner' && user && (value === 'Yes' || value === 'No')) user.owner = value === 'Yes';
    else if (field === 'Volume Owner') throw unreadable(TOOL, printed, 'it says neither Yes nor No of an owner');
    else if (field === undefined && text !== '|') throw unreadable(TOOL, printed, 'a line belongs to no user');
  }
  if (users.length !== Number(count)) throw unreadable(TOOL, printed, 'it lists fewer users than it counts');
  const owned = users.filter(({ owner }) => owner !== null).length;
  if (owned !== 0 && owned !== users.length) throw unreadable(TOOL, printed, 'not every user has its owner line');
  return summed(
    volume,
    users.map(({ uuid, type, owner }) => {
      if (!UUID.test(uuid) || type === null) throw unreadable(TOOL, printed, 'a user has no id or no type');
      return { uuid, kind: kindOf(uuid, type), owner };
    }),
  );
}

function summed(volume: string | null, list: CryptoUser[]): CryptoUsers {
  return { volume, list, users: list.length, bootstrapToken: list.some(({ kind }) => kind === 'bootstrap-token') };
}

/** Ids that are the same on every Mac, by their first group; they say more than the type, of which there are variants. */
const FIXED: Readonly<Record<string, CryptoUserKind>> = {
  EBC6C064: 'personal-recovery',
  '64C0C6EB': 'icloud-recovery',
  '2457711A': 'bootstrap-token',
};

const TYPES: Readonly<Record<string, CryptoUserKind>> = {
  'Local Open Directory User': 'local',
  LocalOpenDirectory: 'local',
  'Personal Recovery User': 'personal-recovery',
  PersonalRecovery: 'personal-recovery',
  'Institutional Recovery User': 'institutional-recovery',
  InstitutionalRecovery: 'institutional-recovery',
  'iCloud Recovery User': 'icloud-recovery',
  'iCloud Recovery External Key': 'icloud-recovery',
  ICloud: 'icloud-recovery',
  ICloudRecovery: 'icloud-recovery',
  'MDM Bootstrap Token External Key': 'bootstrap-token',
  MDMRecovery: 'bootstrap-token',
  'Disk User': 'disk',
  Disk: 'disk',
};

function kindOf(uuid: string, type: string): CryptoUserKind {
  return FIXED[uuid.slice(0, 8).toUpperCase()] ?? TYPES[type.trim()] ?? 'other';
}
