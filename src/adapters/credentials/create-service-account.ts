import type { Account } from '../../domain/accounts.ts';
import type { KeptItem, SavedCredential } from '../../domain/credentials.ts';
import { UpkeepError } from '../../domain/problem.ts';
import type { Secret } from '../../domain/secret.ts';
import { addAccount, grantToken, hideAccount, makeAdmin, setShell } from '../commands/account-change-commands.ts';
import { adminMembership } from '../commands/account-commands.ts';
import { runCommand } from '../commands/run-command.ts';
import { fitnessOf } from './account-fitness.ts';
import { fitAdministrator } from './fit-administrator.ts';
import { newPassword } from './new-password.ts';
import { refuseObstacles, type SaveRules } from './obstacles.ts';
import {
  type Administrator,
  accountWith,
  allAccounts,
  FULL_NAME,
  HOME,
  isSameName,
  METHOD,
  preparedItem,
  refuseTakenName,
  type ServiceParts,
  SHELL,
  taken,
} from './service-account.ts';
import { discardPrepared, removeOurAccount } from './service-cleanup.ts';
import { ourAccount } from './service-ours.ts';
import type { ServiceRecord } from './service-record.ts';
import { troubleError } from './trouble-error.ts';
import { verifyPassword } from './verify-password.ts';

/** `standard`: no administrator; it can then neither give tokens nor change its own password. */
export type NewService = { name: string; standard: boolean };
export type Created = { account: string; made: boolean; saved: SavedCredential | null };

/** Throws all that can be said against it before anybody types a password. True where there is one already, finished. */
export async function mayCreate(parts: ServiceParts, { name }: NewService, rules: SaveRules): Promise<boolean> {
  const record = parts.record.read();
  if (record?.ready) {
    const found = await ourAccount(parts, record);
    if (found.is === 'ours' && parts.store.saved(METHOD) !== null) return true;
    throw new UpkeepError('credential.in-the-way', `the service account “${record.name}” or its password is gone.`, {
      remedy: '`sudo upkeep service-account delete` clears away what is left of it; then create it anew.',
      facts: { account: record.name },
    });
  }
  if (record === null) {
    refuseTakenName(name, await allAccounts(parts));
    refuseObstacles(parts.store.inTheWay({ method: METHOD, account: name }, rules), rules);
  }
  return false;
}

/**
 * Makes upkeep's own account: first its password, on the disk and in the keychain, then the intent, then the account, and
 * only when everything about it was looked at does it count. Cut off anywhere, calling it again goes on from there.
 */
export async function createServiceAccount(
  parts: ServiceParts,
  wanted: NewService,
  admin: Administrator,
  rules: SaveRules,
): Promise<Created> {
  if (await mayCreate(parts, wanted, rules)) {
    return { account: parts.record.read()?.name ?? wanted.name, made: false, saved: parts.store.saved(METHOD) };
  }
  const { record, item, secret } = await intent(parts, wanted, admin, rules);
  if (item === null) return finished(parts, record);
  try {
    const guid = await ensureMade(parts, record, secret, admin);
    await ensureKept(parts, { ...record, guid }, secret, admin);
  } catch (error) {
    throw error instanceof GiveUp ? await undone(parts, error) : error;
  }
  await parts.store.promote(item, parts.clock.now(), rules);
  return finished(parts, parts.record.read() ?? record);
}

function finished(parts: ServiceParts, record: ServiceRecord): Created {
  parts.record.write({ ...record, ready: true });
  return { account: record.name, made: true, saved: parts.store.saved(METHOD) };
}

type Intent =
  | { record: ServiceRecord; item: KeptItem; secret: Secret }
  | { record: ServiceRecord; item: null; secret: null };

/** The intent that is on the disk already, or a new one. `item` null: its password counts already. */
async function intent(
  parts: ServiceParts,
  wanted: NewService,
  admin: Administrator,
  rules: SaveRules,
): Promise<Intent> {
  const { store, record: file } = parts;
  const record = file.read();
  if (record !== null) {
    const saved = store.saved(METHOD);
    if (saved?.version === record.version) return { record, item: null, secret: null };
    const item = preparedItem(parts);
    const secret = item?.version === record.version ? await store.readPrepared(item) : null;
    if (item !== null && secret !== null) {
      await refuseUnfitAdmin(parts, admin, record.name);
      return { record, item, secret };
    }
    // Nobody knows its password: if there is an account, it is of no use.
    if (item?.version === record.version && (await ourAccount(parts, record)).is !== 'absent')
      throw unreadablePassword();
    await removeOurAccount(parts);
  }
  refuseTakenName(wanted.name, await allAccounts(parts));
  await refuseUnfitAdmin(parts, admin, wanted.name);
  // One without an intent was prepared by a run that was cut off before it made anything.
  await discardPrepared(parts);
  const secret = await newPassword(parts.commands, null, parts.pick);
  const item = await store.prepare({ method: METHOD, account: wanted.name, uid: null, secret }, rules);
  const made = { name: wanted.name, guid: null, version: item.version, admin: !wanted.standard, ready: false };
  file.write(made);
  return { record: made, item, secret };
}

function unreadablePassword(): UpkeepError {
  return new UpkeepError('credential.later', 'the password of the unfinished service account cannot be read now.', {
    remedy: 'Try again in a minute. `sudo upkeep service-account delete` gives it up. Nothing was changed.',
  });
}

/** Who makes it must be an administrator with a token, by the password that was typed: checked before anything is made. */
async function refuseUnfitAdmin(parts: ServiceParts, admin: Administrator, name: string): Promise<void> {
  if (isSameName(admin.name, name)) {
    throw new UpkeepError('usage.wrong', 'the service account cannot make itself.', {
      remedy: 'Name another account.',
    });
  }
  await requireAdministrator(parts, admin);
}

/** Throws where somebody is no administrator whose password logs in and opens the volume. */
export async function requireAdministrator(parts: ServiceParts, { name, password }: Administrator): Promise<void> {
  const account = await fitAdministrator(parts.commands, name);
  const checked = await verifyPassword(parts, { account: account.name, credential: null, secret: password });
  if (!checked.fit) throw troubleError(`“${name}” cannot authorise this: ${checked.why}.`, checked, name);
}

/** What makes it pointless to go on; what was made of ours is taken back. */
class GiveUp extends Error {
  readonly problem: UpkeepError;
  constructor(problem: UpkeepError) {
    super(problem.message);
    this.problem = problem;
  }
}

async function undone(parts: ServiceParts, { problem }: GiveUp): Promise<UpkeepError> {
  await removeOurAccount(parts);
  await discardPrepared(parts);
  return problem;
}

/** There is the account, and its GUID is on the disk. */
async function ensureMade(
  parts: ServiceParts,
  record: ServiceRecord,
  secret: Secret,
  admin: Administrator,
): Promise<string> {
  const before = await ourAccount(parts, record);
  if (before.is === 'foreign') throw new GiveUp(taken(record.name, before.holder));
  if (before.is === 'ours' && before.account.name !== record.name) throw new GiveUp(renamed(record, before.account));
  if (before.is === 'ours') return before.guid;
  // Once it was there and somebody deleted it: a new one has another GUID, and the name may be anybody's by now.
  if (record.guid !== null) parts.record.write({ ...record, guid: null });
  const holder = (await allAccounts(parts)).find(({ name }) => isSameName(name, record.name));
  if (holder !== undefined) throw new GiveUp(taken(record.name, holder));
  const account = { name: record.name, password: secret, fullName: FULL_NAME };
  const said = await runCommand(parts.commands, addAccount, { account, uid: null, home: HOME, shell: SHELL, admin });
  const after = await ourAccountOr(parts, record, said.error === null);
  if (after !== null) return after;
  const refusedPassword = said.error === 'password-refused';
  throw new GiveUp(
    new UpkeepError(
      'credential.unfit',
      `macOS did not make the account “${record.name}”: ${said.error ?? 'no reason'}.`,
      {
        remedy: refusedPassword
          ? 'The rules for passwords on this Mac refuse a random one of all kinds of characters; `pwpolicy -getaccountpolicies` shows them. Nothing was left behind.'
          : 'Look whether the administrator may make accounts on this Mac, then try again. Nothing was left behind.',
        facts: { account: record.name, said: said.said.join(' ') || null },
      },
    ),
  );
}

/**
 * Its GUID; null where no account came of it. There was none a moment ago and the tool does not complain, so an account that
 * looks like ours is ours; after a complaint it has to prove it.
 */
async function ourAccountOr(parts: ServiceParts, record: ServiceRecord, accepted: boolean): Promise<string | null> {
  const open = { ...record, guid: null };
  if (accepted) {
    const account = (await allAccounts(parts)).find(({ name }) => name === record.name);
    if (account?.guid && account.fullName === FULL_NAME && account.home === HOME) {
      parts.record.write({ ...open, guid: account.guid });
      return account.guid;
    }
  }
  const found = await ourAccount(parts, open);
  return found.is === 'ours' ? found.guid : null;
}

/** It is what it is to be, looked at again after every change: exit 0 and “Done!” prove nothing. */
async function ensureKept(
  parts: ServiceParts,
  record: ServiceRecord & { guid: string },
  secret: Secret,
  admin: Administrator,
): Promise<void> {
  const { commands } = parts;
  const { guid } = record;
  const { name, hidden, shell } = await present(parts, guid);
  if (!hidden) await runCommand(commands, hideAccount, { name });
  if (shell !== SHELL) await runCommand(commands, setShell, { name, shell: SHELL });
  if (record.admin && !(await runCommand(commands, adminMembership, { name })).member) {
    await runCommand(commands, makeAdmin, { name });
  }
  const account = { name, password: secret, fullName: FULL_NAME };
  if ((await tokenTrouble(parts, name)) === 'no-token') await runCommand(commands, grantToken, { account, admin });
  const after = await present(parts, guid);
  const wrong = [
    ...(after.hidden ? [] : ['it is not hidden']),
    ...(after.shell === SHELL ? [] : ['it has a shell']),
    ...(after.home === HOME ? [] : ['it has a home folder']),
    ...(record.admin && !(await runCommand(commands, adminMembership, { name })).member
      ? ['it is no administrator']
      : []),
  ];
  if (wrong.length > 0) throw new GiveUp(notRight(name, wrong.join(', ')));
  const checked = await verifyPassword(parts, { account: name, credential: null, secret });
  if (checked.fit) return;
  // What passes by itself is no reason to give up: the next call goes on from here.
  const problem = troubleError(`the service account cannot be used: ${checked.why}.`, checked, name);
  throw problem.code === 'credential.later' ? problem : new GiveUp(notRight(name, checked.why));
}

async function present(parts: ServiceParts, guid: string): Promise<Account> {
  const account = accountWith(guid, await allAccounts(parts));
  if (account !== null) return account;
  throw new UpkeepError('credential.later', 'the service account vanished while it was being made.', {
    remedy: 'Somebody or something deletes accounts on this Mac. Find out what; then try again.',
  });
}

async function tokenTrouble({ commands }: ServiceParts, name: string): Promise<string | null> {
  const fitness = await fitnessOf(commands, name);
  return fitness.fit ? null : fitness.trouble;
}

function renamed({ name }: ServiceRecord, { name: now }: Account): UpkeepError {
  return new UpkeepError('credential.unfit', `the unfinished service account “${name}” was renamed to “${now}”.`, {
    remedy: 'It was deleted. Look at what changes accounts on this Mac, then try again.',
    facts: { account: now },
  });
}

function notRight(name: string, why: string): UpkeepError {
  return new UpkeepError('credential.unfit', `the account “${name}” did not become what it is to be: ${why}.`, {
    remedy: 'It was deleted again, and nothing was saved. Look at what changes accounts on this Mac, then try again.',
    facts: { account: name },
  });
}
