import type { TokenState } from '../../domain/accounts.ts';
import type { Printed } from '../commands/command.ts';
import { splitLines, straightApostrophes } from '../commands/lines.ts';
import { TERMINAL_EXIT } from '../commands/on-a-terminal.ts';
import { excerpt, unreadable } from '../commands/unreadable.ts';

/**
 * What `sysadminctl` said to an order. Its exit code is 0 whatever happened and “Done!” proves nothing, so `error` null
 * only means that no complaint was printed: what came of it, the directory and the token status tell.
 */
export type SysadminAnswer = {
  error: SysadminError | null;
  said: string[];
  usage: boolean;
};

export type SysadminError =
  | 'wrong-password'
  | 'secureTokenUnlockRequired'
  | 'permission'
  | 'no-such-account'
  | 'account-exists'
  | 'password-refused'
  | 'refused'
  | 'usage'
  | 'unknown-prompt'
  | 'asked-again'
  | 'other';

/** Reads `sysadminctl -secureTokenStatus`, which names the account by its full name. */
export function readTokenStatus(printed: Printed): {
  token: TokenState;
  enabled: boolean | null;
  fullName: string | null;
} {
  const lines = messagesIn(printed);
  if (lines.some((line) => /^Unknown user\b/.test(line))) return { token: 'unknown', enabled: null, fullName: null };
  const answers = lines.map((line) => /^Secure token is (ENABLED|DISABLED) for user (.+)$/.exec(line)).filter(Boolean);
  const [answer] = answers;
  if (!answer || answers.length > 1) throw unreadable(TOOL, printed, 'it does not tell the state of the token');
  const enabled = answer[1] === 'ENABLED';
  return { token: enabled ? 'enabled' : 'disabled', enabled, fullName: answer[2] ?? null };
}

export function readSysadmin(printed: Printed): SysadminAnswer {
  const said = messagesIn(printed);
  const text = said.join('\n');
  const usage = /^Usage: sysadminctl$/m.test(text);
  const error = COMPLAINTS.find(([pattern]) => pattern.test(text))?.[1] ?? null;
  if (usage) return { error: 'usage', said: [], usage };
  if (error !== null) return { error, said, usage };
  if (printed.exitCode === TERMINAL_EXIT.unknownPrompt) return { error: 'unknown-prompt', said, usage };
  if (printed.exitCode === TERMINAL_EXIT.askedAgain) return { error: 'asked-again', said, usage };
  // Silence is what a killed tool leaves behind, and an order that was carried out always says something.
  if (said.length === 0) throw unreadable(TOOL, printed, 'it says nothing');
  return { error: printed.exitCode === 0 || printed.exitCode === null ? null : 'other', said, usage };
}

/**
 * Reads `sysadminctl -resetPasswordFor`, the one order that may be carried out without a word. Whether it was, only a
 * check of the new password tells.
 */
export function readReset(printed: Printed): SysadminAnswer {
  const isSilent = printed.exitCode === 0 && messagesIn(printed).length === 0;
  return isSilent ? { error: null, said: [], usage: false } : readSysadmin(printed);
}

/** Reads `sysadminctl -secureTokenOn`: whether it claims to have done it, and what a status after it says, if any. */
export function readTokenGrant(
  printed: Printed,
): SysadminAnswer & { grantReported: boolean; enabledAfterwards: boolean | null } {
  const answer = readSysadmin(printed);
  const [, status] = /^Secure token is (ENABLED|DISABLED) for user /m.exec(answer.said.join('\n')) ?? [];
  return {
    ...answer,
    grantReported: answer.said.includes('Done!'),
    enabledAfterwards: status === undefined ? null : status === 'ENABLED',
  };
}

/** Reads `sysadminctl -deleteUser`. `errors` are its `### Error` lines; without Full Disk Access the record stays. */
export function readDeletion(printed: Printed): SysadminAnswer & { errors: string[]; deleted: boolean } {
  const answer = readSysadmin(printed);
  const errors = answer.said.filter((line) => line.startsWith('### Error:'));
  const deleted = answer.error === null && answer.said.some((line) => line.startsWith('Deleting record for '));
  return { ...answer, errors, deleted };
}

const TOOL = 'sysadminctl';

const COMPLAINTS: readonly (readonly [RegExp, SysadminError])[] = [
  [/^Operation is not permitted without secure token unlock\.?$/m, 'secureTokenUnlockRequired'],
  // Open Directory's own numbers stand in a text of its own, which does not begin with “Error”.
  [/^### Error:-14090\b|\bError Domain=\S+ Code=5000\b/m, 'wrong-password'],
  [/^### Error:-14120\b/m, 'permission'],
  [/^### Error:-1416[1-9]\b|password (?:does not|doesn't) meet|password requirements/im, 'password-refused'],
  [/\b5101\b|authentication server refused/i, 'refused'],
  [/^Unknown user\b|user .* (?:does not|doesn't) exist/im, 'no-such-account'],
  [/^User .* already exists|name .* is already used/im, 'account-exists'],
  [/should be run as root|not permitted/im, 'permission'],
  [/^### Error:|^Error:|\bError Domain=/m, 'other'],
];

/** What it said on either stream, without the time and process before each message and without the prompts. */
function messagesIn({ stdout, stderr }: Printed): string[] {
  return splitLines(straightApostrophes(`${stderr}\n${stdout}`))
    .map(({ text }) => text.replace(/^\d{4}-\d\d-\d\d [\d:.]+ sysadminctl\[[^\]]*\]:? /, '').trim())
    .filter((text) => text !== '' && !/:$/.test(text))
    .map((text) => excerpt(text));
}
