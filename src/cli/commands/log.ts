import { systemClock } from '../../adapters/clock/system-clock.ts';
import { type LogEntry, readEntry } from '../../adapters/log/log-entry.ts';
import { LOG_LEVELS, type LogLevel } from '../../adapters/log/log-level.ts';
import { LogTail } from '../../adapters/log/log-tail.ts';
import { watchFolder } from '../../adapters/log/watch-folder.ts';
import type { Instant } from '../../domain/instant.ts';
import { UpkeepError } from '../../domain/problem.ts';
import { painter } from '../colour.ts';
import type { CliCommand, Io, Values } from '../command.ts';
import { codeOf } from '../input.ts';
import { logWords } from '../log-words.ts';
import { macTime } from '../mac-time.ts';
import { choiceOption, wholeNumberOption } from '../options.ts';
import { placesOf } from '../root-option.ts';
import { sinceOption } from '../since-option.ts';

const LINES = 50;

export const log: CliCommand = {
  name: 'log',
  help: `upkeep log [--follow] [--since WHEN] [--level LEVEL] [--lines N] [--json] [--root DIR]

Shows what upkeep wrote down, the newest last: what it decided, did and met with. An administrator may read it.

  --follow        go on with each new line, until Control-C
  --since WHEN    from then on: 2026-11-23, 2026-11-23T08:00, 30m, 2h, 3d, today or yesterday
  --level LEVEL   debug, info, warn or error, and what is more important (debug)
  --lines N       the last N lines, 0 for all (${LINES}; with --since all)
  --json          the lines as they are in the files, JSON each; a broken one as {"broken": …}
  --root DIR      the log of a simulated Mac below this folder`,
  options: {
    follow: { type: 'boolean' },
    since: { type: 'string' },
    level: { type: 'string' },
    lines: { type: 'string' },
    json: { type: 'boolean' },
    root: { type: 'string' },
  },
  positionals: { min: 0, max: 0 },
  run: async (values, _positionals, io) => {
    const places = placesOf(values);
    const folder = places.logs;
    const { now, zone } = await macTime(places);
    const since = sinceOption(values, now, zone);
    const level = choiceOption(values, 'level', LOG_LEVELS, 'debug');
    const otherwise = since === null ? LINES : 0;
    const lines = wholeNumberOption(values, 'lines', { min: 0, max: 1_000_000, otherwise });
    const tail = new LogTail(folder);
    const found = readable(folder, () => tail.read().lines);
    if (values.follow !== true) found.push(...tail.rest());
    const words = wordsFor(values, zone, io);
    const wanted = chosen(entriesOf(found), since, level);
    for (const entry of lines === 0 ? wanted : wanted.slice(-lines)) io.out(words(entry));
    if (values.follow !== true) return 0;
    return new Promise<number>((_resolve, reject) => {
      const stop = watchFolder(folder, systemClock, () => {
        try {
          const { lines: fresh, gap } = readable(folder, () => tail.read());
          if (gap) io.err('upkeep: some lines are missing here; they were rotated away before they could be read.\n');
          for (const entry of chosen(entriesOf(fresh), null, level)) io.out(words(entry));
        } catch (error) {
          stop();
          reject(error);
        }
      });
    });
  },
};

function wordsFor(values: Values, zone: string, io: Io): (entry: LogEntry) => string {
  if (values.json !== true) return logWords(zone, painter(io.colour));
  return (entry) => `${entry.kind === 'entry' ? entry.line : JSON.stringify({ broken: entry.line })}\n`;
}

const entriesOf = (lines: readonly string[]): LogEntry[] =>
  lines.map(readEntry).filter((entry): entry is LogEntry => entry !== null);

/** A broken line has neither time nor level: it is shown with whatever stands around it. */
function chosen(entries: readonly LogEntry[], since: Instant | null, level: LogLevel): LogEntry[] {
  const least = LOG_LEVELS.indexOf(level);
  const first = since === null ? 0 : entries.findIndex((entry) => entry.kind === 'entry' && entry.at >= since);
  if (first < 0) return [];
  return entries
    .slice(first)
    .filter(
      (entry) => entry.kind === 'broken' || (LOG_LEVELS.indexOf(entry.level) >= least && entry.at >= (since ?? 0)),
    );
}

function readable<T>(folder: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    const code = codeOf(cause);
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw new UpkeepError('input.missing', `there is no log of upkeep in ${folder}.`, {
        remedy: 'On a Mac, check that upkeep is installed and has run; a simulated Mac is named with --root.',
        facts: { folder },
        cause,
      });
    }
    const refused = code === 'EACCES' || code === 'EPERM';
    const detail = refused ? 'only administrators may' : `the system says ${code}`;
    throw new UpkeepError('input.unreadable', `the log in ${folder} cannot be read: ${detail}.`, {
      remedy: refused ? 'Ask as an administrator, or put `sudo` in front.' : 'Check that the disk is healthy.',
      facts: { folder },
      cause,
    });
  }
}
