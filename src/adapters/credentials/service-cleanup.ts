import type { Account } from '../../domain/accounts.ts';
import { UpkeepError } from '../../domain/problem.ts';
import { deleteAccount, deleteRecord } from '../commands/account-change-commands.ts';
import { cryptoUsers } from '../commands/account-commands.ts';
import { runCommand } from '../commands/run-command.ts';
import { accountWith, allAccounts, METHOD, preparedItem, type ServiceParts } from './service-account.ts';
import { ourAccount } from './service-ours.ts';
import type { ServiceRecord } from './service-record.ts';

/**
 * Takes our account off this Mac, and then forgets it. An account that is not proven to be ours is never touched. Returns
 * whether there was one. Done again it changes nothing.
 */
export async function removeOurAccount(parts: ServiceParts): Promise<boolean> {
  const record = parts.record.read();
  if (record === null) {
    await refuseUnrecorded(parts);
    return false;
  }
  const found = await ourAccount(parts, record);
  if (found.is === 'ours') {
    await refuseLastOwner(parts, found.account);
    await deleteWithGuid(parts, found.account, found.guid);
  }
  parts.record.write(null);
  return found.is === 'ours';
}

/**
 * The same before every credential goes. Where the file of the credentials is damaged, an account that was never seen to be
 * ours is left alone.
 */
export async function removeBeforeAll(parts: ServiceParts): Promise<void> {
  if (parts.store.isReadable() || parts.record.read()?.guid != null) await removeOurAccount(parts);
}

/** After `removeOurAccount`: a password that was prepared for it is of no use to anybody. */
export async function discardPrepared(parts: ServiceParts): Promise<void> {
  const item = preparedItem(parts);
  if (item !== null) await parts.store.discard(item);
}

async function deleteWithGuid(parts: ServiceParts, { name }: Account, guid: string): Promise<void> {
  const { commands } = parts;
  await runCommand(commands, deleteAccount, { name });
  // Without full disk access the home folder goes and the record stays; ours has no home folder.
  if ((await still(parts, guid)) !== null) await runCommand(commands, deleteRecord, { name });
  if ((await still(parts, guid)) === null) return;
  throw new UpkeepError('credential.later', `the service account “${name}” is still there after it was deleted.`, {
    remedy:
      'Give the program that runs upkeep Full Disk Access (System Settings, Privacy & Security, or a PPPC profile), then try again. Its password is kept until then.',
    facts: { account: name },
  });
}

async function still(parts: ServiceParts, guid: string): Promise<Account | null> {
  return accountWith(guid, await allAccounts(parts));
}

/** With its last owner gone nobody could authorise an update, or give a token, ever again. */
async function refuseLastOwner({ commands }: ServiceParts, { guid, name }: Account): Promise<void> {
  const users = (await runCommand(commands, cryptoUsers, undefined)).list;
  const isOurs = (uuid: string) => uuid.toUpperCase() === guid?.toUpperCase();
  const own = users?.find(({ uuid }) => isOurs(uuid));
  if (users !== null && own === undefined) return;
  if (users?.some(({ kind, uuid }) => kind === 'local' && !isOurs(uuid))) return;
  throw new UpkeepError('credential.in-the-way', `“${name}” may be the only account with a secure token on this Mac.`, {
    remedy: 'Give another account one first, with `sudo upkeep secure-token grant USER`. Nothing was deleted.',
    facts: { account: name },
  });
}

/** A password of a service account that counts, and no record of the account: whose it is cannot be proven any more. */
async function refuseUnrecorded(parts: ServiceParts): Promise<void> {
  const saved = parts.store.saved(METHOD);
  if (saved === null) return;
  const accounts = await allAccounts(parts);
  if (!accounts.some(({ name }) => name === saved.account)) return;
  throw new UpkeepError('account.in-the-way', `that the account “${saved.account}” is upkeep’s is not on record.`, {
    remedy: `${parts.record.path} is missing. If the account is not needed, delete it yourself: \`sudo sysadminctl -deleteUser ${saved.account}\`; then try again. Nothing was deleted.`,
    facts: { account: saved.account },
  });
}

export function notReady(record: ServiceRecord | null): UpkeepError {
  return record === null
    ? new UpkeepError('credential.missing', 'there is no service account on this Mac.', {
        remedy: '`sudo upkeep service-account create --admin USER` makes one.',
      })
    : new UpkeepError('credential.missing', `the service account “${record.name}” was not finished.`, {
        remedy: '`sudo upkeep service-account create --admin USER` finishes it.',
        facts: { account: record.name },
      });
}
