import { majorOf } from '../../domain/os-version.ts';
import type { Mac } from '../mac/mac.ts';
import type { CryptoUser, CryptoUserKind } from '../mac/secure-tokens.ts';
import { plistText } from './plist-text.ts';
import type { Tool, ToolIo } from './tool.ts';

/** Four names of one verb, in any case. */
const LIST_VERBS = new Set(['listusers', 'listcryptousers', 'listcryptokeys', 'listkeys']);
const KINDS: Record<CryptoUserKind, string> = {
  LocalOpenDirectory: 'Local Open Directory User',
  PersonalRecovery: 'Personal Recovery User',
  MDMRecovery: 'MDM Bootstrap Token External Key',
};
/** Before 11 nobody was told who owns the volume. */
const OWNERS_FROM = 11;

/** `apfs listUsers [-plist] {volume}` and `apfs unlockVolume {volume} -user {uuid} -verify`. */
export const diskutil: Tool = async (argv, io, mac) => {
  const [group = '', verb = '', ...rest] = argv;
  if (group.toLowerCase() === 'apfs' && LIST_VERBS.has(verb.toLowerCase())) return listUsers(rest, io, mac);
  if (group.toLowerCase() === 'apfs' && verb.toLowerCase() === 'unlockvolume') return unlock(rest, io, mac);
  io.print('Disk Utility Tool\nUsage:  diskutil [quiet] <verb> <options>\n');
  return 1;
};

async function listUsers(rest: readonly string[], io: ToolIo, mac: Mac): Promise<number> {
  const volume = rest.find((one) => !one.startsWith('-')) ?? '';
  await io.sleep(mac.random.whole(150, 900));
  const device = deviceOf(volume, mac);
  if (device === null) return notFound(volume, io);
  const users = mac.tokens.cryptoUsers();
  const owners = (majorOf(mac.os.version) ?? 0) >= OWNERS_FROM;
  if (rest.includes('-plist')) io.print(plistText({ Users: users.map((user) => entryOf(user, owners)) }));
  else io.print(textOf(users, device, owners));
  return 0;
}

function entryOf({ uuid, kind, owner }: CryptoUser, owners: boolean) {
  return { APFSCryptoUserType: kind, APFSCryptoUserUUID: uuid, ...(owners ? { VolumeOwner: owner } : {}) };
}

function textOf(users: readonly CryptoUser[], device: string, owners: boolean): string {
  if (users.length === 0) return `No cryptographic users for ${device}\n`;
  const word = users.length === 1 ? 'user' : 'users';
  const lines = [`Cryptographic ${word} for ${device} (${users.length} found)`];
  users.forEach(({ uuid, kind, owner }, place) => {
    const bar = place === users.length - 1 ? ' ' : '|';
    lines.push('|', `+-- ${uuid}`, `${bar}   Type: ${KINDS[kind]}`);
    if (owners) lines.push(`${bar}   Volume Owner: ${owner ? 'Yes' : 'No'}`);
  });
  return `${lines.join('\n')}\n`;
}

/**
 * `-verify` asks whether a passphrase would open the volume, without opening it; this volume is open, or nothing would
 * run. The passphrase comes on stdin with `-stdinpassphrase`, the end of its line not counted, else it is asked for.
 */
async function unlock(rest: readonly string[], io: ToolIo, mac: Mac): Promise<number> {
  const optionOf = (option: string): string | null => {
    const place = rest.indexOf(option);
    return place === -1 ? null : (rest[place + 1] ?? '');
  };
  const [volume = ''] = rest;
  const device = deviceOf(volume, mac);
  if (device === null) return notFound(volume, io);
  if (!rest.includes('-verify')) {
    io.print(`${device} is already unlocked\n`);
    return 0;
  }
  const given = rest.includes('-stdinpassphrase') ? (io.stdin ?? '').replace(/\n$/, '') : optionOf('-passphrase');
  const passphrase = given ?? (await io.ask('Passphrase: '));
  await io.sleep(mac.random.whole(300, 1_500));
  const uuid = optionOf('-user');
  const holders = mac.tokens.holders().filter(({ guid }) => uuid === null || guid === uuid);
  const recovery = mac.fileVault.personalKey !== null && mac.fileVault.personalKey === passphrase;
  if (recovery || holders.some((account) => mac.tokens.unlocks(account, passphrase))) {
    io.print(
      `Started APFS operation\nVerifying passphrase for cryptographic user${uuid === null ? 's' : ` ${uuid}`}\n`,
    );
    io.print('Passphrase verified\nFinished APFS operation\n');
    return 0;
  }
  io.printErr('Passphrase incorrect or user does not exist\n');
  return 1;
}

function notFound(volume: string, io: ToolIo): number {
  io.printErr(`Could not find disk: ${volume}\n`);
  return 1;
}

/** The volume macOS runs from: a snapshot of it, seen from here. */
function deviceOf(volume: string, mac: Mac): string | null {
  const disk = mac.spec.appleSilicon ? 'disk3' : 'disk1';
  const snapshot = `${disk}s1s1`;
  const data = `${disk}s5`;
  const plain = volume.replace(/^\/dev\//, '');
  if (volume === '/' || plain === snapshot) return snapshot;
  return volume === '/System/Volumes/Data' || plain === data ? data : null;
}
