import { Secret } from '../../domain/secret.ts';
import type { Printed } from '../commands/command.ts';
import { unreadable, unreadableUnseen } from '../commands/unreadable.ts';

export type KeychainProblem = 'not-found' | 'locked' | 'wrong-password' | 'exists' | 'cancelled' | 'other';

/** `problem` is null when it was found; `found` false for certain only with `not-found`. */
export type KeychainItem = { found: boolean; password: Secret | null; problem: KeychainProblem | null };

/**
 * Reads `security find-generic-password -g`: attributes on stdout, and on stderr `password: "…"`, or its bytes in
 * hexadecimal where it holds anything but plain ASCII. With `-w` the two could not be told apart.
 */
export function readKeychainItem(printed: Printed): KeychainItem {
  const problem = problemIn(printed);
  if (problem !== null) return { found: false, password: null, problem };
  const password = passwordIn(printed.stderr) ?? passwordIn(printed.stdout);
  if (password === null || (printed.exitCode !== 0 && printed.exitCode !== null)) {
    throw unreadableUnseen('security find-generic-password', printed, 'it shows no password', UNSEEN);
  }
  return { found: true, password, problem: null };
}

/** Reads `security find-generic-password` without `-g` or `-w`: attributes alone. */
export function readSeen(printed: Printed): { there: boolean; problem: KeychainProblem | null } {
  const problem = problemIn(printed);
  if (problem === null && (printed.exitCode !== 0 || !/^attributes:/m.test(printed.stdout))) {
    throw unreadable('security find-generic-password', printed, 'it shows no attributes');
  }
  return { there: problem === null, problem };
}

/** Reads `security -i` after one `add-generic-password`: silent on success. Read the item back to be sure. */
export function readKept(printed: Printed): { kept: boolean; problem: KeychainProblem | null } {
  const problem = problemIn(printed);
  const said = `${printed.stderr}\n${printed.stdout}`.trim();
  if (problem === null && (printed.exitCode !== 0 || said !== '')) {
    throw unreadableUnseen('security add-generic-password', printed, 'it does not tell how it ended', UNSEEN);
  }
  return { kept: problem === null, problem };
}

/** Reads `security delete-generic-password`, which prints the attributes of what it deleted. */
export function readDeleted(printed: Printed): { deleted: boolean; problem: KeychainProblem | null } {
  const problem = problemIn(printed);
  if (problem === null && printed.exitCode !== 0) {
    throw unreadable('security delete-generic-password', printed, 'it does not tell how it ended');
  }
  return { deleted: problem === null, problem };
}

const UNSEEN = 'Look for the item in Keychain Access; the text was not kept, because it may hold a password.';

/** By the exit code, which is the error's number modulo 256, and by the texts where it is not known. */
const EXITS: Readonly<Record<number, KeychainProblem>> = {
  44: 'not-found',
  36: 'locked',
  51: 'wrong-password',
  45: 'exists',
  128: 'cancelled',
};

const TEXTS: readonly (readonly [RegExp, KeychainProblem])[] = [
  [/could not be found in the keychain/, 'not-found'],
  [/User interaction is not allowed/, 'locked'],
  [/user name or passphrase you entered is not correct/, 'wrong-password'],
  [/already exists in the keychain/, 'exists'],
  [/User canceled the operation/, 'cancelled'],
];

function problemIn({ stderr, stdout, exitCode }: Printed): KeychainProblem | null {
  const said = `${stderr}\n${stdout}`.replace(/^password: .*$/gm, '');
  const named = TEXTS.find(([pattern]) => pattern.test(said))?.[1];
  if (named !== undefined) return named;
  const [, returned] = /^[\w-]+: returned (-?\d+)$/m.exec(said) ?? [];
  const code = returned === undefined ? exitCode : Number(returned) & 0xff;
  if (code === null || code === 0) return /^security: /m.test(said) ? 'other' : null;
  return EXITS[code] ?? 'other';
}

function passwordIn(text: string): Secret | null {
  const lines = text.match(/^password: .*$/gm) ?? [];
  if (lines.length !== 1) return null;
  const shown = lines[0]?.slice('password: '.length) ?? '';
  const [, hex] = /^0x((?:[0-9A-F]{2})+)(?: {2}".*")?\s*$/i.exec(shown) ?? [];
  if (hex !== undefined) return new Secret(Buffer.from(hex, 'hex').toString('utf8'));
  const [, plain] = /^"(.*)"$/.exec(shown) ?? [];
  return plain === undefined || plain === '' ? null : new Secret(plain);
}
