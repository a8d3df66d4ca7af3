import type { Mac } from '../mac/mac.ts';
import { nsLogHead } from './local-time.ts';
import { changeOwnPassword, resetPassword } from './sysadminctl-passwords.ts';
import { readSysadminRequest, type Say, type SysadminRequest } from './sysadminctl-request.ts';
import { tokenOff, tokenOn, tokenStatus } from './sysadminctl-tokens.ts';
import { addUser, deleteUser } from './sysadminctl-users.ts';
import type { Tool, ToolIo } from './tool.ts';

/** Accounts and secure tokens. It exits 0 whatever came of it; only a look afterwards tells. */
export const sysadminctl: Tool = async (argv, io, mac) => {
  const say: Say = (text) => io.printErr(`${nsLogHead(mac, 'sysadminctl', io.pid)} ${text}\n`);
  const request = readSysadminRequest(argv);
  if (request === null) {
    say(USAGE);
    return 0;
  }
  await io.sleep(mac.random.whole(80, 600));
  // A window nobody is there to answer, or that nobody simulated answers.
  if (request.flags.has('interactive')) await io.forever();
  const refusal = request.verb === '-secureTokenStatus' ? null : mac.faults.strikes('sysadminctl-refuses');
  if (refusal !== null) say(refusal.text ?? '### Error:-14987 File:DSRecord.m Line:496');
  else await carryOut(request, io, mac, say);
  return 0;
};

async function carryOut(request: SysadminRequest, io: ToolIo, mac: Mac, say: Say): Promise<void> {
  switch (request.verb) {
    case '-secureTokenStatus':
      return tokenStatus(request, mac, say);
    case '-secureTokenOn':
      return tokenOn(request, io, mac, say);
    case '-secureTokenOff':
      return tokenOff(request, io, mac, say);
    case '-addUser':
      return addUser(request, io, mac, say);
    case '-deleteUser':
      return deleteUser(request, io, mac, say);
    case '-resetPasswordFor':
      return resetPassword(request, io, mac, say);
    case '-newPassword':
      return changeOwnPassword(request, io, mac, say);
  }
}

const ADMIN = '-adminUser <administrator user name> -adminPassword <administrator password>)';
const USAGE = [
  'Usage: sysadminctl',
  `\t-deleteUser <user name> [-secure || -keepHome] (interactive || ${ADMIN}`,
  '\t-newPassword <new password> -oldPassword <old password> [-passwordHint <password hint>]',
  `\t-resetPasswordFor <local user name> -newPassword <new password> [-passwordHint <password hint>] (interactive] || ${ADMIN}`,
  `\t-addUser <user name> [-fullName <full name>] [-UID <user ID>] [-GID <group ID>] [-shell <path to shell>] [-password <user password>] [-hint <user hint>] [-home <full path to home>] [-admin] [-roleAccount] [-picture <full path to user image>] (interactive] || ${ADMIN}`,
  '\t-secureTokenStatus <user name>',
  `\t-secureTokenOn <user name> -password <password> (interactive || ${ADMIN}`,
  `\t-secureTokenOff <user name> -password <password> (interactive || ${ADMIN}`,
  `\t-autologin set -userName <user name> [-password <user password>] || off || status (interactive || ${ADMIN}`,
  '\t-guestAccount <on || off || status>',
  '\t-afpGuestAccess <on || off || status>',
  '\t-smbGuestAccess <on || off || status>',
  '\t-automaticTime <on || off || status>',
  '\t-filesystem status',
  '\t-screenLock <status || immediate || off || seconds> -password <password>',
  '',
  "Pass '-' instead of password in commands above to request prompt.",
  "'-adminPassword' used mostly for scripted operation. Use '-' or 'interactive' to get the authentication string interactively. This preferred for security reasons",
  '',
  '*Role accounts require name starting with _ and UID in 200-400 range.',
].join('\n');
