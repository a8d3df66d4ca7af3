import type { Mac } from '../mac/mac.ts';
import { adminOf, NOT_UNLOCKED, secretOf } from './sysadminctl-admin.ts';
import type { Say, SysadminRequest } from './sysadminctl-request.ts';
import type { ToolIo } from './tool.ts';

const REFUSED =
  'Authentication server refused operation because the current credentials are not authorized for the requested operation.';
const INVALID = 'Credential could not be verified, username or password is invalid.';

/** The answer names the account by its full name, not as it was asked for. */
export function tokenStatus({ subject }: SysadminRequest, mac: Mac, say: Say): void {
  const account = mac.accounts.named(subject);
  if (account === null) say(`Unknown user ${subject}`);
  else say(`Secure token is ${account.secureToken ? 'ENABLED' : 'DISABLED'} for user ${account.fullName}`);
}

/** Gives a token. The administrator's password is asked for before that of the account. */
export async function tokenOn(request: SysadminRequest, io: ToolIo, mac: Mac, say: Say): Promise<void> {
  const { subject, options } = request;
  const account = mac.accounts.named(subject);
  if (account === null) return say(`Unknown user ${subject}`);
  const admin = await adminOf(request, io, mac, say);
  if (admin === 'refused') return;
  const password = await secretOf(options.get('-password') ?? '', `Enter password for ${subject} :`, io);
  if (admin === 'none given') return say(NOT_UNLOCKED);
  if (mac.faults.strikes('token-grant-lies')) return say('Done!');
  if (mac.accounts.check(subject, password) !== 'right') return say(odError(5000, INVALID));
  // An administrator with a token whose disk still knows another password cannot open what it would have to share.
  if (admin.account.secureToken && !mac.tokens.unlocks(admin.account, admin.password)) return say(NOT_UNLOCKED);
  if (!mac.tokens.mayGrant(admin.account, account, admin.password)) return say(odError(5101, REFUSED));
  if (!account.secureToken) mac.tokens.grant(account, password);
  say('Done!');
}

export async function tokenOff(request: SysadminRequest, io: ToolIo, mac: Mac, say: Say): Promise<void> {
  const { subject, options } = request;
  const account = mac.accounts.named(subject);
  if (account === null) return say(`Unknown user ${subject}`);
  const admin = await adminOf(request, io, mac, say);
  if (admin === 'refused') return;
  const password = await secretOf(options.get('-password') ?? '', `Enter password for ${subject} :`, io);
  if (admin === 'none given') return say(NOT_UNLOCKED);
  if (mac.accounts.check(subject, password) !== 'right') return say(odError(5000, INVALID));
  const last = mac.tokens.holders().every((one) => one === account);
  if (!admin.account.admin || !mac.tokens.unlocks(admin.account, admin.password) || last) {
    return say(odError(5101, REFUSED));
  }
  if (account.secureToken) mac.tokens.withdraw(account);
  say('Done!');
}

function odError(code: number, text: string): string {
  const info = `NSLocalizedDescription=${text}, NSLocalizedFailureReason=${text}`;
  return `setSecureTokenAuthorizationEnabled error Error Domain=com.apple.OpenDirectory Code=${code} "${text}" UserInfo={${info}}`;
}
