// launchd and launchctl of the simulated Mac in process: property lists are `mac.files`, programs are over in a second.
// What real processes add is in door/launchd.test.ts.
import { build } from 'plist';
import { describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, isoOf, MINUTE_MS, readInstant, SECOND_MS } from '../../src/domain/instant.ts';
import { type CalendarInterval, nextFiring } from '../../src/simulator/mac/calendar-interval.ts';
import type { Happening } from '../../src/simulator/mac/happenings.ts';
import { readJobDefinition } from '../../src/simulator/mac/job-definition.ts';
import type { VirtualMac } from '../../src/simulator/mac/virtual-mac.ts';
import { MONDAY_NINE, macWith, run } from './harness.ts';

const LABEL = 'org.example.job';
const PATH = `/Library/LaunchDaemons/${LABEL}.plist`;
const PROGRAM = { ProgramArguments: ['/usr/local/bin/job', 'run'] };

const plist = (keys: Record<string, unknown>): string => build(keys as Parameters<typeof build>[0]);

function macWithJob(keys: Record<string, unknown>, path = PATH) {
  const { mac, clock } = macWith();
  mac.files.set(path, plist({ Label: LABEL, ...PROGRAM, ...keys }));
  const launchctl = (...args: string[]) => run(mac, '/bin/launchctl', args, null, MINUTE_MS);
  return { mac, clock, launchctl };
}

/** When and why the job was started, in minutes since the beginning. */
function starts(mac: VirtualMac): string[] {
  return mac.happenings
    .filter((one): one is Happening & { kind: 'job-started' } => one.kind === 'job-started')
    .map(({ at, why }) => `${Math.floor((at - MONDAY_NINE) / MINUTE_MS)} ${why}`);
}

describe('the next time a calendar interval fits', () => {
  const from = (text: string): number => readInstant(text, 'Europe/Berlin') ?? Number.NaN;
  test.each<[CalendarInterval, string, string]>([
    [{ Hour: 12, Minute: 30 }, '2026-11-23T09:00', '2026-11-23T12:30'],
    [{ Hour: 9, Minute: 0 }, '2026-11-23T09:00', '2026-11-24T09:00'],
    [{ Minute: 15 }, '2026-11-23T09:15:30', '2026-11-23T10:15'],
    [{}, '2026-11-23T09:15:30', '2026-11-23T09:16'],
    [{ Weekday: 0, Hour: 3, Minute: 0 }, '2026-11-23T09:00', '2026-11-29T03:00'],
    [{ Weekday: 7, Hour: 3, Minute: 0 }, '2026-11-23T09:00', '2026-11-29T03:00'],
    [{ Day: 31, Hour: 0, Minute: 0 }, '2026-11-23T09:00', '2026-12-31T00:00'],
    [{ Day: 25, Weekday: 5, Hour: 0, Minute: 0 }, '2026-11-23T09:00', '2026-11-25T00:00'],
    [{ Month: 2, Day: 29, Hour: 8, Minute: 0 }, '2026-11-23T09:00', '2028-02-29T08:00'],
    [{ Hour: 2, Minute: 30 }, '2026-03-28T12:00', '2026-03-29T03:30'],
  ])('%j after %s is %s', (interval, after, expected) => {
    const found = nextFiring(interval, from(after), 'Europe/Berlin');
    expect(found === null ? null : isoOf(found)).toBe(isoOf(from(expected)));
  });

  test('a day that never is never comes', () => {
    expect(nextFiring({ Month: 2, Day: 30 }, MONDAY_NINE, 'Europe/Berlin')).toBeNull();
  });
});

describe('a property list', () => {
  test('says what to run and how, and launchd fills in the rest', () => {
    expect(readJobDefinition(plist({ Label: LABEL, ...PROGRAM }))).toEqual({
      label: LABEL,
      program: '/usr/local/bin/job',
      argv: ['/usr/local/bin/job', 'run'],
      runAtLoad: false,
      keepAlive: 'never',
      calendar: [],
      intervalSeconds: null,
      watchPaths: [],
      throttleSeconds: 10,
      abandonsGroup: false,
      exitTimeOutSeconds: 20,
      standardOut: null,
      standardError: null,
      environment: {},
      workingDirectory: '/',
      disabled: false,
    });
  });

  test.each([
    ['no XML', 'nonsense'],
    ['no label', plist({ ...PROGRAM })],
    ['nothing to run', plist({ Label: LABEL })],
    ['an hour that is none', plist({ Label: LABEL, ...PROGRAM, StartCalendarInterval: { Hour: 24 } })],
    ['a word for a truth', plist({ Label: LABEL, ...PROGRAM, RunAtLoad: 'yes' })],
  ])('with %s is refused', (_, xml) => expect(readJobDefinition(xml)).toBeNull());
});

describe('launchctl', () => {
  test('bootstrap loads a job, once', async () => {
    const { launchctl } = macWithJob({});
    expect(await launchctl('print', `system/${LABEL}`)).toMatchObject({
      stderr: `Could not find service "${LABEL}" in domain for system\n`,
      ending: { exitCode: 113 },
    });
    expect(await launchctl('bootstrap', 'system', PATH)).toMatchObject({ all: '', ending: { exitCode: 0 } });
    const printed = await launchctl('print', `system/${LABEL}`);
    expect(printed.ending?.exitCode).toBe(0);
    expect(printed.stdout).toContain(`system/${LABEL} = {\n\tactive count = 0\n\tpath = ${PATH}\n`);
    expect(printed.stdout).toContain('\tlast exit code = (never exited)\n');
    expect(await launchctl('bootstrap', 'system', PATH)).toMatchObject({
      stderr: 'Bootstrap failed: 5: Input/output error\n',
      ending: { exitCode: 5 },
    });
  });

  test('what is no job is not loaded', async () => {
    const { mac, launchctl } = macWithJob({});
    mac.files.set('/tmp/bad.plist', 'nonsense');
    expect((await launchctl('bootstrap', 'system', '/tmp/bad.plist')).ending?.exitCode).toBe(5);
    expect((await launchctl('bootstrap', 'system', '/tmp/nothing.plist')).ending?.exitCode).toBe(5);
    expect((await launchctl('bootstrap', 'system')).ending?.exitCode).toBe(64);
  });

  test('bootout returns at once; the job is still going down, and cannot be loaded again before it is gone', async () => {
    const { mac, launchctl } = macWithJob({ RunAtLoad: true });
    mac.jobs.bootstrap(PATH);
    expect(await launchctl('bootout', `system/${LABEL}`)).toMatchObject({ all: '', ending: { exitCode: 0 } });
    expect(await launchctl('bootout', `system/${LABEL}`)).toMatchObject({
      stderr: 'Boot-out failed: 3: No such process\n',
      ending: { exitCode: 3 },
    });
    mac.jobs.bootstrap(PATH);
    mac.jobs.bootout(LABEL);
    expect(mac.jobs.bootstrap(PATH)).toBe(5);
    await mac.world.runUntil(mac.world.now() + SECOND_MS);
    expect(mac.jobs.bootstrap(PATH)).toBe(0);
  });

  test('kickstart starts a job now, says its process, and leaves a running one alone', async () => {
    const { mac, launchctl } = macWithJob({});
    expect((await launchctl('kickstart', `system/${LABEL}`)).ending?.exitCode).toBe(113);
    mac.jobs.bootstrap(PATH);
    expect((await launchctl('kickstart', '-p', `system/${LABEL}`)).stdout).toMatch(/^service spawned with pid: \d+\n$/);
    expect((await launchctl('kickstart', `system/${LABEL}`)).ending?.exitCode).toBe(0);
    await mac.world.runUntil(mac.world.now() + MINUTE_MS);
    expect(starts(mac)).toEqual(['0 kickstart']);
  });

  test('kickstart -k ends it first', async () => {
    const { mac, launchctl } = macWithJob({ ThrottleInterval: 0 });
    mac.jobs.bootstrap(PATH);
    await launchctl('kickstart', `system/${LABEL}`);
    await launchctl('kickstart', '-k', `system/${LABEL}`);
    await mac.world.runUntil(mac.world.now() + MINUTE_MS);
    expect(mac.happenings.filter((one) => one.kind === 'job-ended')).toMatchObject([
      { exitCode: null, signal: 'SIGTERM' },
      { exitCode: 0, signal: null },
    ]);
  });

  test('a disabled job is not loaded, not after a restart either, until it is enabled', async () => {
    const { mac, launchctl } = macWithJob({ RunAtLoad: true });
    await launchctl('disable', `system/${LABEL}`);
    expect(await launchctl('bootstrap', 'system', PATH)).toMatchObject({
      stderr: 'Bootstrap failed: 119: Service is disabled\n',
      ending: { exitCode: 119 },
    });
    mac.restart('person', null);
    await mac.world.runUntil(mac.world.now() + HOUR_MS);
    expect(starts(mac)).toEqual([]);
    expect((await launchctl('print-disabled', 'system')).stdout).toContain(`\t\t"${LABEL}" => disabled\n`);
    await launchctl('enable', `system/${LABEL}`);
    expect((await launchctl('print-disabled', 'system')).stdout).toContain(`\t\t"${LABEL}" => enabled\n`);
    expect((await launchctl('bootstrap', 'system', PATH)).ending?.exitCode).toBe(0);
  });

  test('a property list may be disabled itself', () => {
    const { mac } = macWithJob({ Disabled: true });
    expect(mac.jobs.bootstrap(PATH)).toBe(119);
    mac.jobs.override(LABEL, 'enabled');
    expect(mac.jobs.bootstrap(PATH)).toBe(0);
  });

  test('only root loads, ends and starts jobs of the system; anybody may look', async () => {
    const { mac } = macWithJob({});
    mac.jobs.bootstrap(PATH);
    const asAnna = (...args: string[]) =>
      run(mac, '/usr/bin/sudo', ['-u', 'anna', '/bin/launchctl', ...args], null, MINUTE_MS);
    expect((await asAnna('bootstrap', 'system', PATH)).stderr).toContain('re-running the command as root');
    expect((await asAnna('bootout', `system/${LABEL}`)).ending?.exitCode).toBe(1);
    expect((await asAnna('kickstart', `system/${LABEL}`)).ending?.exitCode).toBe(1);
    expect((await asAnna('disable', `system/${LABEL}`)).ending?.exitCode).toBe(1);
    expect((await asAnna('print', `system/${LABEL}`)).ending?.exitCode).toBe(0);
  });

  test('services of Apple are there, and protected', async () => {
    const { launchctl } = macWithJob({});
    const service = 'system/com.apple.softwareupdated';
    expect((await launchctl('print', service)).ending?.exitCode).toBe(0);
    for (const verb of [['kickstart', '-k'], ['bootout'], ['disable']]) {
      expect((await launchctl(...verb, service)).ending?.exitCode, verb.join(' ')).toBe(150);
    }
  });
});

describe('what starts a job', () => {
  const HALF_PAST = { StartCalendarInterval: { Minute: 30 } };

  test('its calendar, every time', async () => {
    const { mac, clock } = macWithJob({ StartCalendarInterval: [{ Minute: 30 }, { Hour: 10, Minute: 45 }] });
    mac.jobs.bootstrap(PATH);
    await clock.runUntil(MONDAY_NINE + 2 * HOUR_MS);
    expect(starts(mac)).toEqual(['30 calendar', '90 calendar', '105 calendar']);
  });

  test('what was missed in sleep comes once at wake-up, and what came while the Mac was off not at all', async () => {
    const { mac, clock } = macWithJob(HALF_PAST);
    mac.jobs.bootstrap(PATH);
    mac.sleep();
    await clock.runUntil(MONDAY_NINE + 3 * HOUR_MS);
    expect(starts(mac)).toEqual([]);
    mac.wakeUp();
    await clock.runUntil(MONDAY_NINE + 3 * HOUR_MS + MINUTE_MS);
    expect(starts(mac)).toEqual(['180 calendar']);
    mac.cutPower(2 * HOUR_MS);
    await clock.runUntil(MONDAY_NINE + 6 * HOUR_MS);
    expect(starts(mac)).toEqual(['180 calendar', '330 calendar']);
  });

  test('the calendar follows the clock on the wall, and the zone', async () => {
    const { mac, clock } = macWithJob({ StartCalendarInterval: { Hour: 12, Minute: 0 } });
    mac.jobs.bootstrap(PATH);
    clock.jumpWall(-HOUR_MS);
    await clock.runUntil(MONDAY_NINE + 4 * HOUR_MS + MINUTE_MS);
    expect(starts(mac)).toEqual(['240 calendar']);
    clock.jumpWall(2 * DAY_MS);
    await clock.runUntil(MONDAY_NINE + 4 * HOUR_MS + 2 * MINUTE_MS);
    expect(starts(mac)).toEqual(['240 calendar', '241 calendar']);
    mac.travel('America/New_York');
    mac.jobs.look();
    await clock.runUntil(MONDAY_NINE + 10 * HOUR_MS + 1);
    expect(starts(mac).at(-1)).toBe('600 calendar');
  });

  test('its interval, in time awake, and nothing is made up for', async () => {
    const { mac, clock } = macWithJob({ StartInterval: 600 });
    mac.jobs.bootstrap(PATH);
    await clock.runUntil(MONDAY_NINE + 15 * MINUTE_MS);
    mac.sleep();
    await clock.runUntil(MONDAY_NINE + 60 * MINUTE_MS);
    mac.wakeUp();
    await clock.runUntil(MONDAY_NINE + 76 * MINUTE_MS);
    expect(starts(mac)).toEqual(['10 interval', '65 interval', '75 interval']);
  });

  test('a watched path that comes or changes, not one that goes', async () => {
    const { mac, clock } = macWithJob({ WatchPaths: ['/tmp/bell'], ThrottleInterval: 0 });
    mac.jobs.bootstrap(PATH);
    for (const [minute, text] of [
      [1, 'a'],
      [2, 'b'],
      [3, 'b'],
      [4, null],
    ] as const) {
      await clock.runUntil(MONDAY_NINE + minute * MINUTE_MS);
      if (text === null) mac.files.delete('/tmp/bell');
      else mac.files.set('/tmp/bell', text);
      mac.jobs.look();
    }
    expect(starts(mac)).toEqual(['1 path', '2 path']);
  });

  test('its own end, where it is to be kept alive, and never twice within the throttle', async () => {
    const { mac, clock } = macWithJob({ KeepAlive: true });
    mac.jobs.bootstrap(PATH);
    await clock.runUntil(MONDAY_NINE + 60 * SECOND_MS - 1);
    expect(starts(mac)).toEqual(['0 load', ...Array.from({ length: 5 }, () => '0 keep-alive')]);
  });

  test('an end of the other kind does not', async () => {
    const { mac, clock } = macWithJob({ KeepAlive: { SuccessfulExit: false } });
    mac.jobs.bootstrap(PATH);
    await clock.runUntil(MONDAY_NINE + MINUTE_MS);
    expect(starts(mac)).toEqual(['0 load']);
  });

  test('the start of the Mac, where its property list lies in LaunchDaemons, and only there', async () => {
    const { mac, clock } = macWithJob({ RunAtLoad: true });
    const { mac: other, clock: otherClock } = macWithJob({ RunAtLoad: true }, '/tmp/job.plist');
    mac.jobs.bootstrap(PATH);
    other.jobs.bootstrap('/tmp/job.plist');
    for (const one of [mac, other]) one.restart('person', null);
    await clock.runUntil(MONDAY_NINE + HOUR_MS);
    await otherClock.runUntil(MONDAY_NINE + HOUR_MS);
    expect([starts(mac), starts(other)]).toEqual([['0 load', '1 load'], ['0 load']]);
    expect(other.jobs.facts(LABEL)).toBeNull();
  });

  test('nothing, where a wake is missed by a fault', async () => {
    const { mac, clock } = macWithJob(HALF_PAST);
    mac.faults.add({ name: 'wake-missed', times: 1 });
    mac.jobs.bootstrap(PATH);
    await clock.runUntil(MONDAY_NINE + 2 * HOUR_MS);
    expect(starts(mac)).toEqual(['90 calendar']);
  });
});
