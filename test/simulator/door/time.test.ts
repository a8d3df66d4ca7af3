// Virtual time that real processes live in: it jumps as soon as all of them wait for it, never before, and a clock read
// anywhere shows one time.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../src/domain/instant.ts';
import { UpkeepError } from '../../../src/domain/problem.ts';
import { rootClock } from '../../../src/simulator/door/root-clock.ts';
import { macosOffer } from '../../../src/simulator/mac/catalogue.ts';
import { MONDAY_NINE } from '../harness.ts';
import { bootedMac, NEEDS_PERL, temporaryFolder, withoutPerl, writeJob } from './harness.ts';

const RESIDENT = join(dirname(fileURLToPath(import.meta.url)), 'resident.ts');
const rootClockAt = join(dirname(fileURLToPath(import.meta.url)), '../../../src/simulator/door/root-clock.ts');

/** A Node program of these lines, with `clock` and `root`. */
function program(lines: string): string[] {
  const source = `import { rootClock } from ${JSON.stringify(rootClockAt)};
const root = process.argv[1]; const clock = rootClock(root);
const after = (ms) => new Promise((resolve) => clock.after(ms, resolve));
${lines}`;
  return [process.execPath, '--input-type=module', '-e', source];
}

describe.skipIf(withoutPerl)(`eager time${NEEDS_PERL}`, () => {
  test('a program lives a week in it, with tools that end, tools it gives up, and sleep at night', async () => {
    const mac = await bootedMac({
      offers: [macosOffer('26.6.2', '25G83', 1_000)],
      arrange: (one) => {
        for (let day = 0; day < 9; day += 1) {
          one.world.at(MONDAY_NINE + day * DAY_MS + 10 * HOUR_MS, () => one.sleep());
          one.world.at(MONDAY_NINE + day * DAY_MS + 22 * HOUR_MS, () => one.wakeUp());
        }
      },
    });
    mac.place('/usr/local/bin/resident', [process.execPath, RESIDENT]);
    writeJob(mac, 'org.example.resident', {
      ProgramArguments: [`${mac.root}/usr/local/bin/resident`, mac.root, '4'],
      RunAtLoad: true,
      StandardErrorPath: '/errors',
    });
    mac.mac.jobs.boot();
    await mac.runUntil(() => mac.mac.happenings.some((one) => one.kind === 'job-ended'), 9 * DAY_MS);
    expect(readFileSync(`${mac.root}/errors`, 'utf8')).toBe('');
    const update = 'Title: macOS Tahoe 26.6.2, Version: 26.6.2, Size: 1000KiB, Recommended: YES, Action: restart,';
    // Half of each day is sleep, so a day awake takes two; the dialog is given up after a minute.
    expect(readFileSync(`${mac.root}/seen`, 'utf8')).toBe(
      [
        `2026-11-25T08:00:00Z Europe/Berlin 1441 25G72, \t${update}, timeout`,
        `2026-11-27T08:01:00Z Europe/Berlin 2882 25G72, \t${update}, timeout`,
        `2026-11-29T08:02:00Z Europe/Berlin 4323 25G72, \t${update}, timeout`,
        `2026-12-01T08:03:00Z Europe/Berlin 5764 25G72, \t${update}, timeout`,
        '',
      ].join('\n'),
    );
    expect(mac.mac.processes.pids('Dialog', null)).toEqual([]);
  });

  test('every clock in it shows one time, the wall clock as it was set, in the zone the Mac is in', async () => {
    const mac = await bootedMac();
    mac.mac.world.jumpWall(-DAY_MS);
    mac.mac.travel('America/New_York');
    const end = await mac.run([
      ...program(
        'for (const ms of [0, 1000, 3600000]) { await after(ms); console.log(clock.now(), clock.monotonicMs(), clock.zone()); }',
      ),
      mac.root,
    ]);
    const lines = end.stdout.trim().split('\n');
    const base = MONDAY_NINE - DAY_MS;
    expect(lines).toEqual([0, SECOND_MS, HOUR_MS + SECOND_MS].map((ms) => `${base + ms} ${ms} America/New_York`));
  });

  test('a timer taken back does not come, and does not keep a program from its end', async () => {
    const mac = await bootedMac();
    const lines = `const takeBack = clock.after(1000, () => console.log('came')); clock.after(500, () => takeBack()); await after(2000);`;
    expect(await mac.run([...program(lines), mac.root])).toMatchObject({ exitCode: 0, stdout: '' });
    expect(mac.mac.world.now()).toBe(MONDAY_NINE + 2 * SECOND_MS);
  });

  test('work that takes real time takes no virtual time', async () => {
    const mac = await bootedMac();
    mac.mac.world.after(1, () => undefined);
    const lines = `await after(MINUTE); const t = clock.now();
      const { readFile } = await import('node:fs/promises');
      for (let i = 0; i < 3; i++) await readFile(process.execPath);
      const until = process.hrtime.bigint() + 300_000_000n; while (process.hrtime.bigint() < until);
      console.log(clock.now() - t);`.replace('MINUTE', String(MINUTE_MS));
    const running = mac.run([...program(lines), mac.root]);
    for (let n = 1; n < 1_000; n += 1) mac.mac.world.after(n * 100, () => undefined);
    expect(await running).toMatchObject({ exitCode: 0, stdout: '0\n' });
  });

  test('while it is held time stands', async () => {
    const mac = await bootedMac();
    let ticks = 0;
    mac.mac.world.after(1, () => {
      ticks += 1;
      mac.hold();
    });
    mac.mac.world.after(2, () => {
      ticks += 1;
    });
    const living = mac.runUntil(MONDAY_NINE + HOUR_MS);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect([ticks, mac.mac.world.now()]).toEqual([1, MONDAY_NINE + 1]);
    mac.release();
    expect(await living).toBe('reached');
    expect([ticks, mac.mac.world.now()]).toEqual([2, MONDAY_NINE + HOUR_MS]);
  });

  test('a program that keeps time from moving is named, with what it does', async () => {
    const mac = await bootedMac({ patienceMs: 300 });
    const running = mac.start(['/bin/sleep', '60']);
    await expect(mac.runUntil(MONDAY_NINE + HOUR_MS)).rejects.toThrow(
      `virtual time stands still: sleep (pid ${running.pid}) has neither ended nor connected to the clock`,
    );
  });

  test('programs that talk to each other are both done before time moves', async () => {
    const mac = await bootedMac();
    const socket = `${mac.root}/talk`;
    const server = `const { createServer } = await import('node:net');
      createServer((peer) => peer.on('data', (piece) => { peer.write(piece); if (piece.length > 30) process.exit(0); })).listen('${socket}');
      await after(3600000);`;
    const client = `const { connect } = await import('node:net'); await after(60000); const t = clock.now();
      const peer = connect('${socket}'); let n = 0; let text = 'x';
      peer.on('data', (piece) => { n += 1; if (n < 40) peer.write(text += 'x'); }).on('error', () => {}).on('close', () => { console.log(n, clock.now() - t); process.exit(0); });
      peer.write(text); await after(3600000 * 24);`;
    const [one, two] = [mac.start([...program(server), mac.root]), mac.start([...program(client), mac.root])];
    for (let n = 1; n < 1_000; n += 1) mac.mac.world.after(n * 100, () => undefined);
    await mac.runUntil(() => mac.programs.living.size === 0);
    expect(await two.ended).toMatchObject({ stdout: '31 0\n' });
    expect(await one.ended).toMatchObject({ exitCode: 0 });
  });

  test('when the Mac is gone a program dies as by a power cut, and none can begin', async () => {
    const mac = await bootedMac();
    const running = mac.start([...program(`console.log('up'); await after(3600000);`), mac.root]);
    await mac.runUntil(MONDAY_NINE + MINUTE_MS);
    await mac.shutDown();
    expect(await running.ended).toMatchObject({ signal: 'SIGKILL', stdout: 'up\n' });
    expect(() => rootClock(mac.root)).toThrow(UpkeepError);
  });
});

describe.skipIf(withoutPerl)(`time at a scale${NEEDS_PERL}`, () => {
  test('runs by real time, for the Mac and for programs alike, and stands while nobody drives', async () => {
    const mac = await bootedMac({ time: { scale: 3_600 } });
    const lines = `const t = clock.now(); const m = clock.monotonicMs(); await after(600000);
      const [wall, awake] = [clock.now() - t, clock.monotonicMs() - m];
      console.log(wall >= 600000, awake >= 600000, Math.abs(wall - awake) < 60000);`;
    const before = process.hrtime.bigint();
    const end = await mac.run([...program(lines), mac.root]);
    const realMs = Number(process.hrtime.bigint() - before) / 1e6;
    expect(end).toMatchObject({ exitCode: 0, stdout: 'true true true\n' });
    const virtualMs = mac.mac.world.now() - MONDAY_NINE;
    expect(virtualMs).toBeGreaterThanOrEqual(10 * MINUTE_MS);
    expect(virtualMs).toBeLessThanOrEqual(realMs * 3_600);
    const clock = rootClock(mac.root);
    const shown = clock.now();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect([clock.now(), mac.mac.world.now()]).toEqual([shown, shown]);
    clock.close();
  });

  test('tools answer, calendar jobs come, and it ends at the instant asked for', async () => {
    const mac = await bootedMac({ time: { scale: 6_000 } });
    writeJob(mac, 'org.example.job', {
      ProgramArguments: [`${mac.root}/usr/bin/sw_vers`, '-buildVersion'],
      StartCalendarInterval: { Minute: 10 },
      StandardOutPath: '/out',
    });
    mac.mac.jobs.boot();
    expect(await mac.runUntil(MONDAY_NINE + 20 * MINUTE_MS)).toBe('reached');
    expect(mac.mac.world.now()).toBe(MONDAY_NINE + 20 * MINUTE_MS);
    await mac.runUntil(() => mac.mac.happenings.some((one) => one.kind === 'job-ended'));
    expect(readFileSync(`${mac.root}/out`, 'utf8')).toBe('25G72\n');
  });
});

describe.skipIf(withoutPerl)(`a root${NEEDS_PERL}`, () => {
  test('is a new or empty folder, or one of a Mac before it', async () => {
    const folder = temporaryFolder();
    writeFileSync(`${folder}/mine`, '');
    const { mac } = await bootedMac();
    const { MacUnderRoot } = await import('../../../src/simulator/door/mac-under-root.ts');
    const at = (root: string) => () => new MacUnderRoot({ root, spec: mac.spec, start: MONDAY_NINE, time: 'eager' });
    expect(at(folder)).toThrow(/is not empty/);
    expect(at('/')).toThrow(/is not empty/);
    expect(at(`${folder}/${'long'.repeat(20)}`)).toThrow(/too long for the socket in it, by \d+ bytes/);
  });

  test('holds one Mac at a time', async () => {
    const mac = await bootedMac();
    const { MacUnderRoot } = await import('../../../src/simulator/door/mac-under-root.ts');
    const other = new MacUnderRoot({ root: mac.root, spec: mac.mac.spec, start: MONDAY_NINE, time: 'eager' });
    await expect(other.boot()).rejects.toThrow(/runs in .* already/);
  });
});
