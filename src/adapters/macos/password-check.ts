import type { PasswordVerdict } from '../../domain/accounts.ts';
import type { Printed } from '../commands/command.ts';
import { TERMINAL_EXIT } from '../commands/on-a-terminal.ts';
import { unreadable } from '../commands/unreadable.ts';
import { directoryErrorIn } from './directory-record.ts';

export type PasswordCheck = {
  verdict: PasswordVerdict;
  authenticated: boolean;
  /** The error's number where the tool names one. */
  code: number | null;
};

/** Reads `dscl … -authonly`, which says nothing when the password is right: then only the exit code speaks. */
export function readLoginCheck(printed: Printed): PasswordCheck {
  const error = directoryErrorIn(printed);
  if (error !== null) return checked(verdictOf(error.name), error.code);
  if (printed.exitCode === TERMINAL_EXIT.askedAgain) return checked('wrong', null);
  const said = `${printed.stderr}\n${printed.stdout}`.replace(/^\s*Password: ?/gim, '').trim();
  if (printed.exitCode === 0 && said === '') return checked('right', null);
  throw unreadable('dscl -authonly', printed, 'it tells neither that the password is right nor that it is wrong');
}

/**
 * Reads `diskutil apfs unlockVolume … -verify`, the check of the password that the volume knows, which is not always the
 * one that logs in.
 */
export function readVolumeCheck(printed: Printed): PasswordCheck {
  const text = `${printed.stderr}\n${printed.stdout}`;
  const [, number] = /(?:^|[\s(])(-69\d{3})\b/m.exec(text) ?? [];
  const code = number === undefined ? null : Number(number);
  if (/passphrase (?:is )?incorrect|incorrect passphrase|given passphrase/i.test(text)) return checked('wrong', code);
  if (/crypto(?:graphic)? user .*(?:not|no such)|user does not exist|not associated/i.test(text)) {
    return checked('no-such-account', code);
  }
  if (code !== null || /\berror\b/i.test(text)) return checked('refused', code);
  if (printed.exitCode === 0) return checked('right', null);
  throw unreadable('diskutil apfs unlockVolume -verify', printed, 'it does not tell whether the password is right');
}

function checked(verdict: PasswordVerdict, code: number | null): PasswordCheck {
  return { verdict, authenticated: verdict === 'right', code };
}

function verdictOf(error: string): PasswordVerdict {
  if (error === 'eDSAuthFailed') return 'wrong';
  if (/^eDSAuthAccount(?:Disabled|Expired|Inactive)$/.test(error)) return 'locked';
  if (/^eDS(?:RecordNotFound|AuthUnknownUser)$/.test(error)) return 'no-such-account';
  return 'refused';
}
