import type { CheckupFacts } from './checkup-facts.ts';
import { attention, broken, type Finding, listed, notKnown, ok } from './finding.ts';
import { adminIn, isContradicted, tokenOf } from './holders.ts';

/** Whether anybody has a secure token, which is what makes volume owners. */
export function examineTokens(facts: CheckupFacts): Finding[] {
  const { appleSilicon, accounts } = facts;
  if (appleSilicon.known && !appleSilicon.value) {
    return [ok('tokens.not-needed', 'Secure tokens do not matter for updates on this Mac.', INTEL)];
  }
  if (!accounts.known) {
    return [notKnown('tokens.unknown', 'It is not known who has a secure token.', accounts.why)];
  }
  const contradicted = accounts.value.filter((account) => isContradicted(account, facts));
  const found: Finding[] = contradicted.map(({ name }) => ({
    code: 'tokens.contradicted',
    mark: 'unknown',
    what: `Two sources contradict each other about the secure token of ${name}.`,
    means: 'The record of the account and `sysadminctl` say different things; upkeep takes neither for true.',
    remedy: `Compare \`sysadminctl -secureTokenStatus ${name}\` with \`diskutil apfs listUsers /\`.`,
  }));
  const holders = accounts.value.filter((account) => tokenOf(account, facts) === 'enabled');
  const usable = holders.filter(({ disabled }) => !disabled);
  if (usable.length > 0)
    return [
      ...found,
      ...holdersFound(
        usable.map(({ name }) => name),
        usable,
        facts,
      ),
    ];
  if (holders.length > 0) {
    const names = listed(holders.map(({ name }) => name));
    found.push(
      broken(
        'tokens.only-disabled',
        `Only accounts that are switched off have a secure token: ${names}.`,
        'Nobody can log in with them, so nobody can authorise an update or give others a token.',
        `Switch one of them on again: \`pwpolicy -u ${holders[0]?.name ?? ''} -enableuser\`.`,
      ),
    );
    return found;
  }
  const unsure = accounts.value.filter((account) => isPersons(account.uid) && tokenOf(account, facts) === 'unknown');
  if (unsure.length > 0) {
    if (contradicted.length === 0) {
      const names = listed(unsure.map(({ name }) => name));
      found.push(
        notKnown(
          'tokens.unknown',
          'It is not known whether anybody has a secure token.',
          `nothing says it of ${names}`,
        ),
      );
    }
    return found;
  }
  found.push(
    broken(
      'tokens.none',
      'No account has a secure token.',
      'Nobody can own the startup volume, so nobody can authorise an update.',
      'Log in with an administrator at the login window, which gives the first token; then see that the MDM has a bootstrap token.',
    ),
  );
  return found;
}

function holdersFound(names: string[], holders: Parameters<typeof adminIn>[0][], facts: CheckupFacts): Finding[] {
  const there = ok(
    'tokens.there',
    `A secure token: ${listed(names)}.`,
    'An account with a token can become a volume owner.',
  );
  // Somebody of whom it is not known may be one.
  if (holders.some((account) => adminIn(account, facts) !== false)) return [there];
  return [
    there,
    attention(
      'tokens.no-administrator',
      `No administrator has a secure token, only ${listed(names)}.`,
      'Only an administrator with a token can give one to others, or escrow a bootstrap token anew.',
      `Make ${names[0] ?? 'one of them'} an administrator for the time it takes to give a token to one who is.`,
    ),
  ];
}

/** Accounts of people; those of macOS itself never have a token. */
const isPersons = (uid: number): boolean => uid >= 500;

export const INTEL = 'On an Intel Mac root alone is enough to install them.';
