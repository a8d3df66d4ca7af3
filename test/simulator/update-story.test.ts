import { describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/domain/instant.ts';
import { macosOffer } from '../../src/simulator/mac/catalogue.ts';
import type { Happening, HappeningOf } from '../../src/simulator/mac/happenings.ts';
import type { VirtualMac } from '../../src/simulator/mac/virtual-mac.ts';
import { installArgs, MONDAY_NINE, macWith, OWNER, PASSWORD, run, softwareupdate, toolCall } from './harness.ts';

const TAHOE = macosOffer('26.6.2', '25G83', 2_824_636);
const NEXT = macosOffer('27', '26A300', 9_000_000);
const INTEL = { appleSilicon: false, macOS: '15.2', build: '24C101' };

const of = <Kind extends Happening['kind']>(mac: VirtualMac, kind: Kind): HappeningOf<Kind>[] =>
  mac.happenings.filter((one): one is HappeningOf<Kind> => one.kind === kind);
const stagedText = async (mac: VirtualMac): Promise<string> =>
  (await run(mac, '/usr/bin/defaults', ['read', '/System/Volumes/Update/Update', 'update-asset-attributes'])).stdout;
const version = async (mac: VirtualMac): Promise<string> =>
  (await run(mac, '/usr/bin/sw_vers', ['--productVersion'])).stdout.trim();

/** A Mac that has scanned and has the update prepared. */
async function prepared(raw: Parameters<typeof macWith>[0] = {}, seed: number | string = 1) {
  const { mac, clock } = macWith(raw, seed);
  mac.publish([TAHOE]);
  await softwareupdate(mac, ['--download', TAHOE.label, ...OWNER], PASSWORD);
  return { mac, clock };
}

test('list, download, install, restart: another version runs, in another boot, with nobody logged in', async () => {
  const { mac, clock } = macWith();
  mac.publish([TAHOE, NEXT]);
  await softwareupdate(mac, ['--list']);
  const free = mac.disk.freeKiB;
  await softwareupdate(mac, ['--download', TAHOE.label, ...OWNER], PASSWORD);
  expect(await stagedText(mac)).toContain('    Build = 25G83;\n    OSVersion = "26.6.2";\n');
  expect(mac.disk.freeKiB).toBe(free - 2_824_636);
  const before = { ...mac.boot };
  const ran = await softwareupdate(mac, installArgs(TAHOE.label), PASSWORD);
  expect(ran.stdout.endsWith('\nDownloaded: macOS Tahoe 26.6.2\n')).toBe(true);
  await clock.runUntil(clock.now() + 15 * MINUTE_MS);
  const [restart] = of(mac, 'restart');
  expect(restart).toMatchObject({
    cause: 'softwareupdate',
    loggedIn: 'anna',
    from: { version: '26.6', build: '25G72' },
    to: { version: '26.6.2', build: '25G83' },
  });
  expect(mac.calls[restart?.call ?? -1]?.args[0]).toBe('--install');
  const minutesDown = ((restart?.bootedAt ?? 0) - (restart?.at ?? 0)) / MINUTE_MS;
  expect(minutesDown).toBeGreaterThan(6);
  expect(minutesDown).toBeLessThan(10);
  expect(mac.boot.session).not.toBe(before.session);
  expect(mac.consoleUser()).toBeNull();
  expect(await version(mac)).toBe('26.6.2');
  expect(await stagedText(mac)).toBe('');
  expect((await softwareupdate(mac, ['--list'])).stdout).not.toContain('26.6.2');
  expect((await softwareupdate(mac, ['--history'])).stdout).toContain('macOS Tahoe 26.6.2');
  expect(mac.disk.freeKiB).toBe(free);
});

test('a major upgrade is away longer and comes back as 27.0', async () => {
  const { mac, clock } = macWith();
  mac.publish([NEXT]);
  await softwareupdate(mac, ['--list']);
  await softwareupdate(mac, installArgs(NEXT.label), PASSWORD);
  await clock.runUntil(clock.now() + HOUR_MS);
  const [restart] = of(mac, 'restart');
  expect(((restart?.bootedAt ?? 0) - (restart?.at ?? 0)) / MINUTE_MS).toBeGreaterThan(20);
  expect(await version(mac)).toBe('27.0');
});

test('the same seed and the same calls give the same bytes; another seed does not', async () => {
  const story = async (seed: number) => {
    const { mac } = await prepared({}, seed);
    const ran = await softwareupdate(mac, installArgs(TAHOE.label), PASSWORD);
    return JSON.stringify([ran, mac.happenings]);
  };
  expect(await story(3)).toBe(await story(3));
  expect(await story(3)).not.toBe(await story(4));
});

test('a download falls silent at 16, 60 and 98.51 %, never for more than ten minutes', async () => {
  for (let seed = 1; seed <= 10; seed += 1) {
    const { mac, clock } = macWith({}, seed);
    mac.publish([TAHOE]);
    const silences = new Map<string, number>();
    let last = { text: '', at: clock.now() };
    mac.commands
      .start(toolCall('/usr/sbin/softwareupdate', ['--download', TAHOE.label, ...OWNER], [PASSWORD]))
      .subscribe((event) => {
        silences.set(last.text, clock.now() - last.at);
        last = { text: event.kind === 'output' ? event.text.trim() : 'end', at: clock.now() };
      });
    await clock.runUntil(clock.now() + 6 * HOUR_MS);
    const after = (percent: string): number => silences.get(`Downloading: ${percent}%`) ?? 0;
    expect(after('16.00')).toBeGreaterThan(15_000);
    expect(Math.min(after('60.00'), after('98.51'))).toBeGreaterThan(2 * MINUTE_MS);
    expect(Math.max(...silences.values())).toBeLessThan(10 * MINUTE_MS);
  }
});

describe('who may', () => {
  test('a download without an owner leaves the bits unprepared; with one only the preparation is left', async () => {
    const { mac } = macWith();
    mac.publish([TAHOE]);
    const refused = await softwareupdate(mac, ['--download', TAHOE.label]);
    expect([refused.stderr, refused.ending?.exitCode]).toEqual(['Failed to authenticate\n', 1]);
    expect(refused.stdout).toContain('\nDownloaded: macOS Tahoe 26.6.2\n');
    expect(await stagedText(mac)).toBe('');
    const again = await softwareupdate(mac, ['--download', TAHOE.label, ...OWNER], PASSWORD);
    expect(again.stdout).toContain('\rDownloading: 61.20%');
    expect(again.stdout).not.toContain('\rDownloading: 16.00%');
    expect(of(mac, 'downloaded')).toHaveLength(1);
  });

  test('with stdin left open the tool asks and waits for ever', async () => {
    const { mac } = macWith();
    mac.publish([TAHOE]);
    const ran = await softwareupdate(mac, ['--download', TAHOE.label], PASSWORD, DAY_MS);
    expect(ran.stdout.endsWith('Password:')).toBe(true);
    expect(ran.ending).toBeNull();
  });

  test('macOS 13 prepares with a blank for a password, and Intel without any', async () => {
    const ventura = macWith({ macOS: '13.5', build: '22G74' }).mac;
    const offer = macosOffer('13.6', '22G120', 594_108);
    ventura.publish([offer]);
    expect((await softwareupdate(ventura, ['--download', offer.label, ...OWNER], ' ')).ending?.exitCode).toBe(0);
    const intel = macWith(INTEL).mac;
    const sequoia = macosOffer('15.3', '24D60', 2_000_000);
    intel.publish([sequoia]);
    expect((await softwareupdate(intel, ['--download', sequoia.label, ...OWNER], PASSWORD)).ending?.exitCode).toBe(1);
    expect((await softwareupdate(intel, ['--download', sequoia.label])).ending?.exitCode).toBe(0);
    expect(await stagedText(intel)).toContain('Build = 24D60;');
    const plain = installArgs(sequoia.label).filter((one) => !OWNER.includes(one));
    await softwareupdate(intel, plain);
    await intel.world.runUntil(intel.world.now() + 20 * MINUTE_MS);
    expect(await version(intel)).toBe('15.3');
  });

  test('each wrong password counts, until the account is locked and the right one fails too', async () => {
    const { mac } = await prepared({ lockoutAfter: 3 });
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      const ran = await softwareupdate(mac, installArgs(TAHOE.label), 'wrong');
      expect([ran.stderr, ran.ending?.exitCode]).toEqual(['Failed to authenticate\n', 1]);
    }
    expect((await softwareupdate(mac, installArgs(TAHOE.label), PASSWORD)).stderr).toBe('Failed to authenticate\n');
    expect(of(mac, 'authentication-failed').map((one) => [one.failedLogins, one.lockedOut])).toEqual([
      [1, false],
      [2, false],
      [3, true],
      [3, true],
    ]);
  });

  test('no owner, no rights: refused', async () => {
    const stranger = macWith({ volumeOwner: false }).mac;
    stranger.publish([TAHOE]);
    await softwareupdate(stranger, ['--list']);
    expect((await softwareupdate(stranger, installArgs(TAHOE.label), PASSWORD)).stderr).toBe(
      'Failed to authenticate\n',
    );
    const { mac } = await prepared();
    const asAnna = ['-u', 'anna', '/usr/sbin/softwareupdate', ...installArgs(TAHOE.label)];
    expect((await run(mac, '/usr/bin/sudo', asAnna, [`${PASSWORD}\n`])).ending?.exitCode).toBe(1);
  });
});

describe('refusals', () => {
  test('a label that is not there, with exit 0', async () => {
    const { mac } = macWith();
    const ran = await softwareupdate(mac, ['--install', 'macOS Tahoe 26.9-25Z1', '--restart', ...OWNER], PASSWORD);
    expect([ran.stderr, ran.ending?.exitCode]).toEqual([
      'macOS Tahoe 26.9-25Z1: No such update\nNo updates are available.\n',
      0,
    ]);
  });

  test('a full disk, with exit 0 and the room that is needed', async () => {
    const { mac } = macWith({ diskFreeGB: 10 });
    mac.publish([TAHOE]);
    const ran = await softwareupdate(mac, ['--download', TAHOE.label, ...OWNER], PASSWORD);
    expect([ran.stderr, ran.ending?.exitCode]).toEqual([
      'Not enough free disk space: a total of 18 GB is required.\n',
      0,
    ]);
  });

  test('an almost empty battery', async () => {
    const { mac } = await prepared({ power: 'battery', batteryPercent: 22 });
    expect((await softwareupdate(mac, installArgs(TAHOE.label), PASSWORD)).stderr).toContain(
      'battery level is too low',
    );
  });

  test('two things at once: the second is turned away', async () => {
    const { mac } = macWith();
    mac.publish([TAHOE, NEXT]);
    mac.commands
      .start(toolCall('/usr/sbin/softwareupdate', ['--download', TAHOE.label, ...OWNER], [PASSWORD]))
      .subscribe();
    await mac.world.runUntil(mac.world.now() + MINUTE_MS);
    const ran = await softwareupdate(mac, ['--download', NEXT.label, ...OWNER], PASSWORD);
    expect([ran.stderr.includes('7507'), ran.ending?.exitCode]).toEqual([true, 1]);
  });
});

describe('what changes by itself', () => {
  test('a withdrawn update leaves the list; the next one of its kind takes its place', async () => {
    const { mac, clock } = macWith();
    mac.publish([TAHOE], MONDAY_NINE, MONDAY_NINE + DAY_MS);
    mac.publish([macosOffer('26.6.3', '25G90', 900_000)], MONDAY_NINE + 2 * DAY_MS);
    expect((await softwareupdate(mac, ['--list'])).stdout).toContain('26.6.2');
    await clock.runUntil(MONDAY_NINE + DAY_MS);
    expect((await softwareupdate(mac, ['--list'])).stderr).toBe('No new software available.\n');
    await clock.runUntil(MONDAY_NINE + 2 * DAY_MS);
    expect((await softwareupdate(mac, ['--list'])).stdout).toContain('26.6.3');
  });

  test('an update superseded while staged is dropped at the next scan', async () => {
    const { mac, clock } = await prepared();
    mac.publish([macosOffer('26.6.3', '25G90', 900_000)], clock.now() + HOUR_MS);
    await clock.runUntil(clock.now() + HOUR_MS);
    expect(await stagedText(mac)).not.toBe('');
    const ran = await softwareupdate(mac, ['--list']);
    expect(ran.stdout).not.toContain('26.6.2-');
    expect(await stagedText(mac)).toBe('');
  });

  test('what is prepared is thrown away after about three days and has to be downloaded again', async () => {
    const { mac, clock } = await prepared();
    await clock.runUntil(clock.now() + 2.5 * DAY_MS);
    expect(await stagedText(mac)).not.toBe('');
    await clock.runUntil(clock.now() + DAY_MS);
    expect(await stagedText(mac)).toBe('');
    await softwareupdate(mac, ['--download', TAHOE.label, ...OWNER], PASSWORD);
    expect(of(mac, 'downloaded')).toHaveLength(2);
  });
});

test('install without --restart only stages, silently', async () => {
  const { mac, clock } = macWith();
  mac.publish([TAHOE]);
  const ran = await softwareupdate(mac, ['--install', TAHOE.label, ...OWNER], PASSWORD);
  expect([ran.ending?.exitCode, ran.stderr]).toEqual([0, '']);
  await clock.runUntil(clock.now() + DAY_MS);
  expect(of(mac, 'restart')).toEqual([]);
  expect(await stagedText(mac)).not.toBe('');
});

test('a power cut in the middle of an accepted install installs nothing', async () => {
  const { mac, clock } = await prepared();
  mac.commands.start(toolCall('/usr/sbin/softwareupdate', installArgs(TAHOE.label), [`${PASSWORD}\n`])).subscribe();
  await clock.runUntil(clock.now() + DAY_MS, () => of(mac, 'install-accepted').length > 0);
  mac.cutPower(HOUR_MS);
  await clock.runUntil(clock.now() + DAY_MS);
  expect(await version(mac)).toBe('26.6');
  expect(of(mac, 'restart')).toMatchObject([{ cause: 'power cut', to: { version: '26.6' } }]);
});
