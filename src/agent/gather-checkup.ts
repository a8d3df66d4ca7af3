import { existsSync } from 'node:fs';
import { EscrowFile } from '../adapters/bootstrap-token/escrow-file.ts';
import { lookAtToken } from '../adapters/bootstrap-token/look-at-token.ts';
import * as account from '../adapters/commands/account-commands.ts';
import type { Command } from '../adapters/commands/command.ts';
import * as fact from '../adapters/commands/fact-commands.ts';
import * as fileVault from '../adapters/commands/filevault-commands.ts';
import { accountPolicies, globalPolicy, policiesOfAccount } from '../adapters/commands/password-policy-commands.ts';
import { runCommand } from '../adapters/commands/run-command.ts';
import { privateFiles } from '../adapters/credentials/private-files.ts';
import { endOfFile } from '../adapters/jamf/end-of-file.ts';
import { readJamfLog } from '../adapters/jamf/jamf-log.ts';
import { changeableByOthers } from '../adapters/launchd/rights.ts';
import type { Places } from '../adapters/places.ts';
import { readPreferences } from '../adapters/settings/read-preferences.ts';
import {
  type Account,
  type Lockout,
  type PasswordPolicy,
  strictestPolicy,
  type TokenState,
} from '../domain/accounts.ts';
import { type Fact, known, unknown } from '../domain/facts.ts';
import { SECOND_MS } from '../domain/instant.ts';
import type { CheckupFacts, LoginFacts, OwnHealth } from '../policy/examine/checkup-facts.ts';
import { ONLY_ROOT } from '../policy/examine/finding.ts';
import { wantsItPassed } from '../policy/next-start.ts';
import type { Clock } from '../ports/clock.ts';
import type { Commands } from '../ports/commands.ts';
import type { Http } from '../ports/http.ts';
import { factOf } from './effects/fact-of.ts';
import { mapped, whoIsThere } from './effects/gather-facts.ts';
import { gatherSaved } from './gather-saved.ts';
import { gatherServer, troubleFound } from './gather-server.ts';
import { requiredTools } from './required-tools.ts';

export type CheckupGround = {
  commands: Commands;
  clock: Clock;
  places: Places;
  /** Whether what only root may ask can be asked. */
  isRoot: boolean;
  /** Null: no server can be asked. */
  http: Http | null;
  /** upkeep's status, as it is to be read now; throws as reading it does, and gives null where there is none. */
  ownHealth: () => Promise<OwnHealth | null>;
};

/** More accounts of people than this are not asked about one by one. */
const MOST_ACCOUNTS = 25;
const SWIFT_DIALOG = '/usr/local/bin/dialog';

/** Asks this Mac everything an examination needs; changes nothing. What cannot be asked or read is unknown, and why. */
export async function gatherCheckup(ground: CheckupGround): Promise<CheckupFacts> {
  const { commands, clock, places, isRoot } = ground;
  const ask = <I, O>(command: Command<I, O, 'probe'>, input: I): Promise<Fact<O>> => {
    if (command.privilege === 'root' && !isRoot) return Promise.resolve(unknown(ONLY_ROOT));
    return factOf(() => runCommand(commands, command, input));
  };
  const [silicon, atScreen, accounts, administrators, users, state, key, restart] = await Promise.all([
    ask(fact.arm64, undefined),
    ask(fact.consoleUser, undefined),
    ask(account.listAccounts, undefined),
    ask(account.adminGroup, undefined),
    ask(account.cryptoUsers, undefined),
    ask(fileVault.fileVaultStatus, undefined),
    ask(fileVault.hasRecoveryKey, undefined),
    ask(fileVault.supportsAuthRestart, undefined),
  ]);
  const people = accounts.known ? peopleAmong(accounts.value.accounts) : [];
  const { tokens, logins } = await askAboutEach(people, ask);
  const consoleUser = atScreen.known ? whoIsThere(atScreen.value) : atScreen;
  const appleSilicon = mapped(silicon, (found) => found.appleSilicon);
  const bootstrapToken = await tokenFacts(ground, appleSilicon);
  const preferences = await factOf(() => readPreferences(places, { zone: clock.zone() }));
  const isWanted =
    preferences.known && wantsItPassed(preferences.value.settings) && silicon.known && !silicon.value.appleSilicon;
  const rotateDays = preferences.known ? preferences.value.settings.authentication.serviceAccount.rotateDays : 0;
  const asked = await gatherServer(
    ground,
    mapped(preferences, (found) => found.settings),
  );
  const mdm = mapped(preferences, (found) => found.settings.mdm);
  const saved = await gatherSaved(ground, consoleUser, rotateDays, mdm);
  return {
    at: clock.now(),
    zone: clock.zone(),
    tools: await toolsIn(places),
    appleSilicon,
    consoleUser,
    accounts: mapped(accounts, (found) => found.accounts),
    administrators,
    tokens,
    cryptoUsers: mapped(users, ({ list }) => list),
    logins,
    rules: mapped(preferences, (found) => found.settings.authentication),
    fileVault: state,
    recoveryKey: mapped(key, ({ answer }) => answer),
    authRestart: mapped(restart, ({ answer }) => answer),
    ...(isWanted && state.known && state.value.active ? { nextStart: await nextStartFacts(ask) } : {}),
    jamfLog: await jamfLogIn(places),
    bootstrapToken,
    own: await factOf(ground.ownHealth),
    managementAccount: unknown('only the management server knows the name of its account'),
    ...asked,
    ...saved,
    // What the server itself said counts for more than that something is saved for it.
    methods: mapped(saved.methods, (found) => ({ ...found, mdm: found.mdm ?? troubleFound(asked.server) })),
  };
}

async function toolsIn(places: Places): Promise<CheckupFacts['tools']> {
  const needed = requiredTools();
  const missing = needed.filter((tool) => !existsSync(places.tool(tool)));
  const dialog = existsSync(places.tool(SWIFT_DIALOG));
  const dialogOpen = dialog
    ? await factOf(async () => changeableByOthers(places.tool(SWIFT_DIALOG), places))
    : known(null);
  return known({ needed: needed.length, missing, dialog, dialogOpen });
}

/** Those who log in, and whatever else holds a token. */
function peopleAmong(accounts: readonly Account[]): Account[] {
  return accounts.filter(({ uid, token }) => uid >= 500 || token === 'enabled').slice(0, MOST_ACCOUNTS);
}

type Ask = <I, O>(command: Command<I, O, 'probe'>, input: I) => Promise<Fact<O>>;

async function askAboutEach(
  people: readonly Account[],
  ask: Ask,
): Promise<{ tokens: Record<string, Fact<TokenState>>; logins: Record<string, LoginFacts> }> {
  const [all, global] =
    people.length === 0 ? [] : await Promise.all([ask(accountPolicies, undefined), ask(globalPolicy, undefined)]);
  // Names come from the Mac, so these are objects without a prototype.
  const tokens: Record<string, Fact<TokenState>> = Object.create(null);
  const logins: Record<string, LoginFacts> = Object.create(null);
  // One account after the other: a Mac has few, and a crowd of processes would be felt by whoever works on it.
  for (const { name } of people) {
    const [token, record, own] = await Promise.all([
      ask(account.tokenStatus, { name }),
      ask(account.loginRecord, { name }),
      ask(policiesOfAccount, { name }),
    ]);
    tokens[name] = mapped(token, (found) => found.token);
    logins[name] = {
      lockout: lockoutOf(all, global, own),
      failures: failuresIn(record),
      failedAt: record.known && record.value.failedAtEpoch !== null ? record.value.failedAtEpoch * SECOND_MS : null,
    };
  }
  return { tokens, logins };
}

async function nextStartFacts(ask: Ask): Promise<NonNullable<CheckupFacts['nextStart']>> {
  const [power, users] = await Promise.all([
    ask(fact.powerSettings, undefined),
    ask(fileVault.fileVaultUsers, undefined),
  ]);
  if (!power.known) return power;
  return mapped(users, (found) => ({
    keepsKey: !power.value.destroysFileVaultKey,
    openers: found.users.map(({ name }) => name),
  }));
}

function failuresIn(record: Fact<{ failedLogins: number | null }>): Fact<number> {
  if (!record.known) return record;
  const { failedLogins } = record.value;
  return failedLogins === null ? unknown('the directory keeps no count for the account') : known(failedLogins);
}

/**
 * From when on an account is locked: by the rules of the Mac, and by its own where it has any. Of the older form of rules
 * only a limit counts, for it says nothing where the newer one is in use.
 */
function lockoutOf(
  all: Fact<PasswordPolicy> | undefined,
  older: Fact<PasswordPolicy> | undefined,
  own: Fact<PasswordPolicy>,
): Fact<Lockout> {
  if (all === undefined) return unknown('the rules of the Mac were not asked for');
  if (!all.known) return all;
  if (!own.known) return own;
  const said = [all.value, own.value].filter(({ lockout }, index) => index === 0 || lockout.state !== 'unknown');
  if (older?.known !== true || older.value.lockout.state !== 'limited')
    return known(said.reduce(strictestPolicy).lockout);
  const newer = said.filter(({ lockout }) => lockout.state !== 'unknown');
  return known([...newer, older.value].reduce(strictestPolicy).lockout);
}

/** Root alone may ask. On an Intel Mac nothing hangs on it, so the server is left alone. */
async function tokenFacts(
  { commands, http, places, isRoot }: CheckupGround,
  appleSilicon: Fact<boolean>,
): Promise<NonNullable<CheckupFacts['bootstrapToken']>> {
  const needed = appleSilicon.known ? appleSilicon.value : null;
  if (!isRoot) return { token: { state: 'unknown', why: ONLY_ROOT, needed }, enrolled: null, interrupted: false };
  const { enrolment, token } = await lookAtToken({ commands, http }, { check: needed !== false });
  const replacing = await factOf(async () => new EscrowFile(places.state, privateFiles).read().replacing);
  return {
    token,
    enrolled: enrolment.known ? enrolment.value.enrolled : null,
    interrupted: replacing.known && replacing.value !== null,
  };
}

async function jamfLogIn(places: Places): Promise<CheckupFacts['jamfLog']> {
  const text = await factOf(async () => endOfFile(places.jamfLog));
  return mapped(text, (found) => (found === null ? null : readJamfLog(found).entries));
}
