import { UpkeepError } from '../../domain/problem.ts';

/** What `security -i` takes as one line, its end included; the rest of a longer one would be run as another command. */
const LINE_BYTES = 4_095;

/**
 * A word of a line for `security -i`. Between double quotes only the quote and the backslash mean anything there; a
 * line break ends the command whatever stands around it, and a NUL the text.
 */
export function securityWord(word: string): string {
  if (/[\r\n\0]/.test(word)) throw cannotBeGiven('it is more than one line');
  return `"${word.replace(/["\\]/g, '\\$&')}"`;
}

/** Whether a line made of these parts is short enough. */
export function checkLineLength(parts: readonly string[]): void {
  const bytes = parts.reduce((sum, part) => sum + Buffer.byteLength(part), 0);
  if (bytes > LINE_BYTES - 1) throw cannotBeGiven('it is too long');
}

function cannotBeGiven(why: string): UpkeepError {
  return new UpkeepError('input.wrong', `What is to be kept cannot be given to the keychain: ${why}.`, {
    remedy: 'Choose another value; nothing was run.',
  });
}
