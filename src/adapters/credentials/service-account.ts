import type { Account } from '../../domain/accounts.ts';
import type { KeptItem } from '../../domain/credentials.ts';
import { UpkeepError } from '../../domain/problem.ts';
import type { Secret } from '../../domain/secret.ts';
import { listAccounts } from '../commands/account-commands.ts';
import { runCommand } from '../commands/run-command.ts';
import type { CredentialStore } from './credential-store.ts';
import type { ServiceRecordFile } from './service-record.ts';
import type { VerifyParts } from './verify-password.ts';

export const METHOD = 'service-account';
export const FULL_NAME = 'Upkeep Service';
export const HOME = '/var/empty';
export const SHELL = '/usr/bin/false';

/** `pick` gives a random number below another. Whoever calls anything holds the lock of the credentials. */
export type ServiceParts = VerifyParts & {
  store: CredentialStore;
  record: ServiceRecordFile;
  pick: (below: number) => number;
};

/** Somebody whose password a person typed. */
export type Administrator = { name: string; password: Secret };

export async function allAccounts({ commands }: Pick<ServiceParts, 'commands'>): Promise<Account[]> {
  return (await runCommand(commands, listAccounts, undefined)).accounts;
}

/** The account with that GUID, whatever it is called now. */
export function accountWith(guid: string, accounts: readonly Account[]): Account | null {
  return accounts.find((one) => one.guid?.toUpperCase() === guid.toUpperCase()) ?? null;
}

/** The account that goes by a name: as macOS takes them, without regard to capitals, by short, other or full name. */
export function accountCalled(name: string, accounts: readonly Account[]): Account | null {
  return accounts.find((one) => namesOf(one).some((other) => isSameName(other, name))) ?? null;
}

function namesOf({ name, otherNames, fullName }: Account): string[] {
  return [name, ...otherNames, ...(fullName === null ? [] : [fullName])];
}

export function isSameName(a: string, b: string): boolean {
  const plain = (name: string) => name.normalize('NFKC').trim().toLowerCase();
  return plain(a) === plain(b);
}

/** Throws `account.in-the-way` where anybody goes by the name, or by the full name, that the account is to have. */
export function refuseTakenName(name: string, accounts: readonly Account[]): void {
  for (const wanted of [name, FULL_NAME]) {
    const holder = accountCalled(wanted, accounts);
    if (holder !== null) throw taken(wanted, holder);
  }
}

export function taken(wanted: string, holder: Account): UpkeepError {
  const as = holder.name === wanted ? '' : `: “${holder.name}” goes by it`;
  return new UpkeepError('account.in-the-way', `the name “${wanted}” is taken on this Mac already${as}.`, {
    remedy:
      'That account is not upkeep’s, and was not touched. Choose another name with the setting authentication.serviceAccount.name, or rename or remove that account yourself.',
    facts: { wanted, holder: holder.name },
  });
}

/** A password that an account is about to get, or may have got already. */
export function preparedItem({ store }: Pick<ServiceParts, 'store'>): KeptItem | null {
  return store.list().prepared.find(({ method }) => method === METHOD) ?? null;
}
