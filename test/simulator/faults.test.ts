import { expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/domain/instant.ts';
import { macosOffer } from '../../src/simulator/mac/catalogue.ts';
import { FAULT_NAMES, type Fault, faultSchema } from '../../src/simulator/mac/faults.ts';
import {
  DIALOGS,
  installArgs,
  MONDAY_NINE,
  macWith,
  OWNER,
  openDialog,
  PASSWORD,
  run,
  softwareupdate,
} from './harness.ts';

const TAHOE = macosOffer('26.6.2', '25G83', 2_824_636);

async function staged(fault?: Fault) {
  const { mac, clock } = macWith();
  mac.publish([TAHOE]);
  if (fault) mac.faults.add(fault);
  const download = await softwareupdate(mac, ['--download', TAHOE.label, ...OWNER], PASSWORD);
  return { mac, clock, download };
}

test('the list of names is the list of faults', () => {
  expect([...FAULT_NAMES]).toEqual(faultSchema.options.map((option) => [...option.shape.name.values][0]));
});

test('offline: for its period nothing reaches Apple, and a download breaks off and goes on later', async () => {
  const { mac, clock } = macWith({
    faults: [{ name: 'offline', from: MONDAY_NINE + 3 * MINUTE_MS, until: MONDAY_NINE + HOUR_MS }],
  });
  mac.publish([macosOffer('26.6.2', '25G83', 6_000_000)]);
  const broken = await softwareupdate(mac, ['--download', TAHOE.label, ...OWNER], PASSWORD);
  expect(broken.stderr).toBe('\nFailed to download\nCan’t connect to the Apple Software Update server.\n');
  expect((await softwareupdate(mac, ['--list'])).stderr).toContain('Can’t connect');
  await clock.runUntil(MONDAY_NINE + HOUR_MS);
  expect((await softwareupdate(mac, ['--download', TAHOE.label, ...OWNER], PASSWORD)).ending?.exitCode).toBe(0);
});

test('slow: everything takes that much longer', async () => {
  const time = async (fault?: Fault) => {
    const { clock } = await staged(fault);
    return clock.now() - MONDAY_NINE;
  };
  const usual = await time();
  const slow = await time({ name: 'slow', factor: 3 });
  expect(slow / usual).toBeGreaterThan(2.9);
});

test('install-fails: so many times, with the given text, and then it works', async () => {
  const { mac, clock } = await staged();
  mac.faults.add({ name: 'install-fails', times: 2, text: 'Failed to personalize', exitCode: 1 });
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const ran = await softwareupdate(mac, installArgs(TAHOE.label), PASSWORD);
    expect([ran.stderr, ran.ending?.exitCode]).toEqual(['Failed to personalize\n', 1]);
  }
  await softwareupdate(mac, installArgs(TAHOE.label), PASSWORD);
  await clock.runUntil(clock.now() + HOUR_MS);
  expect(mac.os.version).toBe('26.6.2');
});

test('queued-but-never-happens: the tool says Downloaded and exits 0, and no restart follows', async () => {
  const { mac, clock } = await staged();
  mac.faults.add({ name: 'queued-but-never-happens', times: 1 });
  const ran = await softwareupdate(mac, installArgs(TAHOE.label), PASSWORD);
  expect([ran.stdout.endsWith('Downloaded: macOS Tahoe 26.6.2\n'), ran.ending?.exitCode]).toEqual([true, 0]);
  await clock.runUntil(clock.now() + DAY_MS);
  expect(mac.happenings.some((one) => one.kind === 'restart')).toBe(false);
  expect(mac.os.version).toBe('26.6');
});

test('dialog-crashes: the first ones, with no answer', async () => {
  const { mac, clock } = macWith({ faults: [{ name: 'dialog-crashes', times: 1 }] });
  const crashed = openDialog(mac, DIALOGS.choice);
  await clock.runUntil(clock.now() + MINUTE_MS);
  expect([crashed.ending?.exitCode, crashed.stdout, crashed.stderr]).toEqual([134, '', 'dialog: Abort trap: 6\n']);
  expect(mac.happenings.findLast((one) => one.kind === 'dialog-closed')).toMatchObject({ why: 'crashed' });
  const next = openDialog(mac, DIALOGS.choice);
  await clock.runUntil(clock.now() + MINUTE_MS);
  expect(next.ending).toBeNull();
});

test('dialog-crashes with a chance follows the seed', async () => {
  const { mac, clock } = macWith({ faults: [{ name: 'dialog-crashes', chance: 0.5 }] }, 5);
  const ran = Array.from({ length: 40 }, () => openDialog(mac, DIALOGS.warning));
  await clock.runUntil(clock.now() + MINUTE_MS);
  const crashes = ran.filter((one) => one.ending !== null).length;
  expect(crashes).toBeGreaterThan(8);
  expect(crashes).toBeLessThan(32);
});

test('dialog-missing: the tool is not there until it is installed', async () => {
  const { mac } = macWith({ faults: [{ name: 'dialog-missing' }] });
  expect((await run(mac, '/usr/local/bin/dialog', ['--title', 'x'])).ending?.spawnError).toBe('ENOENT');
  mac.faults.clear('dialog-missing');
  expect((await run(mac, '/usr/local/bin/dialog', ['--title', 'x', '--timer', '5'])).ending?.exitCode).toBe(4);
});

test('list-hangs, list-garbage, list-fails: silence, half a list, an error that exits 0', async () => {
  const { mac } = macWith({ faults: [{ name: 'list-hangs', times: 1 }] });
  mac.publish([TAHOE]);
  const hung = await softwareupdate(mac, ['--list'], null, DAY_MS);
  expect([hung.stdout, hung.ending]).toEqual(['Software Update Tool\n\nFinding available software\n', null]);
  mac.faults.add({ name: 'list-garbage', times: 1 });
  const garbage = await softwareupdate(mac, ['--list']);
  expect([garbage.stdout.endsWith(', Version'), garbage.stdout.includes('26.6.2')]).toEqual([true, false]);
  mac.faults.add({ name: 'list-fails', times: 1 });
  const failed = await softwareupdate(mac, ['--list']);
  expect([failed.stderr.startsWith('Scan finished with error: '), failed.ending?.exitCode]).toEqual([true, 0]);
  expect((await softwareupdate(mac, ['--list'])).stdout).toContain('26.6.2');
});

test('staged-vanishes: hours after the download it is gone', async () => {
  const { mac, clock } = await staged({ name: 'staged-vanishes', times: 1, afterHours: 1 });
  expect(mac.daemon.staged()).toMatchObject({ prepared: true });
  await clock.runUntil(clock.now() + HOUR_MS);
  expect(mac.daemon.staged()).toBeNull();
  expect(mac.happenings.some((one) => one.kind === 'staged-vanished')).toBe(true);
});

test('download-stalls: silence from there on; a new attempt goes on', async () => {
  const { mac } = macWith({ faults: [{ name: 'download-stalls', times: 1, atPercent: 45 }] });
  mac.publish([TAHOE]);
  const stalled = await softwareupdate(mac, ['--download', TAHOE.label, ...OWNER], PASSWORD, DAY_MS);
  expect([stalled.ending, /\r[^\r]* 4[34]\.\d\d%$/.test(stalled.stdout)]).toEqual([null, true]);
  expect((await softwareupdate(mac, ['--download', TAHOE.label, ...OWNER], PASSWORD)).ending?.exitCode).toBe(0);
});
