import type { Keychain, KeychainItem } from '../mac/keychains.ts';
import type { Mac } from '../mac/mac.ts';
import type { Caller, ToolIo } from './tool.ts';

/** OSStatus codes of the keychain; a tool's exit status is their last byte. */
const STATUS = {
  'item not found': [-25300, 'The specified item could not be found in the keychain.'],
  'keychain not found': [-25294, 'The specified keychain could not be found.'],
  'no interaction': [-25308, 'User interaction is not allowed.'],
  duplicate: [-25299, 'The specified item already exists in the keychain.'],
  'wrong password': [-25293, 'The user name or passphrase you entered is not correct.'],
  'no writing': [-61, 'Write permissions error.'],
} as const;
export type KeychainError = keyof typeof STATUS;

/** This tool's own path: what it puts into a keychain it may read again. */
export const SECURITY = '/usr/bin/security';

export function tellError(where: string, error: KeychainError, io: ToolIo): number {
  const [code, text] = STATUS[error];
  io.printErr(`security: ${where}: ${text}\n`);
  return code & 0xff;
}

/** Where somebody's items are looked for if no keychain is named: root has the Mac's own only. */
export function searchList({ uid }: Caller, mac: Mac): Keychain[] {
  const account = mac.accounts.numbered(uid);
  return account === null ? [mac.keychains.system] : [mac.keychains.ofUser(account), mac.keychains.system];
}

export function namedKeychains(paths: readonly string[], io: ToolIo, mac: Mac): Keychain[] | null {
  if (paths.length === 0) return searchList(io.caller, mac);
  const found = paths.map((path) => mac.keychains.at(path));
  return found.includes(null) ? null : found.filter((keychain) => keychain !== null);
}

/**
 * Whether the contents can be had. Somebody else's keychain, or one's own from outside one's session, is closed; in the
 * session a locked one puts up a window that asks for its password, and waits.
 */
export async function opened(keychain: Keychain, io: ToolIo, mac: Mac): Promise<KeychainError | null> {
  if (keychain.uid === 0) return null;
  const { uid, sessionUid } = io.caller;
  const inSession = uid === keychain.uid && sessionUid === keychain.uid;
  if (!inSession || mac.faults.strikes('keychain-locked')) return 'no interaction';
  if (keychain.locked) await io.forever();
  return null;
}

/** Whether this tool may read a secret without anybody being asked; where there is nobody to ask it may not. */
export async function readable(item: KeychainItem, keychain: Keychain, io: ToolIo): Promise<KeychainError | null> {
  const trusted = item.trusted === null || item.trusted.includes(SECURITY);
  const mine = keychain.uid !== 0 || io.caller.uid === 0;
  if (trusted && mine) return null;
  if (io.caller.sessionUid === null) return 'no interaction';
  return io.forever();
}

export function writable(keychain: Keychain, io: ToolIo): KeychainError | null {
  return keychain.uid === 0 && io.caller.uid !== 0 ? 'no writing' : null;
}
