import type { ConsoleUser } from '../../domain/facts.ts';
import { SECOND_MS } from '../../domain/instant.ts';
import { Secret } from '../../domain/secret.ts';
import type { ToolLimits } from '../../ports/commands.ts';
import { readDeleted, readKept, readKeychainItem, readSeen } from '../macos/keychain.ts';
import { type BuiltCall, defineCommand } from './command.ts';
import { usable } from './passwords.ts';
import { checkLineLength, securityWord } from './security-line.ts';
import { argumentsOf, inUserSession } from './user-session.ts';
import { positional } from './words.ts';

const SECURITY = '/usr/bin/security';
const SYSTEM = '/Library/Keychains/System.keychain';
const QUICK: ToolLimits = { timeoutMs: 30 * SECOND_MS, silenceMs: null, outputBytes: 100_000 };

/** The Mac's own keychain, which root can always read, or that of the person who is logged in, `home` being theirs. */
export type Keychain = 'system' | { user: ConsoleUser; home: string };

export type KeychainPlace = { keychain: Keychain; service: string; account: string };

const PLACE: KeychainPlace = { keychain: 'system', service: '{service}', account: '{account}' };

export const keepPassword = defineCommand({
  name: 'security.keep-password',
  tool: SECURITY,
  summary: 'Keeps a password in a keychain, in place of an earlier one.',
  privilege: 'root',
  effect: 'act',
  recovery: 'idempotent',
  secret: 'stdin',
  limits: QUICK,
  example: { ...PLACE, password: new Secret('{password}') },
  build: ({ password, ...place }: KeychainPlace & { password: Secret }) => {
    const words = ['-U', '-a', securityWord(place.account), '-s', securityWord(place.service), '-w '];
    const line = ['add-generic-password', ...words].join(' ');
    const quoted = usable(password).encoded(securityWord);
    const end = ` ${securityWord(pathOf(place.keychain))}\n`;
    quoted.expose((plain) => checkLineLength([line, plain, end]));
    return inKeychain(place.keychain, ['-i'], [line, quoted, end]);
  },
  recognise: (argv, stdin) => {
    const args = argumentsOf(argv, SECURITY);
    return args?.length === 1 && args[0] === '-i' && (stdin === null || /^\s*add-generic-password\s/.test(stdin));
  },
  read: readKept,
  printsSecrets: true,
});

export const findPassword = defineCommand({
  name: 'security.find-password',
  tool: SECURITY,
  summary: 'Reads a password that is kept in a keychain.',
  privilege: 'root',
  effect: 'probe',
  recovery: 'probe',
  secret: 'none',
  limits: QUICK,
  example: PLACE,
  build: (place: KeychainPlace) =>
    inKeychain(place.keychain, ['find-generic-password', ...placeOf(place, ['-g'])], null),
  recognise: (argv) => finds(argv) && asksForSecret(argv),
  read: readKeychainItem,
  printsSecrets: true,
});

export const seePassword = defineCommand({
  name: 'security.see-password',
  tool: SECURITY,
  summary: 'Whether a password is kept in a keychain, without reading it.',
  privilege: 'root',
  effect: 'probe',
  recovery: 'probe',
  secret: 'none',
  limits: QUICK,
  example: PLACE,
  build: (place: KeychainPlace) => inKeychain(place.keychain, ['find-generic-password', ...placeOf(place, [])], null),
  recognise: (argv) => finds(argv) && !asksForSecret(argv),
  read: readSeen,
});

export const forgetPassword = defineCommand({
  name: 'security.forget-password',
  tool: SECURITY,
  summary: 'Deletes a password from a keychain.',
  privilege: 'root',
  effect: 'act',
  recovery: 'idempotent',
  secret: 'none',
  limits: QUICK,
  example: PLACE,
  build: (place: KeychainPlace) => inKeychain(place.keychain, ['delete-generic-password', ...placeOf(place, [])], null),
  recognise: (argv) => deletes(argv) && argv.includes('-a'),
  read: readDeleted,
});

export const forgetAnyPassword = defineCommand({
  name: 'security.forget-any',
  tool: SECURITY,
  summary: 'Deletes one of the passwords that are kept under a service, whatever it is called.',
  privilege: 'root',
  effect: 'act',
  recovery: 'idempotent',
  secret: 'none',
  limits: QUICK,
  example: { keychain: 'system', service: '{service}' },
  build: ({ keychain, service }: Pick<KeychainPlace, 'keychain' | 'service'>) =>
    inKeychain(keychain, ['delete-generic-password', '-s', positional(service, 'security'), pathOf(keychain)], null),
  recognise: (argv) => deletes(argv) && !argv.includes('-a'),
  read: readDeleted,
});

function finds(argv: readonly string[]): boolean {
  return argumentsOf(argv, SECURITY)?.[0] === 'find-generic-password';
}

function asksForSecret(argv: readonly string[]): boolean {
  return argv.includes('-g') || argv.includes('-w');
}

function deletes(argv: readonly string[]): boolean {
  return argumentsOf(argv, SECURITY)?.[0] === 'delete-generic-password';
}

function placeOf({ keychain, service, account }: KeychainPlace, options: readonly string[]): string[] {
  const named = ['-a', positional(account, 'security'), '-s', positional(service, 'security')];
  return [...named, ...options, pathOf(keychain)];
}

/** Always the whole path: `sudo` leaves HOME as it is, so that a bare name would mean root's own keychain. */
function pathOf(keychain: Keychain): string {
  if (keychain === 'system') return SYSTEM;
  return positional(`${keychain.home}/Library/Keychains/login.keychain-db`, 'security');
}

/** A user's keychain is open only in that user's session. */
function inKeychain(keychain: Keychain, args: readonly string[], stdin: BuiltCall['stdin']): BuiltCall {
  return keychain === 'system' ? { args, stdin } : { ...inUserSession(keychain.user, SECURITY, args), stdin };
}
