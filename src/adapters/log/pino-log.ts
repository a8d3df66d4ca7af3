import { type DestinationStream, pino, stdSerializers } from 'pino';
import { isoOf } from '../../domain/instant.ts';
import { UpkeepError } from '../../domain/problem.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log, LogFields } from '../../ports/log.ts';
import { escaped } from '../commands/unreadable.ts';
import type { LogLevel } from './log-level.ts';
import type { LineSink } from './rotating-file.ts';
import { shortened } from './shorten-line.ts';

export type PinoLogOptions = {
  clock: Pick<Clock, 'now'>;
  sink: Pick<LineSink, 'write' | 'trouble'>;
  /** Less important lines are not written. */
  level?: LogLevel;
  /** Stand in every line: the run, the boot session, the version of upkeep. */
  fields: { run: string; boot?: string | null; version: string };
  /** Is given one line of plain text for each of `info` and above, without a line end: for standard error. */
  summary?: (line: string) => void;
};

/**
 * The diary as lines of JSON, each written before the call returns. It never throws and never stops the agent: lines
 * that cannot be written are counted, and the count is the first line once writing works again.
 */
export function pinoLog({ clock, sink, level = 'info', fields, summary }: PinoLogOptions): Log {
  let lost = 0;
  let why: string | null = null;

  /** Whoever listens to the summaries is no part of the log: their trouble is theirs. */
  const tell = (line: string): void => {
    try {
      summary?.(line);
    } catch {
      // Standard error may be closed or full.
    }
  };

  const logger = pino(
    {
      level,
      base: null,
      // The library would ask the computer; in a simulation that is not the time.
      timestamp: () => `,"time":"${timeText(clock.now())}"`,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: stdSerializers.err },
      redact: { paths: REDACTED, censor: '[secret]' },
    },
    { write: (line: string) => keep(shortened(line.trimEnd())) } satisfies DestinationStream,
  );

  const keep = (line: string): void => {
    if (lost > 0 && sink.write(noticeOf(lost, why))) lost = 0;
    if (lost === 0 && sink.write(line)) return;
    if (lost === 0) tell(`upkeep[${fields.run}]: the log cannot be written (${sink.trouble()})`);
    lost += 1;
    why = sink.trouble();
  };

  const noticeOf = (count: number, trouble: string | null): string =>
    JSON.stringify({
      level: 'warn',
      time: timeText(clock.now()),
      ...fields,
      msg: `${count} ${count === 1 ? 'line' : 'lines'} before this one could not be written (${trouble}).`,
      lost: count,
    });

  const logWith = (standing: LogFields): Log => {
    const write = (severity: LogLevel, message: string, more: LogFields = {}): void => {
      try {
        const all = fieldsOf({ ...standing, ...more });
        logger[severity](all, message);
        if (severity !== 'debug') tell(summaryOf(fields.run, message, all));
      } catch (error) {
        // A value that cannot be put into JSON, whatever the library tries: the sentence is worth more than the field.
        logger[severity](fields, `${message} (fields lost: ${error instanceof Error ? error.name : 'unreadable'})`);
      }
    };
    return {
      debug: (message, more) => write('debug', message, more),
      info: (message, more) => write('info', message, more),
      warn: (message, more) => write('warn', message, more),
      error: (message, more) => write('error', message, more),
      child: (more) => logWith({ ...standing, ...more }),
    };
  };
  return logWith(fields);
}

/** A net under the type `Secret`, for what somebody might log under such a name one day; it reaches three levels deep. */
const SECRET_NAMES = ['password', 'passphrase', 'passwd', 'secret', 'token', 'authorization', 'credential', 'stdin'];
const REDACTED = SECRET_NAMES.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);

/** Names the line itself uses; a field of the same name would stand there twice. */
const TAKEN = new Set(['time', 'level', 'msg']);

function fieldsOf(fields: LogFields): LogFields {
  const entries = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [TAKEN.has(name) ? `${name}_` : name, value]);
  const clean = Object.fromEntries(entries) as LogFields;
  const { err, problem, nextWake } = clean;
  if (err instanceof UpkeepError && problem === undefined) clean.problem = err.code;
  if (typeof nextWake === 'number') return { ...clean, nextWake: isoOf(nextWake) as unknown as number };
  return clean;
}

/** Milliseconds always, so that lines can be sorted as text. */
function timeText(at: number): string {
  return Temporal.Instant.fromEpochMilliseconds(at).toString({ fractionalSecondDigits: 3 });
}

function summaryOf(run: string, message: string, { problem }: LogFields): string {
  const about = problem === undefined ? '' : ` (${problem})`;
  return escaped(`upkeep[${run}]: ${message}${about}`.replace(/\s+/g, ' ')).slice(0, LONGEST_SUMMARY);
}

/** The unified log of macOS cuts lines at about this length. */
const LONGEST_SUMMARY = 1_000;
