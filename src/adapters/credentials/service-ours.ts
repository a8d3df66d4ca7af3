import type { Account } from '../../domain/accounts.ts';
import { credentialId } from '../../domain/credentials.ts';
import { type ProblemCode, UpkeepError } from '../../domain/problem.ts';
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
 * making it, an account of that name is ours if it was made as ours are and the prepared password logs in to it. Throws
 * where that cannot be told; then nothing may be done to that account.
 */
export async function ourAccount(parts: ServiceParts, record: ServiceRecord): Promise<Ours> {
  const accounts = await allAccounts(parts);
  if (record.guid !== null) {
    const account = accountWith(record.guid, accounts);
    return account === null ? { is: 'absent' } : { is: 'ours', account, guid: record.guid };
  }
  const account = accounts.find(({ name, otherNames }) => [name, ...otherNames].includes(record.name)) ?? null;
  if (account === null) return { is: 'absent' };
  const { guid } = account;
  if (guid === null || !looksLikeOurs(account, record)) return { is: 'foreign', holder: account };
  const item = preparedItem(parts);
  const secret = item === null || item.version !== record.version ? null : await parts.store.readPrepared(item);
  if (item === null || secret === null) throw cannotTell(account, 'the password it was made with cannot be read');
  const tried = await tryLogin(parts, { account: account.name, credential: credentialId(item), secret });
  if (tried.login === 'unknown') throw cannotTell(account, tried.unfit.why);
  if (tried.login === 'wrong') throw cannotTell(account, 'the password it was to be made with does not log in to it');
  parts.record.write({ ...record, guid });
  return { is: 'ours', account, guid };
}

function looksLikeOurs({ name, fullName, home, shell }: Account, record: ServiceRecord): boolean {
  return name === record.name && fullName === FULL_NAME && home === HOME && shell === SHELL;
}

function cannotTell({ name }: Account, why: string): UpkeepError {
  const code: ProblemCode = why.includes('does not log in') ? 'account.in-the-way' : 'credential.later';
  return new UpkeepError(code, `whether the account “${name}” is upkeep’s is not known: ${why}.`, {
    remedy: `upkeep was cut off while it made that account. Try again tomorrow. Or look at it, and if nobody needs it, delete it yourself: \`sudo sysadminctl -deleteUser ${name}\`; then try again. Nothing was changed.`,
    facts: { account: name },
  });
}
