// `upkeep log` as an administrator reads it.
import type { ChildProcess } from 'node:child_process';
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/adapters/clock/system-clock.ts';
import { pinoLog } from '../../src/adapters/log/pino-log.ts';
import { rotatingFile } from '../../src/adapters/log/rotating-file.ts';
import { placesUnder } from '../../src/adapters/places.ts';
import { runCli } from '../../src/cli/run-cli.ts';
import { DAY_MS, HOUR_MS, isoOf, localDate, MINUTE_MS, SECOND_MS, zoned } from '../../src/domain/instant.ts';
import { UpkeepError } from '../../src/domain/problem.ts';
import { startUpkeep, temporaryDirectory, upkeep } from './terminal.ts';

let directory: string;
let remove: () => void;
let logs: string;
beforeEach(() => {
  ({ directory, remove } = temporaryDirectory());
  logs = placesUnder(directory).logs;
});
afterEach(() => remove());

const show = (...options: string[]) => upkeep('log', '--root', directory, ...options);
const zone = systemClock.zone();
const local = (at: number) => zoned(at, zone).toPlainDateTime().toString({ smallestUnit: 'second' }).replace('T', ' ');

/** Writes as the agent does, but at times of the test's own. */
function writer(run = 'r1') {
  const state = { now: systemClock.now() };
  const sink = rotatingFile(logs, { rotates: true, limits: { files: 50, bytes: 1_000 } });
  const log = pinoLog({ clock: { now: () => state.now }, sink, level: 'debug', fields: { run, version: '0.1.0' } });
  return { log, at: (now: number) => Object.assign(state, { now }) && log };
}

const messages = (out: string) => [...out.matchAll(/(message \d+)/g)].map((found) => found[1]);

describe('reading', () => {
  test('one line for each thing, in local time, with a heading for each run', async () => {
    const at = systemClock.now() - HOUR_MS;
    const first = writer('r1').at(at);
    first.info('The update is there.', { state: 'deciding', durationMs: 12 });
    first.warn('It failed.', { problem: 'tool.failed' });
    writer('r2')
      .at(at + MINUTE_MS)
      .error('A tool broke.', {
        err: new UpkeepError('tool.missing', 'no tool', { remedy: 'none' }),
      });
    const { code, out, err } = await show();
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const lines = out.split('\n');
    expect(lines.slice(0, 5)).toEqual([
      'run r1, upkeep 0.1.0',
      `${local(at)}  info   The update is there.  state=deciding durationMs=12`,
      `${local(at)}  warn   It failed. (tool.failed)`,
      'run r2, upkeep 0.1.0',
      `${local(at + MINUTE_MS)}  error  A tool broke. (tool.missing)`,
    ]);
    expect(lines[5]).toMatch(/^ {4}UpkeepError: no tool/);
  });

  test('all files in order; the last 50 lines unless told otherwise', async () => {
    const { log } = writer();
    for (let i = 0; i < 70; i += 1) log.info(`message ${i}`);
    const all = Array.from({ length: 70 }, (_, i) => `message ${i}`);
    expect(messages((await show()).out)).toEqual(all.slice(-50));
    expect(messages((await show('--lines', '3')).out)).toEqual(all.slice(-3));
    expect(messages((await show('--lines', '0')).out)).toEqual(all);
    expect(messages((await show('--since', '1h')).out)).toEqual(all);
  });

  test('from a level on', async () => {
    const { log } = writer();
    log.debug('message 0');
    log.info('message 1');
    log.warn('message 2');
    log.error('message 3');
    expect(messages((await show()).out)).toHaveLength(4);
    expect(messages((await show('--level', 'warn')).out)).toEqual(['message 2', 'message 3']);
  });

  test('what a kill left of a line is shown as that, and steers no terminal', async () => {
    const { log } = writer();
    log.info('message 0');
    appendFileSync(join(logs, 'upkeep.log'), '{"level":"info","msg":"half\u001b[2J');
    log.info('message 1\u001b[31m');
    appendFileSync(join(logs, 'upkeep.log'), '{"no":"message"}\n{"at the very end');
    const { out } = await show();
    expect(out.split('\n').map((line) => line.replace(/^\S+ \S+ {2}/, ''))).toEqual([
      'run r1, upkeep 0.1.0',
      'info   message 0',
      '(broken line) {"level":"info","msg":"half\\u001b[2J',
      'info   message 1\\u001b[31m',
      '(broken line) {"no":"message"}',
      '(broken line) {"at the very end',
      '',
    ]);
    const json = (await show('--json')).out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(json).toHaveLength(5);
    expect(json[1]).toEqual({ broken: '{"level":"info","msg":"half\u001b[2J' });
    expect(json[2]).toMatchObject({ msg: 'message 1\u001b[31m', level: 'info' });
  });

  test('colours on a terminal, and only there', async () => {
    writer().log.error('message 0');
    let out = '';
    const io = {
      out: (text: string) => {
        out += text;
      },
      err: () => undefined,
      outIsTerminal: true,
      errIsTerminal: true,
      colour: true,
      stdin: () => Promise.reject(new Error('not read')),
    };
    await runCli(['log', '--root', directory], io);
    expect(out).toContain('\u001b[31merror');
    expect((await show()).out).not.toContain('\u001b');
  });
});

describe('--since', () => {
  test('takes a date, a time, a length, today and yesterday', async () => {
    const now = systemClock.now();
    const { at } = writer();
    const midnight = zoned(now, zone).startOfDay().epochMilliseconds;
    const times = [now - 40 * DAY_MS, midnight - DAY_MS - MINUTE_MS, midnight - MINUTE_MS, midnight, now - SECOND_MS];
    for (const [i, time] of times.toSorted((a, b) => a - b).entries()) at(time).info(`message ${i}`);
    const since = async (when: string) => messages((await show('--since', when)).out).length;
    expect(await since('today')).toBe(2);
    expect(await since('yesterday')).toBe(3);
    expect(await since('30d')).toBe(4);
    expect(await since('60d')).toBe(5);
    expect(await since(localDate(now, zone))).toBe(2);
    expect(await since(isoOf(midnight - MINUTE_MS))).toBe(3);
    expect(await since('0s')).toBe(0);
  });

  test.each(['soon', '2 weeks', '5', 'h', '2026-13-01', '2099-01-01', '-3h', 'constructor'])(
    '%s is refused',
    async (when) => {
      writer().log.info('x');
      const { code, out, err } = await show(`--since=${when}`);
      expect({ code, out }).toEqual({ code: 64, out: '' });
      expect(err).toContain(when);
      expect(err).toContain('such as 2026-11-23');
    },
  );
});

describe('when there is nothing to read', () => {
  test('no log at all', async () => {
    const { code, err } = await show();
    expect(code).toBe(66);
    expect(err).toContain(`there is no log of upkeep in ${logs}`);
  });

  test('an empty one', async () => {
    mkdirSync(logs, { recursive: true });
    expect(await show()).toEqual({ code: 0, out: '', err: '' });
  });

  test('a root that is none', async () => {
    for (const wrong of ['no/such', join(directory, 'nothing')]) {
      expect((await upkeep('log', '--root', wrong)).code).toBe(64);
    }
  });
});

describe('following', () => {
  let child: ChildProcess | null = null;
  afterEach(() => child?.kill('SIGKILL'));

  async function follow(...options: string[]) {
    const { child: started, heard, until } = await startUpkeep('log', '--root', directory, '--follow', ...options);
    child = started;
    const ended = new Promise<number | null>((resolve) => started.on('close', (code) => resolve(code)));
    return { heard, until, ended, stdout: started.stdout };
  }

  test('gives every line that comes, each once, across rotations', async () => {
    const { log } = writer();
    for (let i = 0; i < 5; i += 1) log.info(`message ${i}`);
    const { heard, until } = await follow('--lines', '2');
    await until('message 4');
    for (let i = 5; i < 60; i += 1) {
      log.info(`message ${i}`);
      if (i % 20 === 0) await until(`message ${i}`);
    }
    await until('message 59');
    expect(messages(heard.out)).toEqual(Array.from({ length: 57 }, (_, i) => `message ${i + 3}`));
    expect(heard.err).toBe('');
  });

  test('ends quietly when nobody reads any more', async () => {
    const { log } = writer();
    log.info('message 0');
    const { until, ended, stdout, heard } = await follow();
    await until('message 0');
    stdout.destroy();
    const talking = setInterval(() => log.info('message 1'), 20);
    const code = await ended;
    clearInterval(talking);
    expect({ code, err: heard.err }).toEqual({ code: 0, err: '' });
  });
});

test('an unreadable file is said so', async () => {
  mkdirSync(logs, { recursive: true });
  mkdirSync(join(logs, 'upkeep.log'));
  writeFileSync(join(logs, 'other'), '');
  const { code, err } = await show();
  expect(code).toBe(65);
  expect(err).toContain('EISDIR');
});
