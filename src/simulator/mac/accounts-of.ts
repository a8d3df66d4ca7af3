import type { Instant } from '../../domain/instant.ts';
import type { Random } from '../random.ts';
import type { AccountSpec } from './account-spec.ts';
import { Accounts } from './accounts.ts';
import type { Enrolment } from './enrolment.ts';
import { FileVault } from './file-vault.ts';
import type { Note } from './happenings.ts';
import { Keychains } from './keychains.ts';
import type { MacSpec } from './mac-spec.ts';
import { NO_POLICY } from './password-policy.ts';
import { SecureTokens } from './secure-tokens.ts';

export type Who = { accounts: Accounts; tokens: SecureTokens; fileVault: FileVault; keychains: Keychains };
type Surroundings = {
  random: Random;
  now: () => Instant;
  note: Note;
  version: () => string;
  enrolment: Enrolment;
};

/** The accounts a specification describes, and what hangs on them: tokens, FileVault, keychains. */
export function accountsOf(spec: MacSpec, { random, now, note, version, enrolment }: Surroundings): Who {
  const accounts = new Accounts({ random, now, note, policy: spec.passwordPolicy ?? NO_POLICY });
  const keychains = new Keychains();
  const entries = entriesOf(spec);
  const taken = new Set(entries.map(({ uid }) => uid));
  for (const entry of entries) {
    const {
      name,
      password = DEFAULT_PASSWORD,
      keychainPassword,
      passwordPolicy,
      neverLoggedIn = false,
      ...rest
    } = entry;
    const {
      secureToken = rest.volumeOwner ?? rest.cryptoPassword !== undefined,
      volumeOwner = secureToken,
      cryptoPassword = password,
    } = rest;
    const account = accounts.add({
      uid: accounts.freeUid(taken),
      ...given(rest),
      name,
      loginPassword: password,
      createdBy: name === spec.user ? 'setup' : 'root',
      secureToken,
      volumeOwner,
      cryptoPassword: secureToken ? cryptoPassword : null,
      hasLoggedIn: !neverLoggedIn,
      policy: passwordPolicy ?? null,
    });
    keychains.ofUser(account, keychainPassword);
  }
  const vault = spec.fileVault;
  const fileVault = new FileVault({
    accounts,
    random: random.fork('filevault'),
    note,
    state: vault?.state ?? 'off',
    users: vault?.users ?? null,
    personalKey: vault?.recoveryKey ?? null,
    institutionalKey: vault?.institutionalKey ?? false,
    destroysKey: vault?.destroyKeyOnStandby ?? false,
  });
  const bootstrap = { known: () => enrolment.escrowed, works: () => enrolment.tokenWorks() };
  const tokens = new SecureTokens({ accounts, fileVault, version, note, bootstrap });
  return { accounts, tokens, fileVault, keychains };
}

const DEFAULT_PASSWORD = 'correct horse';

/** The account of the plain keys first; an entry of the same name says more about it. */
function entriesOf(spec: MacSpec): AccountSpec[] {
  const { user: name, fullName, admin, volumeOwner, password, lockoutAfter } = spec;
  const own = spec.accounts.find((entry) => entry.name === name) ?? { name };
  const policy = lockoutAfter === null ? {} : { passwordPolicy: { ...NO_POLICY, lockoutAfter } };
  const first = { uid: 501, fullName, admin, volumeOwner, password, ...policy, ...given(own), name };
  return [first, ...spec.accounts.filter((entry) => entry.name !== name)];
}

function given<Fields extends object>(fields: Fields): { [Key in keyof Fields]: Exclude<Fields[Key], undefined> } {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [Key in keyof Fields]: Exclude<Fields[Key], undefined> };
}
