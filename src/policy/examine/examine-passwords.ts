import { type Instant, localWords } from '../../domain/instant.ts';
import type { CheckupFacts, ServiceAccountFacts, Verification } from './checkup-facts.ts';
import { attention, broken, type Finding, notKnown, ok } from './finding.ts';
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
      ok(
        'keychain.root-only',
        'Only root can read the passwords that are kept.',
        'They are sealed with a key that lies in a file of root’s.',
      ),
    ];
  }
  return [
    broken(
      'keychain.open',
      'Others than root can read the key to the passwords that are kept, or change it.',
      'Whoever has it, and can ask the keychain, can authorise whatever those accounts may.',
      'Give the files in the folder of the state back to root alone (`sudo upkeep install` mends the folder, `sudo chmod 600` a file). Then change those passwords: begin with `sudo upkeep auth delete --all`, and save them anew.',
    ),
  ];
}

/** Whether upkeep's own account can do what it is there for. */
export function examineServiceAccount(facts: CheckupFacts): Finding[] {
  const { serviceAccount, accounts, at, zone } = facts;
  if (serviceAccount === undefined) return [];
  const unknown = (why: string): Finding[] => [
    notKnown('service-account.unknown', 'It is not known whether upkeep’s own account is healthy.', why),
  ];
  if (!serviceAccount.known) return unknown(serviceAccount.why);
  const { value: own } = serviceAccount;
  if (own.state === 'unfinished') {
    const remedy =
      '`sudo upkeep service-account create --admin USER` finishes it, `sudo upkeep service-account delete` gives it up.';
    return [
      broken('service-account.unfinished', `Making upkeep’s own account ${own.name} was cut off.`, USELESS, remedy),
    ];
  }
  if (own.state === 'gone')
    return [broken('service-account.missing', `upkeep’s own account ${own.name} is gone.`, USELESS, ANEW)];
  if (own.renamedFrom !== null) {
    const what = `upkeep’s own account ${own.renamedFrom} was renamed to ${own.name}.`;
    return [
      broken(
        'service-account.renamed',
        what,
        USELESS,
        `Give it its name back, or ${ANEW.charAt(0).toLowerCase()}${ANEW.slice(1)}`,
      ),
    ];
  }
  if (!accounts.known) return unknown(accounts.why);
  const account = accountNamed(own.name, accounts.value);
  if (account === null)
    return [broken('service-account.missing', `upkeep’s own account ${own.name} is gone.`, USELESS, ANEW)];
  if (account.disabled) {
    const remedy = `Switch it on again: \`sudo pwpolicy -u ${own.name} -enableuser\`.`;
    return [broken('service-account.disabled', `upkeep’s own account ${own.name} is switched off.`, USELESS, remedy)];
  }
  const token = tokenOf(account, facts);
  const owner = ownershipIn(account, facts);
  const matters = !facts.appleSilicon.known || facts.appleSilicon.value;
  if (matters && token === 'disabled')
    return [broken('service-account.no-token', `upkeep’s own account ${own.name} has no secure token.`, USELESS, ANEW)];
  if (matters && owner === 'not-owner')
    return [
      broken(
        'service-account.not-owner',
        `upkeep’s own account ${own.name} does not own the startup volume.`,
        USELESS,
        ANEW,
      ),
    ];
  const found = conditionOf(own, at, zone);
  if (matters && (token === 'unknown' || owner === 'unknown')) {
    return [
      ...found,
      ...unknown(`nothing certain says whether ${own.name} has a secure token and owns the startup volume`),
    ];
  }
  if (found.length > 0) return found;
  return [ok('service-account.healthy', `upkeep’s own account ${own.name} is healthy.`, 'It can authorise an update.')];
}

/** What does not keep it from authorising an update. */
function conditionOf(own: Extract<ServiceAccountFacts, { state: 'ready' }>, at: Instant, zone: string): Finding[] {
  const found: Finding[] = [];
  if (own.altered.length > 0) {
    found.push(
      attention(
        'service-account.altered',
        `upkeep’s own account ${own.name} is not as upkeep made it: ${own.altered.join(', ')}.`,
        'Somebody or something changed it.',
        `Look at what changes accounts on this Mac. ${ANEW}`,
      ),
    );
  }
  if (own.rotating) {
    found.push(
      attention(
        'service-account.half-rotated',
        `Changing the password of upkeep’s own account ${own.name} was cut off.`,
        'Both the old and the new password are kept until one of them has proved right.',
        '`sudo upkeep service-account rotate` ends it.',
      ),
    );
  } else if (own.rotationDue !== null && own.rotationDue <= at) {
    found.push(
      attention(
        'service-account.rotation-overdue',
        `The password of upkeep’s own account ${own.name} was to be changed by ${localWords(own.rotationDue, zone)}.`,
        'It still works. It is older than the settings allow.',
        '`sudo upkeep service-account rotate` changes it now; if it fails, it says why.',
      ),
    );
  }
  return found;
}

const USELESS = 'It cannot authorise an update.';
const ANEW =
  'Make it anew: `sudo upkeep service-account delete`, then `sudo upkeep service-account create --admin USER`.';

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
  const when = localWords(at, zone);
  switch (verdict) {
    case 'right':
      return ok(
        'password.verified',
        `The password that is kept for ${account} was right on ${when}.`,
        'It was not tried now.',
      );
    case 'only-login':
      return broken(
        'password.drifted',
        `The password that is kept for ${account} opens a session and not the disk, as seen on ${when}.`,
        'It was changed by somebody who could not change that of the secure token, so it authorises nothing.',
        'Change it once more as that account, in System Settings, or take the secure token from it and give it anew. Then save it.',
      );
    case 'only-disk':
      return broken(
        'password.drifted',
        `The password that is kept for ${account} opens the disk and no session, as seen on ${when}.`,
        'The account has got another one since, as from an MDM, and the disk did not follow. It authorises nothing.',
        'Change it once more as that account, in System Settings, so that both are the same. Then save it.',
      );
    case 'wrong':
      return broken(
        'password.wrong',
        `The password that is kept for ${account} was wrong on ${when}.`,
        'It is not tried again, so that the account is not locked.',
        'Save the new password.',
      );
  }
}
