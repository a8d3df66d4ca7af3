import { escaped } from '../adapters/commands/unreadable.ts';
import type { LogEntry } from '../adapters/log/log-entry.ts';
import type { LogLevel } from '../adapters/log/log-level.ts';
import { localTimeOf } from '../domain/instant.ts';
import type { Colour, Paint } from './colour.ts';

/** Writes entries as people read them, in local time; a line of its own marks where another run begins. */
export function logWords(zone: string, paint: Paint): (entry: LogEntry) => string {
  let run: unknown = null;
  return (entry) => {
    if (entry.kind === 'broken') return `${paint('red', `(broken line) ${clean(entry.line)}`)}\n`;
    const { run: ofRun, boot: _boot, version, problem, err, ...fields } = entry.fields;
    const heading = ofRun === run ? '' : `${paint('dim', `run ${clean(ofRun)}, upkeep ${clean(version)}`)}\n`;
    run = ofRun;
    const colour = COLOURS[entry.level];
    const level = colour === null ? entry.level.padEnd(5) : paint(colour, entry.level.padEnd(5));
    const about = problem === undefined ? '' : ` ${paint('yellow', `(${clean(problem)})`)}`;
    const more = Object.entries(fields).map(([name, value]) => `${name}=${clean(value)}`);
    const rest = more.length === 0 ? '' : `  ${paint('dim', more.join(' '))}`;
    const failure = err === undefined ? [] : errorLines(err).map((line) => paint('dim', `    ${line}`));
    return `${[`${heading}${timeWords(entry.at, zone)}  ${level}  ${clean(entry.msg)}${about}${rest}`, ...failure].join('\n')}\n`;
  };
}

const COLOURS: Record<LogLevel, Colour | null> = { debug: 'dim', info: null, warn: 'yellow', error: 'red' };

function timeWords(at: number, zone: string): string {
  return localTimeOf(at, zone).replace('T', ' ');
}

/** An error is its stack where it has one: that names the message and every cause. */
function errorLines(err: unknown): string[] {
  const { stack, message } = (typeof err === 'object' && err !== null ? err : {}) as Record<string, unknown>;
  const text = typeof stack === 'string' ? stack : typeof message === 'string' ? message : (JSON.stringify(err) ?? '');
  return text.split('\n').map((line) => clean(line.trim()));
}

/** Nothing that was logged may steer the terminal. */
function clean(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return escaped(text.replaceAll('\n', ' '));
}
