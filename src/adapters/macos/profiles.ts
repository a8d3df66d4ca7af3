import type { Enrolment, EscrowStatus } from '../../domain/bootstrap-token.ts';
import type { Printed } from '../commands/command.ts';
import { splitLines, straightApostrophes } from '../commands/lines.ts';
import { TERMINAL_EXIT } from '../commands/on-a-terminal.ts';
import { excerpt, unreadable } from '../commands/unreadable.ts';

const TOOL = 'profiles';

/** Reads `profiles status -type enrollment`. A Mac that is not enrolled names no server. */
export function readEnrolment(printed: Printed): Enrolment {
  const dep = only(printed, /^Enrolled via DEP: (Yes|No)$/);
  const mdm = only(printed, /^MDM enrollment: (Yes \(User Approved\)|Yes|No)$/);
  const server = only(printed, /^MDM server: (\S+)$/);
  if (dep === null || mdm === null) throw unreadable(TOOL, printed, 'it does not tell how the Mac is enrolled');
  const enrolled = mdm !== 'No';
  // Half an address would name another server.
  if (enrolled && (server === null || !/[\r\n]$/.test(printed.stdout))) {
    throw unreadable(TOOL, printed, 'it names no whole server');
  }
  return {
    dep: dep === 'Yes',
    enrolled,
    userApproved: mdm === 'Yes (User Approved)',
    server: enrolled ? server : null,
  };
}

/** Reads `profiles status -type bootstraptoken`, whose second line may be missing where the first one says no. */
export function readEscrowStatus(printed: Printed): EscrowStatus {
  const supported = only(printed, /^profiles: Bootstrap Token supported on server: (YES|NO)$/);
  const escrowed = only(printed, /^profiles: Bootstrap Token escrowed to server: (YES|NO)$/);
  if (supported === null)
    throw unreadable(TOOL, printed, 'it does not tell whether the server takes a bootstrap token');
  if (escrowed === null && supported === 'YES') {
    throw unreadable(TOOL, printed, 'it does not tell whether the bootstrap token is escrowed');
  }
  return { supported: supported === 'YES', escrowed: escrowed === 'YES' };
}

export type EscrowError =
  | 'wrong-password'
  | 'not-verified'
  | 'not-root'
  | 'unsupported'
  | 'usage'
  | 'unknown-prompt'
  | 'asked-again'
  | 'other';

/**
 * What `profiles` said to an order about the token. Its words differ from release to release and prove nothing: `error` null
 * only means that it did not complain. What came of it, the status and the preflight tell.
 */
export type EscrowAnswer = { error: EscrowError | null; said: string[] };

export function readEscrow(printed: Printed): EscrowAnswer {
  const said = saidIn(printed);
  const text = said.join('\n');
  const error = COMPLAINTS.find(([pattern]) => pattern.test(text))?.[1] ?? byExit(printed.exitCode);
  return { error, said };
}

/** Reads `profiles validate -type bootstraptoken`: only its own sentence is proof. */
export function readValidation(printed: Printed): EscrowAnswer & { validated: boolean } {
  const answer = readEscrow(printed);
  return {
    ...answer,
    validated: answer.error === null && answer.said.includes('profiles: Bootstrap Token validated.'),
  };
}

const COMPLAINTS: readonly (readonly [RegExp, EscrowError])[] = [
  [/Unable to authenticate user information/i, 'wrong-password'],
  [/Unable to verify token|err = -69594\b/i, 'not-verified'],
  [/must be run as root|requires? root/i, 'not-root'],
  [/(?:is not|isn't|not) supported/i, 'unsupported'],
  [/^usage:/im, 'usage'],
  [/\b(?:unable|failed|failure|cannot|can't|could not|couldn't|error|err =)/i, 'other'],
];

function byExit(exitCode: number | null): EscrowError | null {
  if (exitCode === TERMINAL_EXIT.unknownPrompt) return 'unknown-prompt';
  if (exitCode === TERMINAL_EXIT.askedAgain) return 'asked-again';
  // One that did not ask may have had no need to.
  return exitCode === 0 || exitCode === null || exitCode === TERMINAL_EXIT.neverAsked ? null : 'other';
}

/** What it said on either stream, without its prompts. */
function saidIn({ stdout, stderr }: Printed): string[] {
  return splitLines(straightApostrophes(`${stderr}\n${stdout}`))
    .map(({ text }) => text.trim())
    .filter((text) => text !== '' && !/^Enter\b.*:$/.test(text))
    .map((text) => excerpt(text));
}

/** What a line says that may stand once; null where it is not there. */
function only(printed: Printed, pattern: RegExp): string | null {
  const found = splitLines(printed.stdout).flatMap(({ text }) => {
    const value = pattern.exec(text.trimEnd())?.[1];
    return value === undefined ? [] : [value];
  });
  if (found.length > 1) throw unreadable(TOOL, printed, 'it says the same thing twice');
  return found[0] ?? null;
}
