import {
  type Account,
  accountOf,
  agreedToken,
  type CryptoUser,
  isAdmin,
  ownershipOf,
  type TokenState,
  type VolumeOwnership,
} from '../../domain/accounts.ts';
import type { CheckupFacts } from './checkup-facts.ts';

/** What both sources say of an account's token; unknown where they contradict each other. */
export function tokenOf(account: Account, { tokens }: CheckupFacts): TokenState {
  const asked = tokens[account.name];
  return agreedToken(account.token, asked?.known ? asked.value : 'unknown');
}

/** Whether the two sources each say something, and not the same. */
export function isContradicted(account: Account, { tokens }: CheckupFacts): boolean {
  const asked = tokens[account.name];
  const second = asked?.known ? asked.value : 'unknown';
  return account.token !== 'unknown' && second !== 'unknown' && account.token !== second;
}

export function ownershipIn(account: Account, { cryptoUsers }: CheckupFacts): VolumeOwnership {
  return ownershipOf(account, cryptoUsers.known ? cryptoUsers.value : null);
}

/** null where it is not known who the administrators are. */
export function adminIn(account: Account, { administrators }: CheckupFacts): boolean | null {
  return administrators.known ? isAdmin(account, administrators.value) : null;
}

export function accountNamed(name: string, accounts: readonly Account[]): Account | null {
  return accounts.find((each) => each.name === name || each.otherNames.includes(name)) ?? null;
}

/** The accounts behind some of those who can unlock the volume; accounts that are gone are not among them. */
export function accountsBehind(users: readonly CryptoUser[], accounts: readonly Account[]): Account[] {
  return users.map((user) => accountOf(user, accounts)).filter((account) => account !== null);
}
