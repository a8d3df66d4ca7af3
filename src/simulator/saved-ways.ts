import { CredentialStore } from '../adapters/credentials/credential-store.ts';
import type { SavedMethod } from '../domain/credentials.ts';
import { DAY_MS } from '../domain/instant.ts';
import { Secret } from '../domain/secret.ts';
import type { AccountSpec } from './mac/account-spec.ts';
import type { Account } from './mac/accounts.ts';
import type { MacSpec } from './mac/mac-spec.ts';
import type { VirtualMac } from './mac/virtual-mac.ts';
import { FOLDER, filesIn, ownCredentials } from './own-credentials.ts';
import type { SimulationInput } from './simulate.ts';

/** What a saved way can be made to suffer from. Each is brought about on the Mac; the agent has to find it out. */
export const REHEARSED_TROUBLES = [
  'wrong-password',
  'drifted',
  'password-gone',
  'keychain-unavailable',
  'no-account',
  'no-token',
  'not-owner',
  'near-lockout',
  'locked',
] as const;
export type RehearsedTrouble = (typeof REHEARSED_TROUBLES)[number];

/** A password that is saved from the start; `trouble` null: it works. */
export type SavedWay = { method: SavedMethod; trouble: RehearsedTrouble | null };

/** Whose password it is, where the Mac's description has no such account: one is added. */
const ACCOUNTS: Record<Exclude<SavedMethod, 'saved-password'>, AccountSpec> = {
  'local-account': { name: 'itadmin', fullName: 'IT Admin', password: 'kept by IT', admin: true, secureToken: true },
  'service-account': {
    name: '_upkeep',
    fullName: 'Upkeep Service',
    password: 'kept by upkeep',
    admin: true,
    secureToken: true,
    hidden: true,
  },
};

/** The description of the Mac with the accounts that these ways need. */
export function withAccountsFor(ways: readonly SavedWay[], spec: MacSpec): MacSpec {
  const wanted = ways.flatMap(({ method }) => (method === 'saved-password' ? [] : [ACCOUNTS[method]]));
  const missing = wanted.filter(({ name }) => name !== spec.user && !spec.accounts.some((one) => one.name === name));
  return missing.length === 0 ? spec : { ...spec, accounts: [...spec.accounts, ...missing] };
}

/**
 * Saved passwords as the agent has them, over the tools of the simulated Mac: kept in its keychains, with the files about
 * them in memory. They are saved before the agent begins to live, and had proved right two days before that.
 */
export function savedWays(ways: readonly SavedWay[]): Pick<SimulationInput, 'prepare' | 'credentials'> {
  const disk = new Map<string, string>();
  const files = filesIn(disk);
  return {
    prepare: async (mac, parts) => {
      const store = new CredentialStore({ ...parts, folder: FOLDER, files });
      for (const { method, trouble } of ways) {
        const account = accountFor(method, mac);
        const secret = new Secret(account.loginPassword);
        const uid = method === 'saved-password' ? account.uid : null;
        const verifiedAt = parts.clock.now() - 2 * DAY_MS;
        await store.save({ method, account: account.name, uid, secret, verifiedAt }, RULES);
        if (trouble !== null) bringAbout(trouble, { account, mac, method });
      }
    },
    credentials: (parts) => ownCredentials(parts, files),
  };
}

const RULES = { replace: false, severalSaved: true };

function accountFor(method: SavedMethod, mac: VirtualMac): Account {
  const name = method === 'saved-password' ? mac.spec.user : ACCOUNTS[method].name;
  const account = mac.accounts.named(name);
  if (account === null) throw new Error(`the simulated Mac has no account ${name}`);
  return account;
}

type Victim = { account: Account; mac: VirtualMac; method: SavedMethod };

function bringAbout(trouble: RehearsedTrouble, { account, mac, method }: Victim): void {
  const { accounts, keychains } = mac;
  const keychain = method === 'saved-password' ? keychains.ofUser(account) : keychains.system;
  switch (trouble) {
    case 'wrong-password':
      mac.rotatePassword(account.name, OTHER, { cryptoToo: true });
      return;
    case 'drifted':
      mac.rotatePassword(account.name, OTHER);
      return;
    case 'password-gone':
      for (const item of keychain.items.filter((one) => one.account.startsWith(`${method}/`)))
        keychains.remove(keychain, item);
      return;
    case 'keychain-unavailable':
      keychain.password = OTHER;
      keychain.locked = true;
      return;
    case 'no-account':
      accounts.remove(account);
      return;
    case 'no-token':
      mac.tokens.withdraw(account);
      return;
    case 'not-owner':
      account.volumeOwner = false;
      return;
    case 'near-lockout':
    case 'locked': {
      const lockoutAfter = accounts.policyOf(account).lockoutAfter ?? 5;
      account.policy = { ...accounts.policyOf(account), lockoutAfter };
      account.failedLogins = trouble === 'locked' ? lockoutAfter : lockoutAfter - 2;
      account.lastFailedAt = mac.world.wall();
      return;
    }
  }
}

/** What somebody else has set, and upkeep does not know. */
const OTHER = 'set by somebody else';
