import { localWords } from '../../domain/instant.ts';
import type { CheckupFacts, Verification } from './checkup-facts.ts';
import { broken, type Finding, notKnown, ok } from './finding.ts';
import { accountNamed, ownershipIn, tokenOf } from './holders.ts';

/** Who can read the passwords that are kept. */
export function examineKeychain({ keychain }: CheckupFacts): Finding[] {
  if (keychain === undefined) return [];
  if (!keychain.known) {
    return [notKnown('keychain.unknown', 'It is not known who can read the passwords that are kept.', keychain.why)];
  }
  if (keychain.value === 'empty') return [ok('keychain.empty', 'No password is kept.', 'There is nothing to read.')];
  if (keychain.value === 'root-only') {
    return [
      ok('keychain.root-only', 'Only root can read the passwords that are kept.', 'They lie in the System keychain.'),
    ];
  }
  return [
    broken(
      'keychain.open',
      'Others than root can read a password that is kept.',
      'Whoever can read it can authorise whatever that account may.',
      'Change that password, save it anew, and see what changed the item: the System keychain should be readable by root alone.',
    ),
  ];
}

/** Whether upkeep's own account can do what it is there for. */
export function examineServiceAccount(facts: CheckupFacts): Finding[] {
  const { serviceAccount, accounts } = facts;
  if (serviceAccount === undefined) return [];
  const unknown = (why: string): Finding[] => [
    notKnown('service-account.unknown', 'It is not known whether upkeep’s own account is healthy.', why),
  ];
  if (!serviceAccount.known) return unknown(serviceAccount.why);
  if (!accounts.known) return unknown(accounts.why);
  const name = serviceAccount.value;
  const account = accountNamed(name, accounts.value);
  const fails = (code: 'missing' | 'disabled' | 'no-token' | 'not-owner', what: string): Finding[] => [
    broken(`service-account.${code}`, what, 'It cannot authorise an update.', 'Set upkeep’s own account up anew.'),
  ];
  if (account === null) return fails('missing', `upkeep’s own account ${name} is gone.`);
  if (account.disabled) return fails('disabled', `upkeep’s own account ${name} is switched off.`);
  const token = tokenOf(account, facts);
  const owner = ownershipIn(account, facts);
  const matters = !facts.appleSilicon.known || facts.appleSilicon.value;
  if (matters && token === 'disabled') return fails('no-token', `upkeep’s own account ${name} has no secure token.`);
  if (matters && owner === 'not-owner') {
    return fails('not-owner', `upkeep’s own account ${name} does not own the startup volume.`);
  }
  if (matters && (token === 'unknown' || owner === 'unknown')) {
    return unknown(`nothing certain says whether ${name} has a secure token and owns the startup volume`);
  }
  return [ok('service-account.healthy', `upkeep’s own account ${name} is healthy.`, 'It can authorise an update.')];
}

/** Whether the passwords that are kept still fit. */
export function examineVerifications({ verifications, zone }: CheckupFacts): Finding[] {
  if (verifications === undefined) return [];
  if (!verifications.known) {
    return [
      notKnown('password.unknown', 'It is not known whether the passwords that are kept still fit.', verifications.why),
    ];
  }
  return verifications.value.map((one) => examineVerification(one, zone));
}

function examineVerification({ account, verdict, at }: Verification, zone: string): Finding {
  const when = at === null ? '' : ` on ${localWords(at, zone)}`;
  if (verdict === 'right') {
    return ok('password.verified', `The password that is kept for ${account} was right${when}.`, 'It can be used.');
  }
  if (verdict === 'drifted') {
    return broken(
      'password.drifted',
      `The password of ${account} opens a session and not the disk, as seen${when}.`,
      'It was changed by somebody who could not change that of the secure token, so it authorises nothing.',
      'Change it once more as that account, in System Settings, or take the secure token from it and give it anew.',
    );
  }
  if (verdict === 'wrong') {
    return broken(
      'password.wrong',
      `The password that is kept for ${account} was wrong${when}.`,
      'It is not tried again, so that the account is not locked.',
      'Save the new password.',
    );
  }
  return notKnown(
    'password.never-verified',
    `The password that is kept for ${account} has not been tried yet.`,
    'whether it is right shows with its first use',
    'Nothing has to be done.',
  );
}
