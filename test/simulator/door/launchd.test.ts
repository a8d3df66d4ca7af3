// launchd with real processes: what the property list says of a program's surroundings, its end and its group, and what
// the Mac's restarts, power and sleep do to it. What starts a job and when is in ../launchd.test.ts.
import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../src/domain/instant.ts';
import type { MacUnderRoot } from '../../../src/simulator/door/mac-under-root.ts';
import { MONDAY_NINE } from '../harness.ts';
import { bootedMac, launchctl, NEEDS_PERL, shell, withoutPerl, writeJob } from './harness.ts';

const LABEL = 'org.example.job';
const SERVICE = `system/${LABEL}`;

const log = (mac: MacUnderRoot): string =>
  existsSync(`${mac.root}/log`) ? readFileSync(`${mac.root}/log`, 'utf8') : '';
const kinds = (mac: MacUnderRoot): string[] =>
  mac.mac.happenings.flatMap((one) =>
    one.kind === 'job-started' ? [one.why] : one.kind === 'job-ended' ? [one.signal ?? `exit ${one.exitCode}`] : [],
  );
/** Whether a process runs; one that is dead and was not fetched by its parent does not. */
const isAlive = (pid: number): boolean =>
  /^[^Z\s]/.test(spawnSync('ps', ['-o', 'stat=', '-p', String(pid)]).stdout.toString());
/** What a process group's processes do: `T` is stopped. */
const statesOf = (group: string): string[] =>
  spawnSync('ps', ['-A', '-o', 'pgid=,stat='])
    .stdout.toString()
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([pgid]) => pgid === group)
    .map(([, stat = '']) => stat.slice(0, 1));
const minutes = (n: number): number => MONDAY_NINE + n * MINUTE_MS;

/** A Mac with one job whose program appends what it is told to `log`; `$ROOT` in the line is the root. */
async function macWithJob(line: string, keys: Record<string, unknown> = {}): Promise<MacUnderRoot> {
  const mac = await bootedMac();
  writeJob(mac, LABEL, { ...shell(line.replaceAll('$ROOT', mac.root)), ...keys });
  expect(await launchctl(mac, 'bootstrap', 'system', `/Library/LaunchDaemons/${LABEL}.plist`)).toMatchObject({
    exitCode: 0,
    stderr: '',
  });
  return mac;
}

describe.skipIf(withoutPerl)(`launchd's real jobs${NEEDS_PERL}`, () => {
  test('have a small environment, stand at the root folder and read nothing', async () => {
    const mac = await macWithJob('echo "$PATH $XPC_SERVICE_NAME $EXTRA $(pwd) [$(cat)] $HOME" >> $ROOT/log', {
      RunAtLoad: true,
      EnvironmentVariables: { EXTRA: 'more' },
    });
    await mac.runUntil(minutes(1));
    expect(log(mac)).toBe(`/usr/bin:/bin:/usr/sbin:/sbin ${LABEL} more / [] \n`);
  });

  test('write to the files they are given, at their ends', async () => {
    const mac = await macWithJob('echo out; echo err >&2; exit 3', {
      StandardOutPath: '/Library/Logs/out',
      StandardErrorPath: '/Library/Logs/err',
      StartInterval: 60,
    });
    await mac.runUntil(minutes(2.5));
    const read = (name: string): string => readFileSync(`${mac.root}/Library/Logs/${name}`, 'utf8');
    expect([read('out'), read('err')]).toEqual(['out\nout\n', 'err\nerr\n']);
    expect((await launchctl(mac, 'print', SERVICE)).stdout).toContain('last exit code = 3');
  });

  test('that cannot be run at all have exit code 78', async () => {
    const mac = await bootedMac();
    writeJob(mac, LABEL, { ProgramArguments: ['/no/such/program'], RunAtLoad: true });
    mac.mac.jobs.boot();
    await mac.runUntil(minutes(1));
    expect(kinds(mac)).toEqual(['load', 'exit 78']);
  });

  test('start at a calendar time, when a path changes or somebody asks, and never twice at once', async () => {
    const mac = await bootedMac();
    writeJob(mac, LABEL, {
      ...shell(`echo run >> ${mac.root}/log; ${mac.root}/usr/sbin/softwareupdate --list`),
      StartCalendarInterval: { Minute: 5 },
      WatchPaths: [`${mac.root}/bell`],
    });
    mkdirSync(`${mac.root}/bell`);
    mac.mac.jobs.boot();
    await mac.runUntil(minutes(5));
    expect(kinds(mac)).toEqual(['calendar']);
    expect((await launchctl(mac, 'kickstart', '-p', SERVICE)).stdout).toBe(
      `service spawned with pid: ${mac.pidOf(LABEL)}\n`,
    );
    await mac.runUntil(() => mac.pidOf(LABEL) === null);
    await mac.runUntil(minutes(10));
    writeFileSync(`${mac.root}/bell/ring`, '');
    await mac.runUntil(minutes(15));
    unlinkSync(`${mac.root}/bell/ring`);
    await mac.runUntil(minutes(20));
    appendFileSync(`${mac.root}/elsewhere`, '');
    await mac.runUntil(minutes(25));
    expect(kinds(mac).filter((kind) => kind !== 'exit 0')).toEqual(['calendar', 'path', 'path']);
    expect(log(mac)).toBe('run\nrun\nrun\n');
  });

  test('may boot themselves out, which ends them, and wait to be loaded again until they are gone', async () => {
    const line = `trap 'sleep 0.1; echo term >> $ROOT/log; exit 0' TERM; $ROOT/bin/launchctl bootout ${SERVICE} & wait; sleep 5`;
    const mac = await macWithJob(line);
    await launchctl(mac, 'kickstart', SERVICE);
    await mac.runUntil(() => mac.mac.jobs.facts(LABEL)?.leaving === true);
    expect(mac.mac.jobs.bootstrap(`/Library/LaunchDaemons/${LABEL}.plist`)).toBe(5);
    await mac.runUntil(() => mac.mac.jobs.facts(LABEL) === null);
    expect(mac.mac.jobs.bootstrap(`/Library/LaunchDaemons/${LABEL}.plist`)).toBe(0);
    expect(log(mac)).toBe('term\n');
  });

  test('that do not obey are killed after their time', async () => {
    const mac = await macWithJob(`trap '' TERM; echo up >> $ROOT/log; while :; do sleep 0.1; done`, {
      ExitTimeOut: 3,
    });
    await launchctl(mac, 'kickstart', SERVICE);
    await mac.runUntil(() => log(mac) === 'up\n');
    mac.mac.jobs.bootout(LABEL);
    await mac.runUntil(() => mac.mac.jobs.facts(LABEL) === null);
    expect(kinds(mac)).toEqual(['kickstart', 'SIGKILL']);
  });

  test('take their process group with them when they end, unless it is to be abandoned', async () => {
    for (const [abandons, alive] of [
      [false, false],
      [true, true],
    ] as const) {
      const mac = await macWithJob('sleep 60 & echo $! > $ROOT/child', {
        RunAtLoad: true,
        AbandonProcessGroup: abandons,
      });
      await mac.runUntil(minutes(1));
      const child = Number(readFileSync(`${mac.root}/child`, 'utf8'));
      await expect.poll(() => isAlive(child)).toBe(alive);
      if (alive) process.kill(child, 'SIGKILL');
    }
  });
});

describe.skipIf(withoutPerl)(`the Mac's power and its real processes${NEEDS_PERL}`, () => {
  // Whoever sees the dialog finds both numbers on the disk.
  const WAITS = `trap 'echo term >> $ROOT/log; exit 0' TERM; echo $$ > $ROOT/pid; sh -c 'echo $$ > $ROOT/child; exec $ROOT/usr/local/bin/dialog --title t --message m' & wait`;
  const pids = (mac: MacUnderRoot): number[] =>
    ['pid', 'child'].map((name) => Number(readFileSync(`${mac.root}/${name}`, 'utf8')));

  async function macWithWaitingJob(): Promise<MacUnderRoot> {
    const mac = await macWithJob(WAITS, { RunAtLoad: true });
    writeFileSync(`${mac.root}/var/run/left-over`, '');
    await mac.runUntil(() => mac.mac.screen.windows().length === 1);
    return mac;
  }

  test('a restart asks jobs to end, kills what is left, empties /var/run and starts anew', async () => {
    const mac = await macWithWaitingJob();
    const before = pids(mac);
    mac.mac.restart('person', null);
    await mac.runUntil(minutes(30));
    await expect.poll(() => before.filter(isAlive)).toEqual([]);
    expect(log(mac)).toBe('term\n');
    expect(existsSync(`${mac.root}/var/run/left-over`)).toBe(false);
    // Nobody is logged in, so the dialog of the second run ends at once, and the job with it.
    expect(kinds(mac)).toEqual(['load', 'load', 'exit 0']);
    expect(pids(mac)).not.toEqual(before);
  });

  test('a power cut asks nobody', async () => {
    const mac = await macWithWaitingJob();
    const before = pids(mac);
    mac.mac.cutPower(HOUR_MS);
    await mac.runUntil(minutes(30));
    await expect.poll(() => before.filter(isAlive)).toEqual([]);
    expect(log(mac)).toBe('');
    expect(mac.mac.on).toBe(false);
    await mac.runUntil(minutes(70));
    expect(kinds(mac)).toEqual(['load', 'load', 'exit 0']);
  });

  test('in sleep everything stands still, and goes on afterwards', async () => {
    const mac = await macWithJob(
      'echo $$ > $ROOT/pid; $ROOT/usr/local/bin/dialog --title t --message m --timer 600; echo done >> $ROOT/log',
      {
        RunAtLoad: true,
      },
    );
    await mac.runUntil(minutes(5));
    mac.mac.sleep();
    await mac.runUntil(minutes(60));
    expect([log(mac), mac.mac.screen.windows().length]).toEqual(['', 1]);
    const job = readFileSync(`${mac.root}/pid`, 'utf8').trim();
    await expect.poll(() => statesOf(job)).toEqual(['T', 'T']);
    mac.mac.wakeUp();
    await mac.runUntil(minutes(64));
    expect(log(mac)).toBe('');
    await mac.runUntil(minutes(66));
    expect(log(mac)).toBe('done\n');
  });

  test('when the simulation ends nothing is left running', async () => {
    const mac = await macWithWaitingJob();
    const before = pids(mac);
    const byHand = mac.start([`${mac.root}/usr/local/bin/dialog`, '--title', 'by hand', '--message', 'm']);
    await mac.runUntil(() => mac.mac.screen.windows().length === 2);
    await mac.shutDown();
    await expect.poll(() => [...before, byHand.pid].filter(isAlive)).toEqual([]);
    expect(existsSync(`${mac.root}/private/var/virtual-mac/door.sock`)).toBe(false);
    expect(await byHand.ended).toMatchObject({ signal: 'SIGKILL' });
  });

  test('a killed job is started again by its interval, and the tools it called can be killed with it', async () => {
    const mac = await macWithJob(WAITS, { StartInterval: 60 });
    await mac.runUntil(() => mac.mac.screen.windows().length === 1);
    const before = pids(mac);
    const at = mac.mac.world.now();
    await mac.kill(mac.pidOf(LABEL) ?? 0, { tools: true });
    await expect.poll(() => before.filter(isAlive)).toEqual([]);
    expect([mac.mac.world.now(), mac.mac.screen.windows().length]).toEqual([at, 0]);
    await mac.runUntil(at + 2 * MINUTE_MS + SECOND_MS);
    expect(kinds(mac)).toEqual(['interval', 'SIGKILL', 'interval']);
  });
});
