import { exitCodeFor, UpkeepError } from '../domain/problem.ts';
import type { Io } from './command.ts';

/** Says on standard error what went wrong and what to do now, and returns the exit code that belongs to it. */
export function complain(error: unknown, io: Pick<Io, 'err'>): number {
  if (error instanceof UpkeepError) {
    const message = /[.?!:…]$/.test(error.message) ? error.message : `${error.message}.`;
    // A list of problems ends with a line of its own; the remedy for all of them must not look like one more.
    const gap = message.includes('\n') ? '\n\n' : '\n';
    io.err(`${visible(`upkeep: ${message}${gap}${error.remedy}\n(${error.code})`)}\n`);
    return exitCodeFor(error.code);
  }
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  io.err(
    `upkeep: a bug in upkeep, sorry. Please report it with the command line and these lines:\n${visible(detail)}\n`,
  );
  return exitCodeFor('bug');
}

/** Messages quote files and arguments; nothing in those may steer the terminal they are shown on. */
export function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu, (sign) =>
    sign === '\n' ? sign : `\\u${(sign.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
}
