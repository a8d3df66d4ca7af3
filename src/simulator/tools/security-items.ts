import { isoOf } from '../../domain/instant.ts';
import type { Keychain, KeychainItem } from '../mac/keychains.ts';
import type { Mac } from '../mac/mac.ts';
import { namedKeychains, opened, readable, SECURITY, tellError, writable } from './security-keychains.ts';
import { type ItemOptions, readItemOptions } from './security-options.ts';
import type { ToolIo } from './tool.ts';

const USAGE_EXIT = 2;
const SEARCH = 'SecKeychainSearchCopyNext';

export async function findItem(words: readonly string[], io: ToolIo, mac: Mac): Promise<number> {
  const options = readItemOptions('find', words);
  if (options === null) return usage('find-generic-password', io);
  const found = lookUp(options, io, mac);
  if (typeof found === 'number') return found;
  const { item, keychain } = found;
  const secretWanted = options.onlySecret || options.showSecret;
  const closed = secretWanted ? ((await opened(keychain, io, mac)) ?? (await readable(item, keychain, io))) : null;
  if (closed !== null) return tellError('SecKeychainItemCopyContent', closed, io);
  if (options.onlySecret) {
    io.print(`${isPlain(item.secret) ? item.secret : hexOf(item.secret)}\n`);
    return 0;
  }
  io.print(attributesOf(item, keychain));
  if (options.showSecret) {
    const shown = isPlain(item.secret) ? '' : `0x${hexOf(item.secret).toUpperCase()}  `;
    io.printErr(`password: ${shown}"${item.secret}"\n`);
  }
  return 0;
}

export async function addItem(words: readonly string[], io: ToolIo, mac: Mac): Promise<number> {
  const options = readItemOptions('add', words);
  if (options?.account == null || options.service == null) return usage('add-generic-password', io);
  const secret = await secretIn(options, io);
  if (secret === null) {
    // Nothing is put in, and that counts as done.
    io.printErr("passwords don't match\n");
    return 0;
  }
  const keychain = namedKeychains(options.keychains, io, mac)?.[0];
  const where = `SecKeychainItemCreateFromContent (${options.keychains[0] ?? '<default>'})`;
  if (keychain === undefined) return tellError(where, 'keychain not found', io);
  const refused = writable(keychain, io) ?? (await opened(keychain, io, mac));
  if (refused !== null) return tellError(where, refused, io);
  const { account, service } = options;
  const before = keychain.items.find((one) => one.account === account && one.service === service);
  if (before !== undefined && !options.update) return tellError(where, 'duplicate', io);
  if (mac.faults.strikes('keychain-write-lost')) return 0;
  const now = mac.world.wall();
  mac.keychains.put(keychain, {
    account,
    service,
    label: options.label ?? before?.label ?? service,
    kind: options.kind ?? before?.kind ?? null,
    comment: options.comment ?? before?.comment ?? null,
    secret,
    trusted: trustedBy(options, before),
    createdAt: before?.createdAt ?? now,
    changedAt: now,
  });
  return 0;
}

export async function deleteItem(words: readonly string[], io: ToolIo, mac: Mac): Promise<number> {
  const options = readItemOptions('delete', words);
  if (options === null) return usage('delete-generic-password', io);
  const found = lookUp(options, io, mac);
  if (typeof found === 'number') return found;
  const { item, keychain } = found;
  const refused = writable(keychain, io) ?? (await opened(keychain, io, mac));
  if (refused !== null) return tellError('SecKeychainItemDelete', refused, io);
  io.print(attributesOf(item, keychain));
  mac.keychains.remove(keychain, item);
  io.print('password has been deleted.\n');
  return 0;
}

function lookUp(options: ItemOptions, io: ToolIo, mac: Mac): { item: KeychainItem; keychain: Keychain } | number {
  const keychains = namedKeychains(options.keychains, io, mac);
  if (keychains === null) return tellError(SEARCH, 'keychain not found', io);
  const { account, service, label } = options;
  for (const keychain of keychains) {
    const item = keychain.items.find(
      (one) =>
        (account === null || one.account === account) &&
        (service === null || one.service === service) &&
        (label === null || one.label === label),
    );
    if (item !== undefined) return { item, keychain };
  }
  return tellError(SEARCH, 'item not found', io);
}

/** Null where it was asked for twice and the answers differ. */
async function secretIn({ secret }: ItemOptions, io: ToolIo): Promise<string | null> {
  if (secret !== 'asked') return secret ?? '';
  const first = await io.ask('password data for new item: ');
  const again = await io.ask('retype password for new item: ');
  return first === again ? first : null;
}

/** Programs named may read it, else this tool; what may read an item already stays as it was. */
function trustedBy({ trusted }: ItemOptions, before: KeychainItem | undefined): readonly string[] | null {
  if (trusted === 'all') return null;
  if (trusted !== null) return trusted;
  return before === undefined ? [SECURITY] : before.trusted;
}

function attributesOf(item: KeychainItem, { path }: Keychain): string {
  const text = (value: string | null): string => (value === null ? '<NULL>' : `"${value}"`);
  const time = (at: number): string => {
    const stamp = `${isoOf(at).replace(/\.\d+/, '').replaceAll(/[-:T]/g, '').replace(/Z?$/, 'Z')}`;
    return `0x${hexOf(`${stamp}\0`).toUpperCase()}  "${stamp}\\000"`;
  };
  return [
    `keychain: "${path}"`,
    'version: 256',
    'class: "genp"',
    'attributes:',
    `    0x00000007 <blob>=${text(item.label)}`,
    '    0x00000008 <blob>=<NULL>',
    `    "acct"<blob>=${text(item.account)}`,
    `    "cdat"<timedate>=${time(item.createdAt)}`,
    '    "crtr"<uint32>=<NULL>',
    '    "cusi"<sint32>=<NULL>',
    `    "desc"<blob>=${text(item.kind)}`,
    '    "gena"<blob>=<NULL>',
    `    "icmt"<blob>=${text(item.comment)}`,
    '    "invi"<sint32>=<NULL>',
    `    "mdat"<timedate>=${time(item.changedAt)}`,
    '    "nega"<sint32>=<NULL>',
    '    "prot"<blob>=<NULL>',
    '    "scrp"<sint32>=<NULL>',
    `    "svce"<blob>=${text(item.service)}`,
    '    "type"<uint32>=<NULL>',
    '',
  ].join('\n');
}

/** Only what ASCII can print is shown as it is; anything else, an umlaut too, comes as digits. */
function isPlain(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text);
}

function hexOf(text: string): string {
  return Buffer.from(text).toString('hex');
}

function usage(command: string, io: ToolIo): number {
  io.printErr(`Usage: ${command} [-a account] [-s service] [options...] [keychain...]\n`);
  return USAGE_EXIT;
}
