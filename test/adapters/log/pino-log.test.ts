// What a line of the log says, what it never says, and that writing one never stops anybody.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LogLevel } from '../../../src/adapters/log/log-level.ts';
import { pinoLog } from '../../../src/adapters/log/pino-log.ts';
import { LONGEST_LINE } from '../../../src/adapters/log/shorten-line.ts';
import { readInstant } from '../../../src/domain/instant.ts';
import { UpkeepError } from '../../../src/domain/problem.ts';
import { Secret } from '../../../src/domain/secret.ts';
import { canary } from '../../support/canary.ts';

const start = readInstant('2026-11-02T08:00:00Z', 'UTC') ?? Number.NaN;

function logging(level: LogLevel = 'info') {
  const lines: string[] = [];
  const summaries: string[] = [];
  const state = { full: false, now: start };
  const log = pinoLog({
    clock: { now: () => state.now },
    sink: {
      write: (line) => {
        if (!state.full) lines.push(line);
        return !state.full;
      },
      trouble: () => (state.full ? 'ENOSPC' : null),
    },
    level,
    fields: { run: 'a1b2', boot: 'B00T', version: '0.1.0' },
    summary: (line) => summaries.push(line),
  });
  return {
    log,
    lines,
    summaries,
    state,
    parsed: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}

describe('a line', () => {
  test('has exactly the standing fields, those given, and the time of the clock it was given', () => {
    const { log, parsed, state } = logging();
    log.info('The update is there.', { state: 'deciding', target: 'macOS 26.6.2', attempt: 2, nextWake: start });
    state.now += 61_005;
    log.child({ effect: 'download' }).warn('It failed.', { problem: 'tool.failed', durationMs: 12, nextWake: null });
    expect(parsed()).toEqual([
      {
        level: 'info',
        time: '2026-11-02T08:00:00.000Z',
        run: 'a1b2',
        boot: 'B00T',
        version: '0.1.0',
        state: 'deciding',
        target: 'macOS 26.6.2',
        attempt: 2,
        nextWake: '2026-11-02T08:00:00Z',
        msg: 'The update is there.',
      },
      {
        level: 'warn',
        time: '2026-11-02T08:01:01.005Z',
        run: 'a1b2',
        boot: 'B00T',
        version: '0.1.0',
        effect: 'download',
        problem: 'tool.failed',
        durationMs: 12,
        nextWake: null,
        msg: 'It failed.',
      },
    ]);
  });

  test('below the level is not written', () => {
    const { log, parsed } = logging('warn');
    log.debug('a');
    log.info('b');
    log.warn('c');
    log.error('d');
    expect(parsed().map(({ msg }) => msg)).toEqual(['c', 'd']);
  });

  test('has an error with all its causes, and the code of a problem by itself', () => {
    const { log, parsed } = logging();
    const cause = new Error('connection reset');
    log.error('It failed.', {
      err: new UpkeepError('tool.failed', 'The tool gave up.', { remedy: 'Try.', facts: { exitCode: 3 }, cause }),
    });
    expect(parsed()).toMatchObject([
      {
        problem: 'tool.failed',
        err: {
          type: 'UpkeepError',
          message: 'The tool gave up.: connection reset',
          code: 'tool.failed',
          remedy: 'Try.',
          facts: { exitCode: 3 },
          stack: expect.stringContaining('caused by: Error: connection reset'),
        },
      },
    ]);
  });

  test('never has a name twice, whatever the fields are called', () => {
    const { log, lines, parsed } = logging();
    log.child({ run: 'other', state: 'a' }).info('x', { state: 'b', time: 'noon', level: 9, msg: 'y' });
    for (const name of ['time', 'level', 'msg', 'run', 'state'])
      expect(lines[0]?.match(new RegExp(`"${name}":`, 'g'))).toHaveLength(1);
    expect(parsed()).toMatchObject([{ run: 'other', state: 'b', time_: 'noon', level_: 9, msg_: 'y', msg: 'x' }]);
  });

  test('is one line and JSON, whatever is put into it', () => {
    const circular: Record<string, unknown> = {};
    circular.self = circular;
    const nasty = {
      get boom() {
        throw new Error('no');
      },
    };
    const { log, lines } = logging('debug');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.anything({ withBigInt: true, withMap: true }), (message, value) => {
        log.debug(message, { value });
      }),
      { numRuns: 300 },
    );
    log.info('circular', { circular, big: 12n, f: () => 1, nested: { nasty } });
    log.info('nasty', { nasty });
    log.info('spread', nasty);
    expect(lines.length).toBe(303);
    for (const line of lines) {
      expect(line).not.toContain('\n');
      expect(() => JSON.parse(line), line).not.toThrow();
    }
  });

  test('that would be far too long is shortened, says so, and keeps its fields', () => {
    const { log, lines, parsed } = logging();
    const err = new UpkeepError('tool.failed', 'm'.repeat(50_000), {
      remedy: 'Try.',
      facts: { stdout: 'o'.repeat(90_000) },
    });
    log.error('x'.repeat(100_000), { state: 'deciding', more: Array(20_000).fill('é'), err });
    log.info('many', Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`field${i}`, i])));
    for (const line of lines) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(LONGEST_LINE);
    const [first, second] = parsed();
    expect(first).toMatchObject({
      state: 'deciding',
      problem: 'tool.failed',
      msg: expect.stringMatching(/^x{2000}…$/),
      more: expect.stringMatching(/…$/),
      err: { code: 'tool.failed', message: expect.stringMatching(/…$/) },
    });
    expect(first?.shortenedFrom).toBeGreaterThan(200_000);
    expect(second).toMatchObject({ msg: 'many', level: 'info', shortenedFrom: expect.any(Number) });
  });
});

describe('secrets', () => {
  const plain = canary('log');
  const secret = new Secret(plain);

  test('are not to be read at any depth, in a message, an error or a list', () => {
    const { log, lines, summaries } = logging('debug');
    const err = new Error(`wrong: ${secret}`, { cause: Object.assign(new Error('inner'), { secret }) });
    Object.assign(err, { deep: { deeper: [{ secret }] } });
    log.error(`with ${secret}`, {
      a: { b: { c: { d: [secret] } } },
      err,
      value: secret,
      map: new Map([['x', secret]]),
    });
    expect(lines.join() + summaries.join()).not.toContain(plain);
    expect(lines.join()).toContain('[secret]');
  });

  test('that somebody forgot to wrap are caught by their name, three levels deep', () => {
    const { log, lines } = logging();
    log.info('x', { password: plain, call: { stdin: plain, headers: { authorization: plain } } });
    log.child({ token: plain }).info('y');
    expect(lines.join()).not.toContain(plain);
  });
});

describe('the summary for standard error', () => {
  test('is one plain line for info and above, with the run and the problem', () => {
    const { log, summaries } = logging('debug');
    log.debug('not this');
    log.info('The update is there.');
    log.warn('It failed\n\u001b[31mbadly\u0007', { problem: 'tool.failed' });
    expect(summaries).toEqual([
      'upkeep[a1b2]: The update is there.',
      'upkeep[a1b2]: It failed \\u001b[31mbadly\\u0007 (tool.failed)',
    ]);
  });

  test('may fail without anybody noticing', () => {
    const lines: string[] = [];
    const log = pinoLog({
      clock: { now: () => start },
      sink: { write: (line) => lines.push(line) > 0, trouble: () => null },
      fields: { run: 'a', version: '1' },
      summary: () => {
        throw new Error('EPIPE');
      },
    });
    log.info('x');
    expect(lines).toHaveLength(1);
  });
});

describe('without room', () => {
  test('nothing is thrown; what was lost is counted, and said first when it works again', () => {
    const { log, parsed, summaries, state } = logging();
    log.info('before');
    state.full = true;
    for (let i = 0; i < 3; i += 1) log.info(`lost ${i}`);
    state.full = false;
    log.info('after');
    expect(parsed().map(({ msg }) => msg)).toEqual([
      'before',
      '3 lines before this one could not be written (ENOSPC).',
      'after',
    ]);
    expect(parsed()[1]).toMatchObject({ level: 'warn', run: 'a1b2', lost: 3 });
    expect(summaries.filter((line) => line.includes('cannot be written'))).toEqual([
      'upkeep[a1b2]: the log cannot be written (ENOSPC)',
    ]);
  });
});
