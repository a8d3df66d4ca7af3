import { describe, expect, test } from 'vitest';
import { HOUR_MS } from '../../src/domain/instant.ts';
import { macosOffer } from '../../src/simulator/mac/catalogue.ts';
import { MONDAY_NINE, macWith, run, softwareupdate } from './harness.ts';

const TAHOE = macosOffer('26.6.2', '25G83', 2_824_636);
const INTEL = { appleSilicon: false, macOS: '13.1', build: '22C65' };

describe('softwareupdate --list', () => {
  test('on 26 the size is in KiB and the last line has no line feed', async () => {
    const { mac } = macWith();
    mac.publish([TAHOE]);
    const ran = await softwareupdate(mac, ['--list']);
    expect(ran.stdout).toBe(
      'Software Update Tool\n\nFinding available software\n' +
        'Software Update found the following new or updated software:\n' +
        '* Label: macOS Tahoe 26.6.2-25G83\n' +
        '\tTitle: macOS Tahoe 26.6.2, Version: 26.6.2, Size: 2824636KiB, Recommended: YES, Action: restart,',
    );
    expect(ran.ending?.exitCode).toBe(0);
  });

  test('takes between 20 and 90 seconds to scan, and hardly any without', async () => {
    for (let seed = 1; seed <= 40; seed += 1) {
      const { mac, clock } = macWith({}, seed);
      await softwareupdate(mac, ['--list']);
      expect(clock.now() - MONDAY_NINE).toBeGreaterThan(20_000);
      expect(clock.now() - MONDAY_NINE).toBeLessThan(91_000);
    }
    const { mac, clock } = macWith();
    const again = clock.now();
    await softwareupdate(mac, ['--list', '--no-scan']);
    expect(clock.now() - again).toBeLessThan(3_000);
  });

  test('nothing new is said on stderr with exit 0, on macOS 11 on stdout', async () => {
    const recent = await softwareupdate(macWith().mac, ['--list']);
    expect([recent.stderr, recent.ending?.exitCode]).toEqual(['No new software available.\n', 0]);
    const old = await softwareupdate(macWith({ macOS: '11.7', build: '20G817' }).mac, ['--list']);
    expect([old.stderr, old.stdout.endsWith('No new software available.\n')]).toEqual(['', true]);
  });

  test('13.1 writes K; 12 writes noise between and shows what is deferred', async () => {
    const ventura = macWith({ macOS: '13.1', build: '22C65' }).mac;
    ventura.publish([macosOffer('13.6', '22G120', 594_108)]);
    expect((await softwareupdate(ventura, ['--list'])).stdout).toContain(
      'Size: 594108K, Recommended: YES, Action: restart, \n',
    );
    const monterey = macWith({ macOS: '12.6.1', build: '21G217' }).mac;
    monterey.publish([macosOffer('13.1', '22C65', 3_878_650, { deferred: true })]);
    const ran = await softwareupdate(monterey, ['--list']);
    expect(ran.stderr).toMatch(
      /^2026-11-23 09:00:00\.\d{3} softwareupdate\[\d+:\d+\] XType: com\.apple\.fonts is not accessible\.\n/,
    );
    expect(ran.stdout).toContain('Size: 3878650K, Recommended: YES, Action: restart, Deferred: YES\n');
    const recent = macWith().mac;
    recent.publish([macosOffer('26.6.2', '25G83', 1, { deferred: true })]);
    expect((await softwareupdate(recent, ['--list'])).stderr).toBe('No new software available.\n');
  });

  test('27 is a bare number without a name, and 27.0 once it runs', async () => {
    const { mac } = macWith();
    mac.publish([macosOffer('27', '26A300', 9_000_000)]);
    expect((await softwareupdate(mac, ['--list'])).stdout).toContain(
      '* Label: macOS 27-26A300\n\tTitle: macOS 27, Version: 27, ',
    );
    expect((await softwareupdate(mac, ['--list-full-installers'])).stdout).toContain(
      '* Title: macOS, Version: 27.0, Size: ',
    );
  });

  test('without a scan it knows what the last scan found', async () => {
    const { mac } = macWith();
    mac.publish([TAHOE]);
    expect((await softwareupdate(mac, ['--list', '--no-scan'])).stderr).toBe('No new software available.\n');
    await softwareupdate(mac, ['--list']);
    const ran = await softwareupdate(mac, ['--list', '--no-scan']);
    expect(ran.stdout.startsWith('Software Update Tool\n\nSoftware Update found')).toBe(true);
  });

  test('a usage error prints the usage and exits 0', async () => {
    const ran = await softwareupdate(macWith().mac, ['--install', '--label', TAHOE.label]);
    expect([ran.stdout.split('\n')[0], ran.ending?.exitCode]).toEqual(['usage: softwareupdate <cmd> [<args> ...]', 0]);
  });
});

describe('the smaller tools', () => {
  test('sw_vers in full and by option, in either case', async () => {
    const { mac } = macWith();
    expect((await run(mac, '/usr/bin/sw_vers')).stdout).toBe(
      'ProductName:\t\tmacOS\nProductVersion:\t\t26.6\nBuildVersion:\t\t25G72\n',
    );
    expect((await run(mac, '/usr/bin/sw_vers', ['--buildversion'])).stdout).toBe('25G72\n');
    expect((await run(mac, '/usr/bin/sw_vers', ['-productVersion'])).stdout).toBe('26.6\n');
    const old = macWith({ macOS: '12.6', build: '21G115' }).mac;
    expect((await run(old, '/usr/bin/sw_vers', ['--productVersionExtra'])).ending?.exitCode).toBe(1);
    const extra = macWith({ macOS: '13.3.1 (a)', build: '22E772610a' }).mac;
    expect((await run(extra, '/usr/bin/sw_vers')).stdout).toContain('ProductVersionExtra:\t(a)\n');
  });

  test('sysctl: the boot, the model, and a name that Intel does not know', async () => {
    const { mac, clock } = macWith();
    const boottime = () => run(mac, '/usr/sbin/sysctl', ['-n', 'kern.boottime']);
    expect((await boottime()).stdout).toBe('{ sec = 1795348800, usec = 452 } Sun Nov 22 13:00:00 2026\n');
    clock.jumpWall(HOUR_MS);
    expect((await boottime()).stdout).toContain('sec = 1795352400,');
    expect((await run(mac, '/usr/sbin/sysctl', ['-n', 'kern.bootsessionuuid'])).stdout).toMatch(
      /^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}\n$/,
    );
    expect((await run(mac, '/usr/sbin/sysctl', ['-n', 'hw.optional.arm64'])).stdout).toBe('1\n');
    const intel = await run(macWith(INTEL).mac, '/usr/sbin/sysctl', ['-n', 'hw.optional.arm64']);
    expect([intel.stdout, intel.stderr, intel.ending?.exitCode]).toEqual([
      '',
      "sysctl: unknown oid 'hw.optional.arm64'\n",
      1,
    ]);
  });

  test('scutil, stat and ioreg agree on who is there and whether the screen is locked', async () => {
    const { mac } = macWith({ locked: true });
    const show = ['show State:/Users/ConsoleUser\n'];
    expect((await run(mac, '/usr/sbin/scutil', [], show)).stdout).toContain('  Name : anna\n');
    expect((await run(mac, '/usr/sbin/scutil', [], ['show State:/Nothing\n'])).stdout).toBe('  No such key\n');
    expect((await run(mac, '/usr/sbin/ioreg', ['-n', 'Root', '-d1', '-a'])).stdout).toContain(
      'CGSSessionScreenIsLocked',
    );
    mac.unlock();
    expect((await run(mac, '/usr/sbin/ioreg', ['-n', 'Root', '-d1', '-a'])).stdout).not.toContain(
      'CGSSessionScreenIsLocked',
    );
    mac.logOut();
    expect((await run(mac, '/usr/sbin/scutil', [], show)).stdout).toContain('  Name : loginwindow\n');
    expect((await run(mac, '/usr/bin/stat', ['-f%Su', '/dev/console'])).stdout).toBe('root\n');
    expect((await run(mac, '/usr/sbin/ioreg', ['-n', 'Root', '-d1', '-a'])).stdout).toContain('<array/>');
  });

  test('pmset: the battery drains and charges; a desktop has none; a call holds the display', async () => {
    const { mac, clock } = macWith({ power: 'battery', batteryPercent: 80 });
    const batt = () => run(mac, '/usr/bin/pmset', ['-g', 'batt']);
    expect((await batt()).stdout).toMatch(
      /^Now drawing from 'Battery Power'\n -InternalBattery-0 \(id=\d+\)\t79%; discharging; \d:\d\d remaining present: true\n$/,
    );
    await clock.runUntil(clock.now() + 3 * HOUR_MS);
    expect((await batt()).stdout).toContain('\t52%; discharging; ');
    mac.plugIn();
    await clock.runUntil(clock.now() + HOUR_MS);
    expect((await batt()).stdout).toContain("'AC Power'\n");
    expect((await batt()).stdout).toContain('\t91%; charging; 0:14 remaining');
    const desktop = macWith({ kind: 'desktop' }).mac;
    expect((await run(desktop, '/usr/bin/pmset', ['-g', 'batt'])).stdout).toBe("Now drawing from 'AC Power'\n");
    mac.holdDisplay('zoom.us');
    const held = await run(mac, '/usr/bin/pmset', ['-g', 'assertions']);
    expect(held.stdout).toMatch(
      / {3}pid \d+\(zoom\.us\): \[0x[0-9a-f]{16}\] 00:00:00 NoDisplaySleepAssertion named: "/,
    );
    expect(held.stdout).toContain('   PreventUserIdleDisplaySleep    1\n');
  });

  test('df counts in half KiB unless told otherwise', async () => {
    const { mac } = macWith({ diskFreeGB: 100 });
    const free = (text: string) => Number(text.split('\n')[1]?.split(/\s+/)[3]);
    expect(free((await run(mac, '/bin/df', ['-k', '/'])).stdout)).toBe(97_656_250);
    expect(free((await run(mac, '/bin/df', ['/'])).stdout)).toBe(195_312_500);
  });

  test('defaults: nothing staged is "does not exist" with exit 1', async () => {
    const { mac } = macWith();
    const args = ['read', '/System/Volumes/Update/Update', 'update-asset-attributes'];
    const ran = await run(mac, '/usr/bin/defaults', args);
    expect(ran.ending?.exitCode).toBe(1);
    expect(ran.stderr).toContain(
      'The domain/default pair of (/System/Volumes/Update/Update, update-asset-attributes) does not exist\n',
    );
  });

  test('what is not there does not run; a wrapper says so in its own words', async () => {
    const { mac } = macWith({ dialogInstalled: false });
    expect((await run(mac, '/usr/bin/nothing')).ending).toEqual({
      exitCode: null,
      signal: null,
      stoppedBy: null,
      spawnError: 'ENOENT',
    });
    expect((await run(mac, '/usr/local/bin/dialog')).ending?.spawnError).toBe('ENOENT');
    const wrapped = await run(mac, '/bin/launchctl', [
      'asuser',
      '501',
      '/usr/bin/sudo',
      '-u',
      'anna',
      '/usr/local/bin/dialog',
    ]);
    expect([wrapped.stderr, wrapped.ending?.exitCode]).toEqual(['sudo: /usr/local/bin/dialog: command not found\n', 1]);
    mac.logOut();
    expect((await run(mac, '/bin/launchctl', ['asuser', '501', '/usr/bin/sw_vers'])).ending?.exitCode).toBe(113);
  });

  test('shutdown returns at once and restarts later without asking', async () => {
    const { mac, clock } = macWith();
    const ran = await run(mac, '/sbin/shutdown', ['-r', '+5']);
    expect(ran.stdout).toMatch(/^Shutdown at Mon Nov 23 09:05:00 2026\.\nshutdown: \[pid \d+\]\n$/);
    await clock.runUntil(clock.now() + 10 * 60_000);
    expect(mac.happenings.find((one) => one.kind === 'restart')).toMatchObject({ cause: 'shutdown', loggedIn: 'anna' });
  });
});
