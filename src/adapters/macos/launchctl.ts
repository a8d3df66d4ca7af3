import type { Printed } from '../commands/command.ts';
import { unreadable } from '../commands/unreadable.ts';

/** What `launchctl` said to an order. It is a hint and no more: whether a job is loaded, only `readLoaded` tells. */
export type LaunchctlAnswer = {
  accepted: boolean;
  /** The number launchd gives in its text, which counts where the exit code is not known; 0 when accepted. */
  exitCode: number;
  /** What launchd says, on one line; null when it said nothing. */
  said: string | null;
};

/** `retryable`: the job may still be on its way out, be loaded already, or the alarm may be a false one. */
export type BootstrapAnswer = LaunchctlAnswer & { retryable: boolean };

/** Reads `launchctl bootstrap`. `5: Input/output error` stands for half a dozen things, some of them success. */
export function readBootstrap(printed: Printed): BootstrapAnswer {
  const answer = answerOf(printed);
  return { ...answer, retryable: RETRYABLE.has(answer.exitCode) };
}

/** Reads `launchctl bootout`. `gone` when there was no such job; `underWay` when launchd has only begun. */
export function readBootout(printed: Printed): LaunchctlAnswer & { gone: boolean; underWay: boolean } {
  const answer = answerOf(printed);
  return { ...answer, gone: GONE.has(answer.exitCode), underWay: answer.exitCode === IN_PROGRESS };
}

/** Reads an order of which nothing more has to be known than whether it was taken. */
export function readDone(printed: Printed): LaunchctlAnswer {
  return answerOf(printed);
}

/**
 * Reads `launchctl print` of a job. Its text is explicitly no interface, so only the exit code counts: 0 loaded, 113
 * not; the words for "not found" count as 113 where the code is not known. Anything else says nothing about the job.
 */
export function readLoaded(printed: Printed): { loaded: boolean; exitCode: number } {
  const text = `${printed.stderr}\n${printed.stdout}`;
  if (/^Could not find service "/m.test(text)) return { loaded: false, exitCode: NOT_FOUND };
  if (printed.exitCode === NOT_FOUND) return { loaded: false, exitCode: NOT_FOUND };
  if (printed.exitCode === 0) return { loaded: true, exitCode: 0 };
  throw unreadable('launchctl print', printed, 'it tells neither that the job is loaded nor that it is not');
}

const NOT_FOUND = 113;
const NO_SUCH_PROCESS = 3;
const INPUT_OUTPUT = 5;
const ALREADY = 17;
const IN_PROGRESS = 36;
const ALREADY_IN_PROGRESS = 37;

const RETRYABLE: ReadonlySet<number> = new Set([INPUT_OUTPUT, ALREADY, IN_PROGRESS, ALREADY_IN_PROGRESS]);
const GONE: ReadonlySet<number> = new Set([NO_SUCH_PROCESS, NOT_FOUND]);

function answerOf(printed: Printed): LaunchctlAnswer {
  const said = `${printed.stderr}\n${printed.stdout}`.replace(/\s+/g, ' ').trim();
  const named = /: (\d{1,3}): /.exec(said)?.[1];
  if (named === undefined && printed.exitCode === null) {
    throw unreadable('launchctl', printed, 'neither an exit code nor a number in the text tells how it ended');
  }
  const exitCode = named === undefined ? (printed.exitCode ?? 0) : Number(named);
  return { accepted: exitCode === 0, exitCode, said: said === '' ? null : said };
}
