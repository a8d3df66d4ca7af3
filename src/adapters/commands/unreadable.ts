import { UpkeepError } from '../../domain/problem.ts';
import type { Printed } from './command.ts';

const EXCERPT_LENGTH = 400;

/** The error of every parser: the text is not what `what` prints. A trimmed excerpt travels along for the log. */
export function unreadable(what: string, printed: Printed, why: string, cause?: unknown): UpkeepError {
  return new UpkeepError('output.unreadable', `The output of ${what} could not be read: ${escaped(why)}.`, {
    remedy: `Run ${what} by hand and compare; if it looks right there, report it with that output.`,
    facts: {
      tool: what,
      exitCode: printed.exitCode,
      stdout: excerpt(printed.stdout),
      stderr: excerpt(printed.stderr),
    },
    cause,
  });
}

/** The same without a word of the text, for output that may hold what somebody typed or keeps. */
export function unreadableUnseen(
  what: string,
  printed: Printed,
  why: string,
  remedy = 'Show the dialog again; the text was not kept, because it may hold a password.',
): UpkeepError {
  return new UpkeepError('output.unreadable', `The output of ${what} could not be read: ${escaped(why)}.`, {
    remedy,
    facts: { tool: what, exitCode: printed.exitCode, stdoutLength: printed.stdout.length },
  });
}

/** The beginning of a text on one line, its control characters written out. */
export function excerpt(text: string): string {
  const flat = escaped(text.replace(/\s+/g, ' ').trim());
  return flat.length > EXCERPT_LENGTH ? `${flat.slice(0, EXCERPT_LENGTH)}…` : flat;
}

/** What a tool printed goes into messages, and nothing in it may steer the terminal or the log they are shown in. */
export function escaped(text: string): string {
  return text.replace(/(?!\n)\p{Cc}/gu, (sign) => `\\u${(sign.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`);
}
