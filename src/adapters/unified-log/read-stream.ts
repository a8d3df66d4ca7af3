import type { Printed } from '../commands/command.ts';
import { splitLines } from '../commands/lines.ts';
import { unreadable } from '../commands/unreadable.ts';
import { type LogObservation, readLogLine } from './read-line.ts';

/** What a stream of the log came to, for people; whoever follows an update reads it line by line. */
export type LogSummary = {
  /** The commands that the Mac answered so and whose answers the server took, in order; null for one without a name. */
  acknowledged: (string | null)[];
  notNow: (string | null)[];
  refused: (string | null)[];
  /** Of the last answer of the server. */
  httpStatus: number | null;
  /** Of the last order to install that was acknowledged. */
  scheduleUUID: string | null;
  bootstrapTokenFetched: boolean;
  /** How many lines of progress there are. */
  events: number;
  downloadEvents: number;
  prepareEvents: number;
  edges: string[];
  phases: string[];
  lastPhase: string | null;
  lastPortion: number | null;
};

/** Reads what `log stream` printed until it was ended. A quiet stream is no failure. */
export function readLogStream(printed: Printed): LogSummary {
  const lines = splitLines(printed.stdout).map(({ text }) => text);
  if (lines.every((line) => line.trim() === '')) throw unreadable('log stream', printed, 'it never began');
  const seen = lines.map(readLogLine).filter((one) => one !== null);
  const progress = seen.filter((one) => one.kind === 'progress');
  const answered = seen.filter((one) => one.kind === 'answered');
  const count = (phase: string): number => progress.filter((one) => one.phase === phase).length;
  const schedule = seen.findLast((one) => answeredSo(one, ['acknowledged']) === 'ScheduleOSUpdate');
  return {
    acknowledged: commandsOf(seen, ['acknowledged']),
    notNow: commandsOf(seen, ['not-now']),
    refused: commandsOf(seen, ['error', 'format-error']),
    httpStatus: answered.at(-1)?.status ?? null,
    scheduleUUID: schedule?.kind === 'answered' && schedule.message.kind === 'answer' ? schedule.message.uuid : null,
    bootstrapTokenFetched: answered.some(({ message, status }) => message.kind === 'bootstrap-token' && status === 200),
    events: progress.length,
    downloadEvents: count('DOWNLOADING_UPDATE'),
    prepareEvents: count('PREPARING_UPDATE'),
    edges: ['start', 'inter', 'end'].filter((edge) => progress.some((one) => one.edge === edge)),
    phases: [...new Set(progress.map(({ phase }) => phase))],
    lastPhase: progress.at(-1)?.phase ?? null,
    lastPortion: progress.at(-1)?.portion ?? null,
  };
}

/** Lines are repeated; an answer with the same id is the same one. */
function commandsOf(seen: readonly LogObservation[], answers: readonly string[]): (string | null)[] {
  const ids = new Set<string>();
  return seen.flatMap((one) => {
    const command = answeredSo(one, answers);
    const id = one.kind === 'answered' && one.message.kind === 'answer' ? one.message.uuid : null;
    if (command === undefined || (id !== null && ids.has(id))) return [];
    if (id !== null) ids.add(id);
    return [command];
  });
}

/** The command that was answered so, where the server took the answer; undefined for anything else. */
function answeredSo(one: LogObservation, answers: readonly string[]): string | null | undefined {
  if (one.kind !== 'answered' || one.status !== 200 || one.message.kind !== 'answer') return undefined;
  return answers.includes(one.message.answer) ? one.message.command : undefined;
}
