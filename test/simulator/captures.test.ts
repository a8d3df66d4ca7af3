import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Offer } from '../../src/domain/offer.ts';
import { macosOffer } from '../../src/simulator/mac/catalogue.ts';
import type { MacSpec } from '../../src/simulator/mac/mac-spec.ts';
import type { VirtualMac } from '../../src/simulator/mac/virtual-mac.ts';
import { installArgs, macWith, OWNER, PASSWORD, run, softwareupdate } from './harness.ts';

/**
 * What keeps the simulated tools honest: set up the Mac somebody's output was captured on, and the tool has to print
 * the same. The captures are not part of this repository; without them these tests say so by being skipped.
 */
const CAPTURES = new URL('../../../shared/captures/', import.meta.url);
const captured = (name: string): string => readFileSync(new URL(name, CAPTURES), 'utf8');

const other = (label: string, title: string, version: string, sizeKiB: number, kind: Offer['kind']): Offer => ({
  label,
  title,
  version,
  build: null,
  sizeKiB,
  recommended: true,
  restart: false,
  deferred: false,
  kind,
});

/** Blanks at the ends of lines and of the text are lost on the way into an issue; everything else has to be the same. */
const asPasted = (text: string): string => text.replaceAll(/[ \t]+$/gm, '').trim();
/** Values made blunt, so that only the form is left. */
const form = (text: string): string =>
  asPasted(text)
    .replaceAll(/0x[0-9a-f]+/g, '0x#')
    .replaceAll(/\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun) (\w{3}) +/g, 'Day Mon ')
    .replaceAll(/\d+/g, '#');

async function listed(
  raw: Partial<MacSpec>,
  offers: Offer[],
  args: string[] = ['--list'],
): Promise<{ stdout: string; all: string }> {
  const { mac } = macWith(raw);
  mac.publish(offers);
  if (args.includes('--no-scan')) await softwareupdate(mac, ['--list']);
  return softwareupdate(mac, args);
}

describe.skipIf(!existsSync(CAPTURES))('what the tools print is what the real ones printed', () => {
  test('lists: Safari, minor and major on 13.5', async () => {
    const ran = await listed({ macOS: '13.5', build: '22G74' }, [
      other('Safari17.0VenturaAuto-17.0', 'Safari', '17.0', 161_835, 'safari'),
      macosOffer('13.6', '22G120', 594_108),
      macosOffer('14.0', '23A344', 4_404_034),
    ]);
    expect(ran.stdout).toBe(captured('softwareupdate/list-13.5-safari-minor-major.txt'));
  });

  test('lists: 15.2, 26 without a scan, 13.3 without a scan', async () => {
    const sequoia = await listed({ macOS: '15.2', build: '24C101' }, [macosOffer('15.3', '24D60', 2_478_898)]);
    expect(sequoia.stdout).toBe(captured('softwareupdate/list-15.2-minor.txt'));
    const noScan = ['--list', '--no-scan'];
    const tahoe = await listed({}, [macosOffer('26.6.2', '25G83', 2_824_636)], noScan);
    expect(tahoe.stdout).toBe(captured('softwareupdate/list-26.x-minor-26.6.2.txt'));
    const ventura = await listed({ macOS: '13.3', build: '22E252' }, [macosOffer('13.3.1', '22E261', 868_648)], noScan);
    expect(ventura.stdout).toBe(captured('softwareupdate/list-minor-no-scan.txt'));
  });

  test('lists: both units and the noise of 12', async () => {
    const ran = await listed({ macOS: '12.7', build: '21G816' }, [
      other('Safari17.6MontereyAuto-17.6', 'Safari', '17.6', 152_370, 'safari'),
      macosOffer('12.7.6', '21H1320', 1_765_616),
      macosOffer('14.6.1', '23G93', 6_327_722),
    ]);
    const real = captured('softwareupdate/list-12.7-with-xtype-noise.txt');
    const noise = /^\d{4}-.*\n/gm;
    expect(ran.all.replaceAll(noise, '')).toBe(real.replaceAll(noise, ''));
    expect(form(ran.all)).toBe(form(real));
  });

  test('lists: nothing, with and without a scan', async () => {
    expect((await listed({ macOS: '13.6', build: '22G120' }, [])).all).toBe(captured('softwareupdate/list-none.txt'));
    expect((await listed({}, [], ['--list', '--no-scan'])).all).toBe(captured('softwareupdate/list-none-no-scan.txt'));
  });

  test('a download, reading by reading', async () => {
    const { mac } = macWith({ macOS: '13.1', build: '22C65' });
    const offer = macosOffer('13.3', '22E252', 3_000_000);
    mac.publish([offer]);
    const ran = await softwareupdate(mac, ['--download', offer.label, ...OWNER], ' ');
    const real = captured('softwareupdate/download-macos-13.3-progress.cr.txt');
    const parts = (text: string) => text.split('\r');
    expect(parts(ran.stdout)[0]).toBe(parts(real)[0]);
    expect(parts(ran.stdout).at(-1)).toBe(parts(real).at(-1));
    expect(new Set(parts(ran.stdout).slice(1, -1).map(form))).toEqual(new Set(parts(real).slice(1, -1).map(form)));
    const percents = (text: string) => [...text.matchAll(/(\d+\.\d\d)%/g)].map((found) => Number(found[1]));
    expect(percents(ran.stdout).slice(0, 13)).toEqual(percents(real).slice(0, 13));
    expect(percents(ran.stdout).slice(-3)).toEqual(percents(real).slice(-3));
  });

  test('a download without an owner, and an install of what is staged', async () => {
    const { mac } = macWith({ macOS: '14.4', build: '23E214' });
    const offer = macosOffer('14.5', '23F79', 2_000_000);
    mac.publish([offer]);
    const refused = await softwareupdate(mac, ['--download', offer.label]);
    const ending = asPasted(refused.all)
      .split('\n')
      .filter((line) => line !== '')
      .slice(-2);
    expect(ending).toEqual(captured('softwareupdate/download-14.5-failed-to-authenticate.txt').trim().split('\n'));
    await softwareupdate(mac, ['--download', offer.label, ...OWNER], PASSWORD);
    const installed = await softwareupdate(
      mac,
      installArgs(offer.label).filter((one) => one !== '--no-scan'),
      PASSWORD,
    );
    const real = captured('softwareupdate/install-macos-13.3-already-staged.txt').replaceAll(
      'Ventura 13.3',
      'Sonoma 14.5',
    );
    expect(installed.stdout).toBe(real);
  });

  test('software that needs no restart', async () => {
    const { mac } = macWith({ macOS: '13.0', build: '22A380' });
    mac.publish([other('SFSymbolsAuto-4.0', 'SF Symbols', '4.0', 90_000, 'other')]);
    const ran = await softwareupdate(mac, ['--install', 'SFSymbolsAuto-4.0', '--force', '--agree-to-license']);
    expect(ran.stdout).toBe(captured('softwareupdate/install-recommended-sf-symbols.txt'));
  });

  test('no connection', async () => {
    const { mac } = macWith({ network: false });
    expect((await softwareupdate(mac, ['--list'])).stderr).toBe(
      captured('softwareupdate/error-cannot-connect-curly.txt'),
    );
  });

  test('the facts of the Mac have the form of the real ones', async () => {
    const pairs: [VirtualMac, string, string[], string, string][] = [
      [macWith({ power: 'battery' }).mac, '/usr/bin/pmset', ['-g', 'batt'], 'pmset/batt-discharging.txt', ''],
      [macWith({ batteryPercent: 60 }).mac, '/usr/bin/pmset', ['-g', 'batt'], 'pmset/batt-charging.txt', ''],
      [macWith().mac, '/usr/sbin/sysctl', ['-n', 'kern.boottime'], 'sysctl/kern.boottime-26.6.txt', ''],
      [
        macWith().mac,
        '/usr/sbin/scutil',
        [],
        'scutil/consoleuser-with-root-session.txt',
        'show State:/Users/ConsoleUser\n',
      ],
    ];
    for (const [mac, path, args, name, stdin] of pairs) {
      const ran = await run(mac, path, args, stdin === '' ? null : [stdin]);
      expect(form(ran.stdout), name).toBe(form(captured(name).replaceAll('azaek', 'anna')));
    }
    const idle = await run(macWith().mac, '/usr/sbin/ioreg', ['-c', 'IOHIDSystem']);
    expect(form(idle.stdout)).toContain(form(captured('ioreg/hididletime.txt')));
    const df = await run(macWith().mac, '/bin/df', []);
    const words = (text: string) => text.split('\n')[0]?.split(/\s+/);
    expect(words(df.stdout)).toEqual(words(captured('df/df-512-blocks-10.14.6.txt')));
  });

  test('assertions are listed line by line as the real ones', async () => {
    const { mac } = macWith();
    mac.holdDisplay('zoom.us');
    const ran = await run(mac, '/usr/bin/pmset', ['-g', 'assertions']);
    const forms = (text: string, pattern: RegExp) =>
      text
        .split('\n')
        .filter((line) => pattern.test(line))
        .map((line) => line.replace(/named: ".*"/, 'named: ""').replace(/\(.*?\)/, '(p)'));
    const kind = (line: string) => form(line).replace(/(NoDisplaySleepAssertion|Prevent\w+)/, 'Type');
    const real = captured('pmset/assertions-coreaudiod-10.15.txt');
    const held = /pid \d+\(.*(Prevent|NoDisplay)/;
    expect(new Set(forms(ran.stdout, held).map(kind))).toEqual(new Set(forms(real, held).map(kind)));
    expect(forms(ran.stdout, /Created for/).map(form)).toEqual(forms(real, /Created for/).map(form));
  });
});
