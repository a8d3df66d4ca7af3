import type { PersonState } from '../../domain/authority.ts';
import type { CheckupFacts } from './checkup-facts.ts';
import { lockoutRisk } from './examine-lockout.ts';
import { INTEL } from './examine-tokens.ts';
import { attention, type Finding, notKnown, ok } from './finding.ts';
import { accountNamed, adminIn, ownershipIn, tokenOf } from './holders.ts';

/** What the person at the Mac could do about an update, locked screen or not: that passes. */
export function examinePerson(facts: CheckupFacts): Finding[] {
  const { appleSilicon, consoleUser, accounts } = facts;
  if (appleSilicon.known && !appleSilicon.value) {
    return [ok('person.not-needed', 'Nobody has to authorise an update on this Mac.', INTEL)];
  }
  const unknown = (why: string): Finding[] => [
    notKnown('person.unknown', 'It is not known whether somebody at the Mac could authorise an update.', why),
  ];
  if (!consoleUser.known) return unknown(consoleUser.why);
  if (consoleUser.value === null) {
    const means = 'Whether the next one who logs in can authorise an update, the owners above tell.';
    return [ok('person.nobody', 'Nobody is logged in at the screen.', means)];
  }
  if (!accounts.known) return unknown(accounts.why);
  const { name } = consoleUser.value;
  const account = accountNamed(name, accounts.value);
  if (account === null) {
    return [
      attention(
        'person.not-local',
        `${name}, who is logged in, has no account on this Mac.`,
        'An account of the network alone can have no secure token and cannot authorise an update.',
        'Let a local account be made for this person, as a mobile account or by Platform SSO.',
      ),
    ];
  }
  const token = tokenOf(account, facts);
  const owner = ownershipIn(account, facts);
  if (token === 'disabled') {
    return [
      attention(
        'person.no-token',
        `${name}, who is logged in, has no secure token.`,
        'Their password cannot authorise an update, so they are not asked for it.',
        `An administrator with a token can give one: \`sysadminctl -secureTokenOn ${name} -password - -adminUser ADMIN -adminPassword -\`.`,
      ),
    ];
  }
  if (owner === 'not-owner') {
    return [
      attention(
        'person.not-owner',
        `${name}, who is logged in, does not own the startup volume.`,
        'Their password cannot authorise an update, so they are not asked for it.',
        'Take the secure token from the account and give it anew; see afterwards with `diskutil apfs listUsers /`.',
      ),
    ];
  }
  if (token === 'unknown') return unknown(`nothing certain says whether ${name} has a secure token`);
  if (owner === 'unknown')
    return unknown(
      facts.cryptoUsers.known ? `this macOS does not say whether ${name} is an owner` : facts.cryptoUsers.why,
    );
  const admin = adminIn(account, facts);
  const kind = admin === null ? 'administrator or not is not known' : admin ? 'an administrator' : 'no administrator';
  return [
    ok(
      'person.ready',
      `${name}, who is logged in, can authorise an update (token, owner, ${kind}).`,
      'Being an administrator is not needed for it.',
    ),
  ];
}

/** The same in the words of the choice. A screen that is locked now does not count. */
export function personStateOf(facts: CheckupFacts): PersonState {
  const code = examinePerson(facts)[0]?.code;
  if (code === 'person.nobody') return 'nobody';
  if (code === 'person.no-token' || code === 'person.not-local') return 'no-token';
  if (code === 'person.not-owner') return 'not-owner';
  if (code !== 'person.ready' || !facts.consoleUser.known || facts.consoleUser.value === null) return 'unknown';
  const risk = lockoutRisk(facts.consoleUser.value.name, facts);
  return risk === 'near' || risk === 'locked' ? 'near-lockout' : 'ready';
}
