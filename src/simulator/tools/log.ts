import { zoned } from '../../domain/instant.ts';
import type { Mac } from '../mac/mac.ts';
import type { LogEntry } from '../mac/system-log.ts';
import { logTime, zoneOffset } from './local-time.ts';
import { readPredicate } from './log-predicate.ts';
import type { Tool } from './tool.ts';

const USAGE = 'usage:\n    log <command>\n\nglobal options:\n    -?, --help\n';

/** `log stream`: what is logged from now on, until somebody ends it. */
export const log: Tool = async (argv, io, mac) => {
  const [verb, ...options] = argv;
  const given = new Map<string, string>();
  for (let at = 0; at < options.length; at += 2) given.set(options[at] ?? '', options[at + 1] ?? '');
  const known = ['--style', '--predicate', '--level'];
  if (verb !== 'stream' || options.length % 2 === 1 || [...given.keys()].some((name) => !known.includes(name))) {
    io.printErr(USAGE);
    return 64;
  }
  const text = given.get('--predicate') ?? null;
  const wanted = text === null ? () => true : readPredicate(text);
  if (wanted === null) {
    io.printErr(`log: Bad predicate (Unable to parse the format string "${text}"): ${text}\n`);
    return 64;
  }
  const style = given.get('--style') ?? 'default';
  const line = STYLES[style];
  if (line === undefined) {
    io.printErr(USAGE);
    return 64;
  }
  if (text !== null) io.print(`Filtering the log data using "${text}"\n`);
  if (style === 'compact') io.print('Timestamp               Ty Process[PID:TID]\n');
  if (style === 'default')
    io.print('Timestamp                       Thread     Type        Activity             PID    TTL  \n');
  const chance = mac.random.fork(`log ${io.call}`);
  let held: string | null = null;
  let left = mac.faults.strikes('log-stream-ends') === null ? Number.POSITIVE_INFINITY : LINES_UNTIL_END;
  return new Promise((resolve) => {
    const stop = mac.systemLog.read((entry) => {
      if (!wanted(entry)) return;
      const printed = `${line(entry, mac)}\n`;
      // Threads write side by side: now and then a line comes after the next one, or twice.
      if (held === null && chance.chance(0.04)) {
        held = printed;
        void io.sleep(300).then(flush);
        return;
      }
      io.print(chance.chance(0.04) ? printed + printed : printed);
      flush();
      left -= 1;
      if (left === 0) {
        stop();
        resolve(0);
      }
    });
    const flush = (): void => {
      if (held !== null) io.print(held);
      held = null;
    };
    io.onEnded(stop);
  });
};

/** After which logd lets go of a stream, where that is its fault. */
const LINES_UNTIL_END = 20;

const STYLES: Readonly<Record<string, (entry: LogEntry, mac: Mac) => string>> = {
  ndjson: ({ subsystem, category, process, pid, thread, message }, mac) =>
    JSON.stringify({
      timezoneName: '',
      messageType: 'Default',
      eventType: 'logEvent',
      subsystem,
      category,
      threadID: thread,
      processImagePath: process,
      timestamp: `${stamp(mac)}000${zoneOffset(mac.world.wall(), mac.zone)}`,
      traceID: 0,
      eventMessage: message,
      processID: pid,
    }).replaceAll('/', '\\/'),
  compact: (entry, mac) =>
    `${stamp(mac)} Df ${nameOf(entry)}[${entry.pid}:${entry.thread.toString(16)}] ${told(entry)}`,
  default: (entry, mac) =>
    `${stamp(mac)}000${zoneOffset(mac.world.wall(), mac.zone)} ${`0x${entry.thread.toString(16)}`.padEnd(10)} ` +
    `Default     0x0                  ${String(entry.pid).padEnd(6)} 0    ${nameOf(entry)}: ${told(entry)}`,
};

const nameOf = ({ process }: LogEntry): string => process.slice(process.lastIndexOf('/') + 1);
const told = ({ subsystem, category, message }: LogEntry): string => `[${subsystem}:${category}] ${message}`;

function stamp(mac: Mac): string {
  const now = mac.world.wall();
  return `${logTime(now, mac.zone)}.${String(zoned(now, mac.zone).millisecond).padStart(3, '0')}`;
}
