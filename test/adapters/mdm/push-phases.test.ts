// What the log tells becomes the phases of a push, in virtual time: seconds of the story on the left, what is seen at them
// on the right.
import { readFileSync } from 'node:fs';
import { Subject } from 'rxjs';
import { describe, expect, test } from 'vitest';
import { PUSH_LIMITS, type Push, type PushPhase, pushPhases } from '../../../src/adapters/mdm/push-phases.ts';
import { type LogObservation, readLogLine } from '../../../src/adapters/unified-log/read-line.ts';
import { HOUR_MS, SECOND_MS } from '../../../src/domain/instant.ts';
import { VirtualClock } from '../../../src/simulator/virtual-clock.ts';

const CAPTURE = new URL('../../fixtures/captures/log/stream-push.txt', import.meta.url);

const INSTALL: Push = { by: 'commands', action: 'install' };

type Step = [second: number, LogObservation | 'ends' | 'breaks'];

/** Each phase with the second it was told in, until the stream ends or a day is over. */
async function told(steps: Step[], push: Push = INSTALL): Promise<string[]> {
  const clock = new VirtualClock(0);
  const log = new Subject<LogObservation>();
  const seen: string[] = [];
  log.pipe(pushPhases(clock, push)).subscribe({
    next: (phase) => seen.push(`${clock.now() / SECOND_MS}: ${inWords(phase)}`),
    complete: () => seen.push('over'),
  });
  for (const [second, what] of steps) {
    clock.at(second * SECOND_MS, () => {
      if (what === 'ends') log.complete();
      else if (what === 'breaks') log.error(new Error('no more'));
      else log.next(what);
    });
  }
  await clock.runUntil(24 * HOUR_MS, () => seen.at(-1) === 'over');
  expect(log.observed).toBe(seen.at(-1) !== 'over');
  return seen;
}

function inWords(phase: PushPhase): string {
  switch (phase.phase) {
    case 'preparing':
      return `preparing ${phase.percent} ${phase.step}${phase.stalled ? ' stalled' : ''}`;
    case 'failed':
      return `failed, ${phase.reason}${phase.command === null ? '' : ` ${phase.command}`}`;
    case 'acknowledged':
    case 'put-off':
      return `${phase.phase} ${phase.command}`;
    default:
      return phase.phase;
  }
}

const answer = (command: string | null, how: 'acknowledged' | 'not-now' | 'error' = 'acknowledged', status = 200) =>
  ({ kind: 'answered', status, message: { kind: 'answer', answer: how, command, uuid: null } }) as const;
const at = (phase: string, portion: number, stalled = false) =>
  ({ kind: 'progress', edge: 'inter', phase, portion, stalled }) as const;

const SCAN = answer('ScheduleOSUpdateScan');
const LIST = answer('AvailableOSUpdates');
const ORDER = answer('ScheduleOSUpdate');
const COMMIT = at('PREPARED_COMMITTING_STASH', 0.01);

test('from the request to the restart, with the five minutes between', async () => {
  expect(
    await told([
      [2, SCAN],
      [305, LIST],
      [308, ORDER],
      [320, at('DOWNLOADING_UPDATE', 0.25)],
      [620, at('PREPARING_UPDATE', 0.91)],
      [900, at('PREPARED', 0.999)],
      [901, at('COMPLETED', 1)],
      [1200, COMMIT],
      [1201, at('APPLYING', 0.01)],
    ]),
  ).toEqual([
    '0: requested',
    '2: acknowledged ScheduleOSUpdateScan',
    '305: acknowledged AvailableOSUpdates',
    '308: acknowledged ScheduleOSUpdate',
    '320: preparing 25 DOWNLOADING_UPDATE',
    '620: preparing 91 PREPARING_UPDATE',
    '900: prepared',
    '1200: restart-imminent',
    'over',
  ]);
});

test('a captured stream, line by line', async () => {
  const lines = readFileSync(CAPTURE, 'utf8')
    .split('\n')
    .map(readLogLine)
    .filter((one) => one !== null);
  const seen = await told(lines.map((line, i) => [i, line]));
  expect(seen.map((one) => one.replace(/^\d+: /, ''))).toEqual([
    'requested',
    'acknowledged ScheduleOSUpdateScan',
    'put-off AvailableOSUpdates',
    'acknowledged AvailableOSUpdates',
    'acknowledged ScheduleOSUpdate',
    'preparing 0 PREFLIGHT_PREREQUISITE',
    'preparing 0 PREFLIGHT_PREREQUISITE',
    'preparing 0 ACCEPTED',
    'preparing 25 DOWNLOADING_UPDATE',
    'preparing 41 DOWNLOADING_UPDATE',
    'preparing 41 DOWNLOADING_UPDATE',
    'preparing 41 DOWNLOADING_UPDATE stalled',
    'preparing 54 DOWNLOADED_UPDATE',
    'preparing 65 PREPARING_UPDATE',
    'preparing 91 PREPARING_UPDATE',
    'prepared',
    'restart-imminent',
    'over',
  ]);
});

describe('limits', () => {
  test('the Mac answers nothing', async () => {
    expect(await told([])).toEqual(['0: requested', '300: failed, no-answer', 'over']);
  });

  test('the order does not come: the wait of the server, and then that of a command', async () => {
    expect((await told([[10, SCAN]])).at(-2)).toBe('610: failed, no-order');
  });

  test('nothing is done about the order', async () => {
    expect((await told([[10, ORDER]])).at(-2)).toBe('310: failed, no-progress');
  });

  test('softwareupdated falls silent, and what it calls stalled is silence', async () => {
    const steps: Step[] = [
      [10, ORDER],
      [300, at('DOWNLOADING_UPDATE', 0.3)],
      [800, at('DOWNLOADING_UPDATE', 0.3, true)],
    ];
    expect((await told(steps)).at(-2)).toBe('900: failed, no-progress');
    expect((await told([...steps, [899, at('DOWNLOADING_UPDATE', 0.31)]])).at(-2)).toBe('1499: failed, no-progress');
  });

  test('a Mac that puts it off is given time, and not for ever', async () => {
    const putOff = Array.from({ length: 40 }, (_, i): Step => [i * 200 + 1, answer(null, 'not-now')]);
    expect((await told(putOff)).at(-2)).toBe(`${PUSH_LIMITS.orderMs / SECOND_MS}: failed, no-order`);
  });
});

describe('what is not ours, late, early or twice', () => {
  test('changes nothing', async () => {
    const steps: Step[] = [
      [1, at('PREPARING_UPDATE', 0.9)],
      [2, answer('DeviceInformation')],
      [3, answer('DeviceInformation', 'error')],
      [4, answer('ScheduleOSUpdateScan', 'acknowledged', 503)],
      [5, { ...SCAN, kind: 'sent' }],
      [10, ORDER],
      [11, SCAN],
      [12, ORDER],
      [13, answer('AvailableOSUpdates', 'not-now')],
      [20, at('DOWNLOADING_UPDATE', 0.4)],
      [21, at('DOWNLOADING_UPDATE', 0.3)],
      [22, COMMIT],
    ];
    expect(await told(steps)).toEqual([
      '0: requested',
      '10: acknowledged ScheduleOSUpdate',
      '20: preparing 40 DOWNLOADING_UPDATE',
      '21: preparing 40 DOWNLOADING_UPDATE',
      '22: restart-imminent',
      'over',
    ]);
  });

  test('a restart that nobody ordered is imminent all the same', async () => {
    expect(await told([[3, at('APPLYING', 0.01)]])).toEqual(['0: requested', '3: restart-imminent', 'over']);
  });
});

test.each([
  [answer('ScheduleOSUpdateScan', 'error'), '7: failed, refused ScheduleOSUpdateScan'],
  [answer(null, 'error'), '7: failed, refused'],
] as const)('the Mac refuses %#', async (refusal, failed) => {
  expect(await told([[7, refusal]])).toEqual(['0: requested', failed, 'over']);
});

test.each(['ends', 'breaks'] as const)('the log %s', async (how) => {
  expect(
    await told([
      [1, SCAN],
      [20, how],
    ]),
  ).toContain('20: failed, log-ended');
});

test('a download is over when it is prepared', async () => {
  const seen = await told(
    [
      [1, ORDER],
      [2, at('PREPARED', 0.999)],
      [3, COMMIT],
    ],
    { by: 'commands', action: 'download' },
  );
  expect(seen.slice(-2)).toEqual(['2: prepared', 'over']);
});

test('a declaration has been taken, and the Mac sees to it in its own time', async () => {
  const steps: Step[] = [
    [3, answer('ScheduleOSUpdateScan', 'error')],
    [5, answer('DeclarativeManagement')],
    [7_000, at('PREPARING_UPDATE', 0.7)],
    [80_000, COMMIT],
  ];
  expect(await told(steps, { by: 'declaration', action: 'install' })).toEqual([
    '0: requested',
    '5: acknowledged DeclarativeManagement',
    '7000: preparing 70 PREPARING_UPDATE',
    '80000: restart-imminent',
    'over',
  ]);
  expect((await told([], { by: 'declaration', action: 'install' })).at(-2)).toBe('300: failed, no-answer');
});

test('taken up on its way: progress counts without an order before it, and the server may be in its five minutes', async () => {
  const onItsWay: Push = { by: 'commands', action: 'install', begun: true };
  const steps: [number, LogObservation][] = [
    [500, at('PREPARING_UPDATE', 0.91)],
    [1000, COMMIT],
  ];
  expect(await told(steps, onItsWay)).toEqual([
    '0: requested',
    '500: preparing 91 PREPARING_UPDATE',
    '1000: restart-imminent',
    'over',
  ]);
  expect((await told(steps, { ...onItsWay, begun: false }))[1]).toBe('300: failed, no-answer');
});
