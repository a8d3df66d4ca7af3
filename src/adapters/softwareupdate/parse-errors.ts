import type { Printed } from '../commands/command.ts';
import { splitLines, straightApostrophes } from '../commands/lines.ts';
import { escaped, excerpt } from '../commands/unreadable.ts';

/** What `softwareupdate` complains about. Its exit code does not tell: most of these come with 0. */
export type UpdateError =
  | 'unreachable'
  | 'scanFailed'
  | 'helper'
  | 'busy'
  | 'noSuchUpdate'
  | 'noSpace'
  | 'authentication'
  | 'failedToDownload'
  | 'interactiveAuthorizationRequired'
  | 'passwordPrompt'
  | 'installFailed'
  | 'updateNotFound'
  | 'usage';

/** A complaint with what the text adds to it; null where the text adds nothing or could be read in two ways. */
export type UpdateFailure = {
  error: UpdateError;
  domain: string | null;
  code: number | null;
  requiredGB: number | null;
  item: string | null;
  text: string;
};

/** The complaint in what was printed on either stream, or null when there is none. */
export function findFailure(printed: Pick<Printed, 'stdout' | 'stderr'>): UpdateFailure | null {
  const text = straightApostrophes(`${printed.stdout}\n${printed.stderr}`);
  for (const complaint of COMPLAINTS) {
    const found = complaint.pattern.exec(text);
    if (found) return failureOf(complaint.error, found, text);
  }
  return null;
}

/** Whether the unfinished last line asks for a password, which on a closed stdin nobody will give. */
export function asksForPassword(lastLine: string): boolean {
  return /^\s*Password:\s*$/.test(lastLine);
}

type Complaint = { error: UpdateError; pattern: RegExp };

// The first match wins, so what names the cause stands before what only names the consequence: a refused password
// before the prompt that preceded it, an unreachable server before the download that failed for it.
const COMPLAINTS: readonly Complaint[] = [
  { error: 'authentication', pattern: /Failed to authenticate/ },
  { error: 'interactiveAuthorizationRequired', pattern: /Apple Silicon should not be run with sudo/i },
  { error: 'noSpace', pattern: /Not enough free disk space(?:: a total of (?<amount>[\d.,]+) ?GB is required)?/ },
  { error: 'busy', pattern: /SUMacControllerError\b[^\r\n]*?\b(?<code>7507|7509)\b/ },
  { error: 'noSuchUpdate', pattern: /SUMacControllerError\b[^\r\n]*?\b(?<code>7301)\b/ },
  { error: 'noSuchUpdate', pattern: /^(?<item>[^\r\n]*\S): No such update\b/m },
  { error: 'noSuchUpdate', pattern: /^\s*No updates are available\./m },
  {
    error: 'unreachable',
    pattern:
      /(?:Error downloading (?<item>[^\r\n]*?): )?(?:Can't connect to the Apple|Didn't get a response from the (?:Apple )?)\s*Software Update server/,
  },
  { error: 'unreachable', pattern: /An SSL error has occurred/ },
  { error: 'helper', pattern: /Couldn't communicate with a helper application/ },
  // The code counts only when something follows its digits: a cut line must not shorten -1005 to -10.
  {
    error: 'scanFailed',
    pattern: /Scan finished with error(?:: Error Domain=(?<domain>\S+) Code=(?<code>-?\d+)(?=[ "]))?/,
  },
  { error: 'installFailed', pattern: /Install failed with error/ },
  { error: 'updateNotFound', pattern: /\bUpdate not found\b/ },
  { error: 'failedToDownload', pattern: /Failed to download/ },
  { error: 'scanFailed', pattern: /The operation couldn't be completed\. \((?<domain>\S+) error (?<code>-?\d+)\.\)/ },
  { error: 'failedToDownload', pattern: /^\s*Error downloading (?<item>[^\r\n:]+):/m },
  { error: 'passwordPrompt', pattern: /^\s*Password:/m },
  { error: 'usage', pattern: /^\s*usage: ?softwareupdate\b/im },
];

function failureOf(error: UpdateError, found: RegExpExecArray, text: string): UpdateFailure {
  const { domain, code, amount, item } = found.groups ?? {};
  return {
    error,
    domain: escaped(domain ?? /SUMacControllerError/.exec(found[0])?.[0] ?? '') || null,
    code: code === undefined ? null : Number(code),
    requiredGB: amount === undefined ? null : plainNumber(amount),
    item: escaped(item?.trim() ?? '') || null,
    text: excerpt(lineAround(text, found.index)),
  };
}

/** A number without grouping; `46,789` is forty-six or forty-six thousand by locale, so it is not read at all. */
function plainNumber(text: string): number | null {
  return /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : null;
}

function lineAround(text: string, index: number): string {
  let start = 0;
  for (const line of splitLines(text)) {
    const end = start + line.text.length;
    if (index <= end) return line.text;
    start = end + 1;
  }
  return text.slice(index);
}
