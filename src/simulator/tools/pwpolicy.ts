import type { Account } from '../mac/accounts.ts';
import type { Mac } from '../mac/mac.ts';
import { NO_POLICY, type PasswordPolicy } from '../mac/password-policy.ts';
import { type PlistValue, plistText, readPlist } from './plist-text.ts';
import type { Tool, ToolIo } from './tool.ts';

const WITH_VALUE = new Set(['-u', '-a', '-p', '-n', '-c']);
const USAGE_EXIT = 64;

/** The rules for passwords, for everybody or with `-u` for one account. Verbs go with and without a dash. */
export const pwpolicy: Tool = async (argv, io, mac) => {
  const options = new Map<string, string>();
  const words: string[] = [];
  for (let place = 0; place < argv.length; place += 1) {
    const word = argv[place] ?? '';
    if (WITH_VALUE.has(word)) {
      place += 1;
      options.set(word, argv[place] ?? '');
    } else if (word !== '-v') words.push(word);
  }
  await io.sleep(mac.random.whole(20, 120));
  const name = options.get('-u');
  const account = name === undefined ? null : mac.accounts.named(name);
  if (name !== undefined && account === null) {
    io.printErr(`Error: user <${name}> not found.\n`);
    return USAGE_EXIT;
  }
  const [verb = '', file = ''] = words;
  const whose = account === null ? 'global account policies' : `account policies for user <${account.name}>`;
  switch (verb.replace(/^-/, '')) {
    case 'getaccountpolicies':
      io.print(`Getting ${whose}\n${account === null ? globalText(mac) : policiesText(account.policy)}`);
      return 0;
    case 'getglobalpolicy':
      // The rules here are of the newer kind; of the older, which this is about, there are none.
      io.print('\n');
      return 0;
    case 'clearaccountpolicies':
      return change(`Clearing ${whose}`, account, NO_POLICY, io, mac);
    case 'setaccountpolicies':
      return change(`Setting ${whose}`, account, policyIn(mac.files.get(file) ?? ''), io, mac);
    case 'authentication-allowed':
      return allowed(account, io, mac);
    case 'enableuser':
    case 'disableuser':
      return enable(account, verb.endsWith('enableuser'), io);
    default:
      io.printErr('usage: pwpolicy [-h] [-v] [-a authenticator] [-p password] [-u username] command command-arg\n');
      return USAGE_EXIT;
  }
};

function change(told: string, account: Account | null, policy: PasswordPolicy | null, io: ToolIo, mac: Mac): number {
  io.print(`${told}\n`);
  if (io.caller.uid !== 0 || policy === null) {
    io.printErr(policy === null ? 'Error: the policies could not be read.\n' : 'Error: credentials required.\n');
    return 1;
  }
  if (account === null) mac.accounts.policy = policy;
  else account.policy = policy;
  return 0;
}

function allowed(account: Account | null, io: ToolIo, mac: Mac): number {
  if (account === null) return USAGE_EXIT;
  const fine = !account.disabled && !mac.accounts.lockedOut(account);
  io.print(`User <${account.name}> is ${fine ? '' : 'not '}allowed to authenticate.\n`);
  return fine ? 0 : 1;
}

/** Enabling also ends a lock-out. */
function enable(account: Account | null, enabled: boolean, io: ToolIo): number {
  if (account === null || io.caller.uid !== 0) return USAGE_EXIT;
  account.disabled = !enabled;
  if (enabled) account.failedLogins = 0;
  io.print(`${enabled ? 'Enabling' : 'Disabling'} account for user <${account.name}>\n`);
  return 0;
}

/** Where nobody made a rule there is the one every Mac comes with. */
function globalText(mac: Mac): string {
  return policiesText(mac.accounts.policy) || plistText({ policyCategoryPasswordContent: [SHORTEST_RULE] });
}

const SHORTEST_RULE = {
  policyContent: "policyAttributePassword matches '.{4,}+'",
  policyIdentifier: 'com.apple.defaultpasswordpolicy',
};

function policiesText(policy: PasswordPolicy | null): string {
  if (policy === null) return '';
  const { lockoutAfter, lockoutMinutes, minLength, maxLength, classes, history } = policy;
  const authentication: PlistValue[] = [];
  const content: PlistValue[] = [];
  if (lockoutAfter !== null) {
    const soon = 'policyAttributeFailedAuthentications < policyAttributeMaximumFailedAuthentications';
    const late = 'policyAttributeCurrentTime > (policyAttributeLastFailedAuthenticationTime + autoEnableInSeconds)';
    authentication.push(
      rule('Authentication Lockout', lockoutMinutes === null ? soon : `(${soon}) OR (${late})`, {
        ...(lockoutMinutes === null ? {} : { autoEnableInSeconds: lockoutMinutes * 60 }),
        policyAttributeMaximumFailedAuthentications: lockoutAfter,
      }),
    );
  }
  if (minLength !== null) {
    content.push(
      rule('Minimum Length', `policyAttributePassword matches '.{${minLength},}'`, { minimumLength: minLength }),
    );
  }
  if (maxLength !== null) {
    content.push(
      rule('Maximum Length', `policyAttributePassword matches '.{0,${maxLength}}'`, { maximumLength: maxLength }),
    );
  }
  if (classes !== null) {
    content.push(
      rule('Character Classes', `policyAttributePassword matches '(.*){${classes}}'`, { minimumClasses: classes }),
    );
  }
  if (history !== null) {
    const text = 'none policyAttributePasswordHashes in policyAttributePasswordHistory';
    content.push(rule('Password History', text, { policyAttributePasswordHistoryDepth: history }));
  }
  const policies = {
    ...(authentication.length > 0 ? { policyCategoryAuthentication: authentication } : {}),
    ...(content.length > 0 ? { policyCategoryPasswordContent: content } : {}),
  };
  return Object.keys(policies).length === 0 ? '' : plistText(policies);
}

function rule(identifier: string, content: string, parameters: Record<string, number>): PlistValue {
  return { policyContent: content, policyIdentifier: identifier, policyParameters: parameters };
}

/** Understands rules by their parameters; null where it is no property list. */
function policyIn(text: string): PasswordPolicy | null {
  const plist = readPlist(text);
  if (plist === null) return null;
  const found = new Map<string, number>();
  collect(plist, found);
  const seconds = found.get('autoEnableInSeconds');
  return {
    lockoutAfter: found.get('policyAttributeMaximumFailedAuthentications') ?? null,
    lockoutMinutes: seconds === undefined ? null : seconds / 60,
    minLength: found.get('minimumLength') ?? null,
    maxLength: found.get('maximumLength') ?? null,
    classes: found.get('minimumClasses') ?? null,
    history: found.get('policyAttributePasswordHistoryDepth') ?? null,
  };
}

function collect(value: unknown, found: Map<string, number>): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, one] of Object.entries(value)) {
    if (typeof one === 'number') found.set(key, one);
    else collect(one, found);
  }
}
