import type { PersonState } from './authority.ts';
import type { RefusalWhy } from './reason.ts';

/** What an administrator can do about a way that was refused; `account` names whose password it is, where that is known. */
export function refusalRemedy(why: RefusalWhy, account: string | null): string {
  const remedy = REFUSED[why];
  return typeof remedy === 'string' ? remedy : remedy(account === null ? 'the account' : `“${account}”`);
}

/** The same about the person at the Mac, whose account could not authorise an install. */
export function personRemedy(why: PersonState): string {
  return PERSON[why];
}

const SERVER = 'Ask whoever runs the management server.';

const REFUSED: Record<RefusalWhy, string | ((account: string) => string)> = {
  unknown:
    'Try again in a minute. If it goes on, look by hand: `sysadminctl -secureTokenStatus USER`, `diskutil apfs listUsers /`.',
  'keychain-unavailable': 'Try again later; a person’s keychain is open only while they are logged in.',
  'password-gone': 'Save it again with `sudo upkeep auth set`.',
  'no-account': 'Name an account that is on this Mac and not disabled.',
  'no-token': (account) =>
    `An administrator who has a secure token can give ${account} one: \`sysadminctl -secureTokenOn\`. Where there is a service account, so can \`sudo upkeep secure-token grant\`.`,
  'not-owner':
    'An account that had a secure token when macOS was set up, or got one since, owns the volume; choose such a one.',
  'not-filevault-user': 'Let somebody who can unlock FileVault add the account: `sudo fdesetup add -usertoadd USER`.',
  'wrong-password':
    'Save the right one with `sudo upkeep auth set`. A wrong one counts as a failed login, so it is not tried again.',
  drifted: (account) =>
    `Let ${account} change its password in System Settings, or use \`sysadminctl -resetPasswordFor\` as an administrator with a secure token, so that both are the same again; then \`sudo upkeep auth set\`.`,
  locked: 'Wait until the lock ends, or let an administrator end it.',
  'near-lockout': 'Log in to the account once, which begins the count anew; or wait.',
  'tried-today': 'Wait until then, or save it anew with `sudo upkeep auth set`, which checks what you type.',
  'server-unreachable': SERVER,
  'bootstrap-token': SERVER,
  'no-privilege': SERVER,
  'command-failed': 'Try again; if it goes on, restart the Mac. The try counts as one of the day.',
  'second-saved':
    'Delete the one that is not wanted with `sudo upkeep auth delete`, or let several count with `authentication.severalSaved`.',
};

const PERSON: Record<PersonState, string> = {
  ready: 'Nothing: upkeep asks them.',
  nobody: 'Somebody who owns the volume has to log in.',
  'screen-locked': 'Somebody who owns the volume has to unlock the screen.',
  'no-token':
    'An administrator who has a secure token can give them one: `sysadminctl -secureTokenOn`. Or save another way with `sudo upkeep auth set`.',
  'not-owner': '`sudo upkeep doctor` says who owns the volume. One of those has to log in, or another way be saved.',
  locked: 'They wait until the lock ends, or an administrator ends it. `sudo upkeep doctor` says more.',
  'near-lockout':
    'They log in once with the right password, which begins the count anew. `sudo upkeep doctor` says how near it is.',
  'asked-enough': 'Nothing: upkeep asks again tomorrow.',
  unknown: '`sudo upkeep doctor` says what could not be found out about their account, and why.',
};
