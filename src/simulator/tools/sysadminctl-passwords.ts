import type { Mac } from '../mac/mac.ts';
import { adminOf, mayAct, NOT_ROOT, NOT_UNLOCKED, secretOf, WRONG_PASSWORD } from './sysadminctl-admin.ts';
import type { Say, SysadminRequest } from './sysadminctl-request.ts';
import type { ToolIo } from './tool.ts';

export const AGAINST_POLICY = '### Error:-14165 File:/AppleInternal/Library/BuildRoots/Admin/DSRecord.m Line:496';

/** What it always says where no administrator is named. */
export function warnOfNoUnlock(say: Say): void {
  say('----------------------------');
  say(
    'No clear text password or interactive option was specified (adduser, change/reset password will not allow user to use FDE) !',
  );
  say('----------------------------');
}

/** An administrator's reset: with a token it takes somebody who can open the disk, and then both passwords change. */
export async function resetPassword(request: SysadminRequest, io: ToolIo, mac: Mac, say: Say): Promise<void> {
  const { subject, options } = request;
  const account = mac.accounts.named(subject);
  if (account === null) return say(`Unknown user ${subject}`);
  const admin = await adminOf(request, io, mac, say);
  if (admin === 'refused') return;
  if (admin === 'none given') warnOfNoUnlock(say);
  const password = await secretOf(options.get('-newPassword') ?? '', 'New password:', io);
  if (!mayAct(admin, io)) return say(NOT_ROOT);
  const unlocked = admin !== 'none given' && mac.tokens.unlocks(admin.account, admin.password);
  if (account.secureToken && !unlocked) return say(NOT_UNLOCKED);
  if (mac.accounts.setLoginPassword(account, password) !== null) return say(AGAINST_POLICY);
  // The login keychain is nobody's business here: it keeps the old password.
  if (account.secureToken) mac.accounts.putCryptoPassword(account, password);
}

/** `-newPassword -oldPassword`: the caller's own. On a Mac without any token it brings the first. */
export async function changeOwnPassword(request: SysadminRequest, io: ToolIo, mac: Mac, say: Say): Promise<void> {
  const { options } = request;
  const account = mac.accounts.numbered(io.caller.uid);
  const old = await secretOf(options.get('-oldPassword') ?? '', 'Old password:', io);
  const password = await secretOf(options.get('-newPassword') ?? '', 'New password:', io);
  if (account === null) return say(`Unknown user ${io.caller.name}`);
  if (mac.accounts.check(account.name, old) !== 'right') return say(WRONG_PASSWORD);
  if (account.secureToken && !mac.tokens.unlocks(account, old)) return say(NOT_UNLOCKED);
  if (mac.accounts.setLoginPassword(account, password) !== null) return say(AGAINST_POLICY);
  mac.keychains.changePassword(account, old, password);
  if (account.secureToken) mac.accounts.putCryptoPassword(account, password);
  else if (!mac.tokens.anybody()) mac.tokens.grant(account, password);
}
