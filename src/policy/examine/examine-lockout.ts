import { ASSUMED_LOCKOUT_ATTEMPTS, type Lockout, lockoutAttempts } from '../../domain/accounts.ts';
import { LEFT_TO_THE_PERSON, type LockoutFacts, mayAttempt } from '../../domain/attempts.ts';
import { localWords, MINUTE_MS } from '../../domain/instant.ts';
import type { CheckupFacts, LoginFacts } from './checkup-facts.ts';
import { attention, broken, type Finding, listed, notKnown, ok } from './finding.ts';

/** How near an account is to being locked by wrong passwords, whoever types them. */
export type LockoutRisk = 'clear' | 'near' | 'locked' | 'unknown';

export function lockoutRisk(name: string, { logins, at }: Pick<CheckupFacts, 'logins' | 'at'>): LockoutRisk {
  const login = logins[name];
  if (login === undefined || !login.failures.known) return 'unknown';
  const verdict = mayAttempt({ account: name, credential: null, at }, lockoutFactsOf(login), []);
  if (verdict.may) return 'clear';
  return verdict.why === 'locked' ? 'locked' : 'near';
}

export function examineLockout(facts: CheckupFacts): Finding[] {
  const names = Object.keys(facts.logins).sort();
  if (names.length === 0) {
    const why = facts.accounts.known ? 'no account was asked about' : facts.accounts.why;
    return [notKnown('lockout.unknown', 'It is not known whether an account is about to be locked.', why)];
  }
  const clear = names.filter((name) => lockoutRisk(name, facts) === 'clear');
  const found = names.flatMap((name) => endangered(name, facts));
  if (clear.length > 0) {
    const counts = clear.map((name) => `${name} (${countWords(facts.logins[name])})`);
    const means = `upkeep stops ${LEFT_TO_THE_PERSON} wrong passwords before an account would be locked.`;
    found.push(ok('lockout.clear', `Far from being locked: ${listed(counts)}.`, means));
  }
  return [...found, ...unknownFailures(names, facts), ...unknownThresholds(names, facts)];
}

function endangered(name: string, facts: CheckupFacts): Finding[] {
  const risk = lockoutRisk(name, facts);
  const login = facts.logins[name];
  if (login === undefined) return [];
  if (risk === 'locked') {
    const { lockedUntil } = lockoutFactsOf(login);
    const until =
      typeof lockedUntil === 'number' ? `until ${localWords(lockedUntil, facts.zone)}` : 'until somebody opens it';
    return [
      broken(
        'lockout.locked',
        `The account ${name} is locked ${until}: ${countWords(login)}.`,
        'Even its right password is refused, so upkeep tries none.',
        `Wait, or as root: \`pwpolicy -u ${name} -enableuser\`. Look for what keeps trying an old password.`,
      ),
    ];
  }
  if (risk !== 'near') return [];
  return [
    attention(
      'lockout.near',
      `The account ${name} is near to being locked: ${countWords(login)}.`,
      'upkeep tries no password of it until the count is lower, so that the person is never locked out by it.',
      `Log in once with the right password, which sets the count to 0. Look for what keeps trying an old one.`,
    ),
  ];
}

function unknownFailures(names: readonly string[], { logins }: CheckupFacts): Finding[] {
  const without = names.filter((name) => logins[name]?.failures.known === false);
  const first = logins[without[0] ?? '']?.failures;
  if (first === undefined || first.known) return [];
  const what = `It is not known how often logging in has failed: ${listed(without)}.`;
  return [notKnown('lockout.unknown', what, first.why)];
}

function unknownThresholds(names: readonly string[], { logins }: CheckupFacts): Finding[] {
  const without = names.filter((name) => thresholdIsUnknown(logins[name]));
  const [first] = without;
  if (first === undefined) return [];
  const what = `It is not known from how many wrong passwords on an account is locked: ${listed(without)}.`;
  const lockout = logins[first]?.lockout;
  if (lockout?.known === false) return [notKnown('lockout.threshold-unknown', what, lockout.why)];
  return [
    {
      code: 'lockout.threshold-unknown',
      mark: 'unknown',
      what,
      means: `upkeep takes it for ${ASSUMED_LOCKOUT_ATTEMPTS}.`,
      remedy: 'A passcode profile with a limit makes it known: `pwpolicy -getaccountpolicies` shows what holds here.',
    },
  ];
}

const thresholdIsUnknown = (login: LoginFacts | undefined): boolean =>
  login !== undefined && (!login.lockout.known || login.lockout.value.state === 'unknown');

/** What the Mac counts, as the rule about attempts wants it. A lock counts from the last wrong password on. */
function lockoutFactsOf({ lockout, failures, failedAt }: LoginFacts): LockoutFacts {
  const limit: Lockout = lockout.known ? lockout.value : { state: 'unknown' };
  const count = failures.known ? failures.value : null;
  // An assumed limit is reason to be careful, and none to say that the account is locked.
  if (limit.state !== 'limited' || count === null || count < limit.attempts) {
    return { lockout: limit, failures: count, lockedUntil: null };
  }
  if (limit.resetMinutes === null || failedAt === null)
    return { lockout: limit, failures: count, lockedUntil: 'for good' };
  return { lockout: limit, failures: count, lockedUntil: failedAt + limit.resetMinutes * MINUTE_MS };
}

function countWords(login: LoginFacts | undefined): string {
  if (login === undefined || !login.failures.known) return 'not counted';
  const limit = login.lockout.known ? lockoutAttempts(login.lockout.value) : ASSUMED_LOCKOUT_ATTEMPTS;
  const assumed = thresholdIsUnknown(login) ? 'assumed ' : '';
  return `${login.failures.value} wrong in a row, ${limit === null ? 'nothing ever locks it' : `locked from ${assumed}${limit} on`}`;
}
