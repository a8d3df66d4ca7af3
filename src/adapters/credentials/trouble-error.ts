import { type MethodTrouble, PASSING_TROUBLES } from '../../domain/authority.ts';
import { type ProblemCode, UpkeepError } from '../../domain/problem.ts';

/** `credential.later` for what passes by itself, `credential.unfit` for what somebody has to mend. */
export function codeOfTrouble(trouble: MethodTrouble): ProblemCode {
  return PASSING_TROUBLES.has(trouble) ? 'credential.later' : 'credential.unfit';
}

export function troubleError(message: string, { trouble }: { trouble: MethodTrouble }, account: string): UpkeepError {
  return new UpkeepError(codeOfTrouble(trouble), message, {
    remedy: remedyFor(trouble, account),
    facts: { trouble, account },
  });
}

/** What somebody can do about it. */
export function remedyFor(trouble: MethodTrouble, account: string): string {
  const remedy = REMEDIES[trouble];
  return typeof remedy === 'string' ? remedy : remedy(account);
}

const SERVER = 'Ask whoever runs the management server.';

const REMEDIES: Record<MethodTrouble, string | ((account: string) => string)> = {
  'not-set': 'Save one with `sudo upkeep auth set`.',
  unknown:
    'Try again in a minute. If it goes on, look by hand: `sysadminctl -secureTokenStatus USER`, `diskutil apfs listUsers /`.',
  'keychain-unavailable': 'Try again later; a person’s keychain is open only while they are logged in.',
  'password-gone': 'Save it again with `sudo upkeep auth set`.',
  'no-account': 'Name an account that is on this Mac and not disabled.',
  'no-token': (account) =>
    `An administrator who has a secure token can give “${account}” one: \`sysadminctl -secureTokenOn\`.`,
  'not-owner':
    'An account that had a secure token when macOS was set up, or got one since, owns the volume; choose such a one.',
  'not-filevault-user': 'Let somebody who can unlock FileVault add the account: `sudo fdesetup add -usertoadd USER`.',
  'wrong-password':
    'Save the right one with `sudo upkeep auth set`. A wrong one counts as a failed login, so it is not tried again.',
  drifted: (account) =>
    `Let “${account}” change its password in System Settings, or use \`sysadminctl -resetPasswordFor\` as an administrator with a secure token, so that both are the same again; then \`sudo upkeep auth set\`.`,
  locked: 'Wait until the lock ends, or let an administrator end it.',
  'near-lockout': 'Log in to the account once, which begins the count anew; or wait.',
  'tried-today': 'Wait until then, or save it anew with `sudo upkeep auth set`, which checks what you type.',
  'server-unreachable': SERVER,
  'bootstrap-token': SERVER,
  'no-privilege': SERVER,
  'command-failed': 'Try again; if it goes on, restart the Mac. The try counts as one of the day.',
};
