import { UpkeepError } from '../../domain/problem.ts';
import type { Printed } from './command.ts';

const EXCERPT_LENGTH = 400;

/** The error of every parser: the text is not what `what` prints. A trimmed excerpt travels along for the log. */
export function unreadable(what: string, printed: Printed, why: string, cause?: unknown): UpkeepError {
  return new UpkeepError('output.unreadable', `The output of ${what} could not be read: ${why}.`, {
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

/** The same without a word of the text, for output that may hold what somebody typed. */
export function unreadableUnseen(what: string, printed: Printed, why: string): UpkeepError {
  return new UpkeepError('output.unreadable', `The output of ${what} could not be read: ${why}.`, {
    remedy: `Show the dialog again; the text was not kept, because it may hold a password.`,
    facts: { tool: what, exitCode: printed.exitCode, stdoutLength: printed.stdout.length },
  });
}

/** The beginning of a text on one line, without control characters. */
export function excerpt(text: string): string {
  const flat = text.replace(/[\p{Cc}\s]+/gu, ' ').trim();
  return flat.length > EXCERPT_LENGTH ? `${flat.slice(0, EXCERPT_LENGTH)}…` : flat;
}
