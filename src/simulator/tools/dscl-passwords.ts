import type { Mac } from '../mac/mac.ts';
import type { DirectoryError } from './directory-errors.ts';
import type { DsclRequest } from './dscl-request.ts';
import type { ToolIo } from './tool.ts';

/** `-authonly {user} [password]`: silent where it is right. It counts as a log-in, and a wrong one as a failed one. */
export async function authenticate({ raw }: DsclRequest, io: ToolIo, mac: Mac): Promise<DirectoryError | null> {
  const [name = '', given] = raw;
  const password = given ?? (await io.ask('Password: '));
  switch (mac.accounts.check(name, password)) {
    case 'right':
      return null;
    case 'wrong':
      return 'eDSAuthFailed';
    case 'no such account':
      return 'eDSRecordNotFound';
    case 'locked out':
    case 'disabled':
      return 'eDSAuthAccountDisabled';
  }
}

/**
 * `-passwd {record} [old] {new}`: without the old one, root changes what opens a session and nothing else. The disk
 * keeps the old password, and so does the keychain.
 */
export async function changePassword(
  { path, rest }: DsclRequest,
  io: ToolIo,
  mac: Mac,
): Promise<DirectoryError | null> {
  const account = path[0] === 'Users' ? mac.accounts.named(path[1] ?? '') : null;
  if (account === null) return 'eDSRecordNotFound';
  const [first, second] = rest;
  const old = second === undefined ? null : (first ?? '');
  const password = second ?? first ?? (await io.ask('New Password: '));
  const refuse = (error: DirectoryError): DirectoryError => {
    io.print(`passwd: DS error: ${error}\n`);
    return error;
  };
  if (old === null && io.caller.uid !== 0) return refuse('eDSAuthFailed');
  if (old !== null && mac.accounts.check(account.name, old) !== 'right') return refuse('eDSAuthFailed');
  const unlocked = old !== null && mac.tokens.unlocks(account, old);
  if (mac.accounts.setLoginPassword(account, password) !== null) return refuse('eDSAuthPasswordQualityCheckFailed');
  if (unlocked) mac.accounts.putCryptoPassword(account, password);
  if (old !== null) mac.keychains.changePassword(account, old, password);
  return null;
}
