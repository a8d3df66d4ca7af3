import type { Printed } from '../commands/command.ts';
import { excerpt, unreadable } from '../commands/unreadable.ts';
import { directoryErrorIn } from './directory-record.ts';

/** What the directory said to a change. Silence and exit 0 are a good sign and no proof: read the record again. */
export type DirectoryAnswer = {
  accepted: boolean;
  code: number | null;
  error: 'permission' | 'no-such-record' | 'other' | null;
  said: string | null;
};

/** Reads a change by `dscl`: silent on success, an error with a name and a number otherwise. */
export function readChange(printed: Printed): DirectoryAnswer {
  const said = excerpt(`${printed.stderr}\n${printed.stdout}`) || null;
  const error = directoryErrorIn(printed);
  if (error !== null) {
    const kind = { eDSPermissionError: 'permission', eDSRecordNotFound: 'no-such-record' } as const;
    return { accepted: false, code: error.code, error: kind[error.name as keyof typeof kind] ?? 'other', said };
  }
  if (printed.exitCode === null || (said !== null && printed.exitCode === 0)) {
    throw unreadable('dscl', printed, 'it does not tell whether the change was made');
  }
  return { accepted: printed.exitCode === 0, code: null, error: printed.exitCode === 0 ? null : 'other', said };
}

/** Reads `dseditgroup -o edit`: silent on success. */
export function readGroupChange(printed: Printed): { accepted: boolean; said: string | null } {
  if (printed.exitCode === null) throw unreadable('dseditgroup', printed, 'it does not tell how it ended');
  const said = excerpt(`${printed.stderr}\n${printed.stdout}`) || null;
  return { accepted: printed.exitCode === 0 && said === null, said };
}

/** Reads `dseditgroup -o checkmember`: a sentence that begins with `yes` or `no`, and exit 0 or 67 in step with it. */
export function readMembership(printed: Printed): { member: boolean } {
  const [, answer] = /^(yes|no) .*\bis (?:not )?a member of /im.exec(`${printed.stdout}\n${printed.stderr}`) ?? [];
  const member = answer?.toLowerCase() === 'yes';
  const exitSays = { 0: true, 67: false }[printed.exitCode ?? -1];
  if (answer === undefined || (exitSays !== undefined && exitSays !== member)) {
    throw unreadable('dseditgroup', printed, 'it says neither yes nor no');
  }
  return { member };
}
