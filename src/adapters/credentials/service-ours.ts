import type { Account } from '../../domain/accounts.ts';
import type { MethodTrouble } from '../../domain/authority.ts';
import { credentialId } from '../../domain/credentials.ts';
import { UpkeepError } from '../../domain/problem.ts';
import type { Unfit } from './account-fitness.ts';
import {
  accountWith,
  allAccounts,
  FULL_NAME,
  HOME,
  preparedItem,
  type ServiceParts,
  SHELL,
} from './service-account.ts';
import type { ServiceRecord } from './service-record.ts';
import { tryLogin } from './try-login.ts';

/** `foreign`: somebody else’s account has the name; ours was never made. */
export type Ours =
  | { is: 'absent' }
  | { is: 'ours'; account: Account; guid: string }
  | { is: 'foreign'; holder: Account };

/**
 * Which account is ours, if any. Once its GUID is known nothing else counts. Until then, after a crash in the middle of
 * making it, an account is ours if it was made as ours are and the prepared password logs in to it. Throws where that
 * cannot be told; then nothing may be done to that account.
 */
export async function ourAccount(parts: ServiceParts, record: ServiceRecord): Promise<Ours> {
  const accounts = await allAccounts(parts);
  if (record.guid !== null) {
    const account = accountWith(record.guid, accounts);
    return account === null ? { is: 'absent' } : { is: 'ours', account, guid: record.guid };
  }
  // Also under another name: nobody had the full name before, and somebody may have renamed it since.
  const account = accounts.find(looksLikeOurs);
  if (account === undefined || account.guid === null) {
    const holder = accounts.find(({ name, otherNames }) => [name, ...otherNames].includes(record.name));
    return holder === undefined ? { is: 'absent' } : { is: 'foreign', holder };
  }
  const { guid } = account;
  const item = preparedItem(parts);
  const secret = item === null || item.version !== record.version ? null : await parts.store.readPrepared(item);
  if (item === null || secret === null) {
    throw cannotTell(account, { trouble: 'password-gone', why: 'the password it was made with cannot be read' });
  }
  const tried = await tryLogin(parts, { account: account.name, credential: credentialId(item), secret });
  if (tried.login === 'unknown') throw cannotTell(account, tried.unfit);
  if (tried.login === 'wrong') throw notProven(account);
  parts.record.write({ ...record, guid });
  return { is: 'ours', account, guid };
}

function looksLikeOurs({ fullName, home, shell }: Account): boolean {
  return fullName === FULL_NAME && home === HOME && shell === SHELL;
}

function cannotTell({ name }: Account, { trouble, why }: Unfit): UpkeepError {
  return new UpkeepError('credential.later', `whether the account “${name}” is upkeep’s is not known: ${why}.`, {
    remedy: `upkeep was cut off while it made that account. ${WHEN[trouble] ?? 'Try again in a minute.'} ${byHand(name)}`,
    facts: { account: name, trouble },
  });
}

/** No waiting helps here: either somebody gave it another password, or it only looks like ours. */
function notProven({ name }: Account): UpkeepError {
  return new UpkeepError(
    'account.in-the-way',
    `the account “${name}” looks as upkeep makes its own, and the password upkeep made for it does not log in.`,
    {
      remedy: `Somebody gave it another password, or it is somebody else’s. See when it was made, and ask whoever administers this Mac: \`sudo dscl . -read /Users/${name} accountPolicyData\`. ${byHand(name)} If somebody needs it, give it another name.`,
      facts: { account: name },
    },
  );
}

/** What a person can do at any time. */
function byHand(name: string): string {
  return `Or look at it (\`dscl . -read /Users/${name}\`), and if nobody needs it, delete it yourself: \`sudo sysadminctl -deleteUser ${name}\`; then try again. Nothing was changed.`;
}

const WHEN: Partial<Record<MethodTrouble, string>> = {
  'tried-today': 'Its password is tried once a day: try again a day after that.',
  'near-lockout': 'Too many wrong passwords were typed for it: try again when an administrator has unlocked it.',
  locked: 'It is locked after too many wrong passwords: try again when the lock has ended.',
  'password-gone': 'Try again in a minute; if it goes on, that password is lost.',
};
