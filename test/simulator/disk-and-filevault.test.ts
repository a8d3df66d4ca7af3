// Who opens the disk: diskutil apfs, fdesetup, and softwareupdate, which needs somebody who owns it.
import { build, parse } from 'plist';
import { describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/domain/instant.ts';
import { macosOffer } from '../../src/simulator/mac/catalogue.ts';
import type { VirtualMac } from '../../src/simulator/mac/virtual-mac.ts';
import { canary, canaryKey } from '../support/canary.ts';
import { ADMIN, asAnna, exitOf, office, tool } from './account-tools.ts';
import { installArgs, macWith, PASSWORD, run, softwareupdate } from './harness.ts';

const BY_MDM = canary('by_mdm');

const RECOVERY = 'EBC6C064-0000-11AA-AA11-00306543ECAC';
const KEY = canaryKey();
const VAULT = { fileVault: { recoveryKey: KEY } };
const guid = (mac: VirtualMac, name: string): string => mac.accounts.named(name)?.guid ?? '';

describe('diskutil apfs', () => {
  test.each(['listUsers', 'listCryptoUsers', 'listcryptousers', 'listKeys'])(
    '%s lists owners, the recovery user among them',
    async (verb) => {
      const mac = macWith().mac;
      expect((await tool(mac, 'diskutil', ['apfs', verb, '/'])).stdout).toBe(
        [
          'Cryptographic users for disk3s1s1 (2 found)',
          '|',
          `+-- ${guid(mac, 'anna')}`,
          '|   Type: Local Open Directory User',
          '|   Volume Owner: Yes',
          '|',
          `+-- ${RECOVERY}`,
          '    Type: Personal Recovery User',
          '    Volume Owner: Yes',
          '',
        ].join('\n'),
      );
    },
  );

  test('one user, none, and a disk that is not there', async () => {
    const one = macWith({ macOS: '14.5', build: '23F79' }).mac;
    expect((await tool(one, 'diskutil', ['apfs', 'listUsers', '/'])).stdout).toMatch(
      /^Cryptographic user for disk3s1s1 \(1 found\)\n/,
    );
    const none = macWith({ volumeOwner: false, appleSilicon: false }).mac;
    const listed = await tool(none, 'diskutil', ['apfs', 'listUsers', '/']);
    expect(listed.stdout).toBe('No cryptographic users for disk1s1s1\n');
    expect(exitOf(await tool(none, 'diskutil', ['apfs', 'listUsers', 'disk9']))).toBe(1);
  });

  test('as a property list; a token without ownership is told apart, and the key of the MDM is listed', async () => {
    const accounts = [{ name: 'bert', secureToken: true, volumeOwner: false }];
    const mac = macWith({ accounts, bootstrapToken: true }).mac;
    expect(parse((await tool(mac, 'diskutil', ['apfs', 'listUsers', '-plist', '/'])).stdout)).toEqual({
      Users: [
        { APFSCryptoUserType: 'LocalOpenDirectory', APFSCryptoUserUUID: guid(mac, 'anna'), VolumeOwner: true },
        { APFSCryptoUserType: 'LocalOpenDirectory', APFSCryptoUserUUID: guid(mac, 'bert'), VolumeOwner: false },
        { APFSCryptoUserType: 'PersonalRecovery', APFSCryptoUserUUID: RECOVERY, VolumeOwner: true },
        {
          APFSCryptoUserType: 'MDMRecovery',
          APFSCryptoUserUUID: '2457711A-523C-4604-B75A-F48A571D5036',
          VolumeOwner: true,
        },
      ],
    });
  });

  test('verifies a passphrase on stdin against the disk, without counting', async () => {
    const mac = office();
    mac.rotatePassword('anna', BY_MDM);
    const verify = async (password: string) => {
      const args = ['apfs', 'unlockVolume', '/', '-user', guid(mac, 'anna'), '-verify', '-stdinpassphrase'];
      return exitOf(await tool(mac, 'diskutil', args, password));
    };
    expect([await verify(PASSWORD), await verify(BY_MDM), await verify(ADMIN)]).toEqual([0, 1, 1]);
    expect(mac.accounts.named('anna')?.failedLogins).toBe(0);
  });
});

describe('fdesetup', () => {
  const input = (keys: Record<string, string>): string => build(keys);

  test.each([
    ['on', 'FileVault is On.', 'true', 0],
    ['on, needs a restart', 'FileVault is On, but needs to be restarted to finish.', 'true', 0],
    ['off', 'FileVault is Off.', 'false', 1],
    ['off, on after a restart', 'FileVault is Off, but will be enabled after the next restart.', 'false', 1],
    ['off, needs a restart', 'FileVault is Off, but needs to be restarted to finish.', 'false', 1],
  ] as const)('%s', async (state, text, active, exitCode) => {
    const mac = macWith({ fileVault: { state } }).mac;
    expect((await tool(mac, 'fdesetup', ['status'])).stdout).toBe(`${text}\n`);
    const isActive = await asAnna(mac, 'fdesetup', ['isactive']);
    expect([isActive.stdout, exitOf(isActive)]).toEqual([`${active}\n`, exitCode]);
    expect((await tool(mac, 'fdesetup', ['supportsauthrestart'])).stdout).toBe('true\n');
  });

  test('lists who can open the disk, for root only', async () => {
    const mac = office({ ...VAULT, bootstrapToken: true });
    expect((await tool(mac, 'fdesetup', ['list'])).stdout).toBe(
      `anna,${guid(mac, 'anna')}\nbert,${guid(mac, 'bert')}\n`,
    );
    expect(
      (await tool(mac, 'fdesetup', ['list', '-extended'])).stdout.split('\n').map((line) => line.trimEnd()),
    ).toEqual([
      'ESCROW  UUID                                                                     TYPE USER',
      `        ${guid(mac, 'anna')}                                  OS User anna`,
      `        ${guid(mac, 'bert')}                                  OS User bert`,
      `        ${RECOVERY}                 Personal Recovery Record`,
      '        2457711A-523C-4604-B75A-F48A571D5036                          Bootstrap Token',
      '',
    ]);
    expect(exitOf(await asAnna(mac, 'fdesetup', ['list']))).not.toBe(0);
    expect(exitOf(await tool(macWith().mac, 'fdesetup', ['list']))).toBe(1);
    const few = office({ fileVault: { users: ['bert'] } });
    expect((await tool(few, 'fdesetup', ['list'])).stdout).toBe(`bert,${guid(few, 'bert')}\n`);
    expect((await tool(few, 'fdesetup', ['list', '-extended'])).stdout).not.toContain(guid(few, 'anna'));
  });

  test('has a recovery key, or has not', async () => {
    const ask = async (mac: VirtualMac) => [
      (await tool(mac, 'fdesetup', ['haspersonalrecoverykey'])).stdout,
      (await tool(mac, 'fdesetup', ['hasinstitutionalrecoverykey'])).stdout,
    ];
    expect(await ask(office(VAULT))).toEqual(['true\n', 'false\n']);
    expect(await ask(office({ fileVault: { institutionalKey: true } }))).toEqual(['false\n', 'true\n']);
    expect(await ask(office())).toEqual(['false\n', 'false\n']);
  });

  test('restarts for whoever can open the disk, inside the call', async () => {
    const mac = office(VAULT);
    const ran = await tool(
      mac,
      'fdesetup',
      ['authrestart', '-inputplist'],
      input({ Username: 'anna', Password: PASSWORD }),
    );
    expect(ran.ending).toBeNull();
    expect(mac.happenings.findLast(({ kind }) => kind === 'restart')).toMatchObject({
      cause: 'fdesetup',
      loggedIn: 'anna',
    });
  });

  test.each([
    ['a wrong password', { Username: 'anna', Password: canary('wrong') }, 11],
    ['the password of the log-in alone', { Username: 'anna', Password: BY_MDM }, 11],
    ["somebody else's password", { Username: 'anna', Password: ADMIN }, 11],
  ])('does not for %s', async (_what, keys, exitCode) => {
    const mac = office(VAULT);
    mac.rotatePassword('anna', BY_MDM);
    expect(exitOf(await tool(mac, 'fdesetup', ['authrestart', '-inputplist'], input(keys)))).toBe(exitCode);
    expect(mac.happenings.some(({ kind }) => kind === 'restart')).toBe(false);
  });

  test('takes the recovery key, waits as long as told, or for the next restart', async () => {
    const mac = office(VAULT);
    const call = (minutes: string) =>
      tool(mac, 'fdesetup', ['authrestart', '-inputplist', '-delayminutes', minutes], input({ Password: KEY }));
    expect(exitOf(await call('-1'))).toBe(0);
    expect([mac.fileVault.nextStartUnlocked, mac.happenings.some(({ kind }) => kind === 'restart')]).toEqual([
      true,
      false,
    ]);
    expect(exitOf(await call('5'))).toBe(0);
    await mac.world.runUntil(mac.world.now() + 10 * MINUTE_MS);
    expect(mac.happenings.filter(({ kind }) => kind === 'restart')).toHaveLength(1);
    expect(mac.fileVault.nextStartUnlocked).toBe(false);
  });

  test('asks where no property list is promised, and fails without FileVault, with nonsense, or by a fault', async () => {
    const mac = office(VAULT);
    const asked = await tool(mac, 'fdesetup', ['authrestart'], 'no\n');
    expect([asked.stderr.split(': ')[0], exitOf(asked)]).toEqual(["Enter a password for '/', or the recovery key", 11]);
    expect(exitOf(await tool(mac, 'fdesetup', ['authrestart', '-inputplist'], 'nonsense'))).toBe(15);
    expect(exitOf(await tool(office(), 'fdesetup', ['authrestart', '-inputplist'], ''))).toBe(1);
    expect(exitOf(await tool(mac, 'fdesetup', ['nonsense']))).toBe(13);
    mac.faults.add({ name: 'authrestart-fails' });
    const failed = await tool(mac, 'fdesetup', ['authrestart', '-inputplist'], input({ Password: KEY }));
    expect(failed.stderr).toBe('Error: Unable to restart (error = -54).\n');
  });

  test('makes a new recovery key; the old one is dead', async () => {
    const mac = office(VAULT);
    const change = (...more: string[]) =>
      tool(
        mac,
        'fdesetup',
        ['changerecovery', '-personal', '-inputplist', ...more],
        input({ Username: 'bert', Password: ADMIN }),
      );
    const { stdout } = await change();
    expect(stdout).toMatch(/^New personal recovery key = '([A-Z2-9]{4}-){5}[A-Z2-9]{4}'\n$/);
    const first = stdout.split("'")[1] ?? '';
    const { RecoveryKey } = parse((await change('-outputplist')).stdout) as { RecoveryKey: string };
    const valid = async (key: string) =>
      (await tool(mac, 'fdesetup', ['validaterecovery', '-inputplist'], input({ Password: key }))).stdout;
    expect([await valid(KEY), await valid(first), await valid(RecoveryKey)]).toEqual(['false\n', 'false\n', 'true\n']);
    const refused = await tool(
      mac,
      'fdesetup',
      ['changerecovery', '-personal', '-inputplist'],
      input({ Password: KEY }),
    );
    expect([refused.stdout, refused.stderr, exitOf(refused)]).toEqual([
      '',
      'Error: Unable to unlock or authenticate to FileVault.\n',
      11,
    ]);
    expect([...mac.secrets()]).toEqual(expect.arrayContaining([KEY, first, RecoveryKey]));
  });
});

describe('softwareupdate asks both locks', () => {
  const UPDATE = macosOffer('26.6.2', '25G83', 2_824_636);
  async function staged(mac: VirtualMac): Promise<VirtualMac> {
    mac.publish([UPDATE]);
    await softwareupdate(mac, ['--download', UPDATE.label, '--user', 'bert', '--stdinpass'], ADMIN);
    return mac;
  }
  const accepted = (mac: VirtualMac): boolean => mac.happenings.some(({ kind }) => kind === 'install-accepted');

  test('a second owner may authorise', async () => {
    const mac = await staged(office());
    const args = installArgs(UPDATE.label).map((word) => (word === 'anna' ? 'bert' : word));
    await softwareupdate(mac, args, ADMIN, HOUR_MS);
    expect(accepted(mac)).toBe(true);
  });

  test.each([
    ['the new password, which the disk does not know', BY_MDM, 0],
    ['the old one, which the log-in does not know', PASSWORD, 1],
  ])('after an MDM changed the password, %s is refused', async (_which, password, failures) => {
    const mac = await staged(office({ faults: [{ name: 'password-rotated', password: BY_MDM, afterDays: 1 }] }));
    await mac.world.runUntil(mac.world.now() + 1.1 * DAY_MS);
    const ran = await softwareupdate(mac, installArgs(UPDATE.label), password);
    expect(ran.stderr).toBe('Failed to authenticate\n');
    expect(accepted(mac)).toBe(false);
    expect(mac.accounts.named('anna')?.failedLogins).toBe(failures);
  });

  test('where both were changed, the new one is taken', async () => {
    const mac = await staged(office({ faults: [{ name: 'password-rotated', password: BY_MDM, cryptoToo: true }] }));
    await softwareupdate(mac, installArgs(UPDATE.label), BY_MDM, HOUR_MS);
    expect(accepted(mac)).toBe(true);
  });

  test('a token without ownership is not enough, and wrong passwords lock', async () => {
    const accounts = [
      { name: 'anna', secureToken: true, volumeOwner: false },
      { name: 'bert', password: ADMIN, secureToken: true },
    ];
    const mac = await staged(macWith({ accounts, passwordPolicy: { lockoutAfter: 2, lockoutMinutes: 10 } }).mac);
    await softwareupdate(mac, installArgs(UPDATE.label), PASSWORD);
    for (const _ of [1, 2]) await softwareupdate(mac, installArgs(UPDATE.label), 'no');
    expect(accepted(mac)).toBe(false);
    expect(exitOf(await tool(mac, 'dscl', ['.', '-authonly', 'anna'], `${PASSWORD}\n`))).toBe(87);
  });
});

describe("FileVault's screen", () => {
  const UPDATE = macosOffer('26.6.2', '25G83', 2_824_636);
  const intel = (fileVault: object = {}) => {
    const mac = office({ appleSilicon: false, fileVault: { recoveryKey: KEY, ...fileVault } });
    mac.publish([UPDATE]);
    return mac;
  };
  const unlockedInAdvance = async (mac: VirtualMac) => {
    const keys = build({ Username: 'anna', Password: PASSWORD });
    expect(exitOf(await tool(mac, 'fdesetup', ['authrestart', '-inputplist', '-delayminutes', '-1'], keys))).toBe(0);
  };
  const pass = (mac: VirtualMac, ms: number) => mac.world.runUntil(mac.world.now() + ms);
  const installed = (mac: VirtualMac) => mac.happenings.some(({ kind }) => kind === 'installed');
  const install = async (mac: VirtualMac, owner: boolean) => {
    await softwareupdate(mac, ['--list']);
    const args = installArgs(UPDATE.label);
    await softwareupdate(mac, owner ? args : args.slice(0, -3), owner ? PASSWORD : null, 3 * HOUR_MS);
    await pass(mac, HOUR_MS);
  };

  test('holds an Intel Mac and its update for as long as nobody types a password', async () => {
    const mac = intel();
    await install(mac, false);
    await pass(mac, 3 * DAY_MS);
    expect([mac.on, mac.atFileVault, installed(mac)]).toEqual([false, true, false]);
    mac.powerOn();
    expect([mac.unlockDisk('anna', 'no'), mac.unlockDisk('bert', PASSWORD), mac.atFileVault]).toEqual([
      false,
      false,
      true,
    ]);
    expect([mac.unlockDisk('anna', PASSWORD), mac.atFileVault]).toEqual([true, false]);
    await pass(mac, HOUR_MS);
    expect([mac.on, installed(mac), mac.os.version]).toEqual([true, true, '26.6.2']);
  });

  test('is passed once by a start that was unlocked in advance', async () => {
    const mac = intel();
    await unlockedInAdvance(mac);
    await install(mac, false);
    expect([mac.on, installed(mac)]).toEqual([true, true]);
    mac.restart('person');
    await pass(mac, HOUR_MS);
    expect([mac.on, mac.atFileVault, mac.unlockDisk(null, KEY)]).toEqual([false, true, true]);
  });

  test('is passed on Apple silicon by an update that macOS has taken, and by no other start', async () => {
    const mac = office({ ...VAULT, fileVault: {} });
    mac.publish([UPDATE]);
    await install(mac, true);
    expect([mac.on, installed(mac)]).toEqual([true, true]);
    mac.restart('person');
    await pass(mac, HOUR_MS);
    expect(mac.atFileVault).toBe(true);
  });

  test('comes again after a power cut, also one at the screen itself', async () => {
    const mac = intel();
    await unlockedInAdvance(mac);
    mac.cutPower(MINUTE_MS);
    await pass(mac, HOUR_MS);
    expect(mac.atFileVault).toBe(true);
    mac.cutPower(null);
    expect([mac.atFileVault, mac.unlockDisk('anna', PASSWORD)]).toEqual([false, false]);
    mac.powerOn();
    await pass(mac, HOUR_MS);
    expect([mac.on, mac.atFileVault]).toEqual([false, true]);
  });

  test.each([
    [{ destroyKeyOnStandby: true }, ' DestroyFVKeyOnStandby\t\t1\n', true],
    [{}, '', false],
  ] as const)('%j: what was unlocked in advance outlasts a sleep or not', async (fileVault, line, waits) => {
    const mac = intel(fileVault);
    expect((await run(mac, '/usr/bin/pmset', ['-g'])).stdout).toContain(
      `System-wide power settings:\n${line}Currently in use:\n`,
    );
    await unlockedInAdvance(mac);
    mac.sleep();
    await pass(mac, HOUR_MS);
    mac.wakeUp();
    mac.restart('person');
    await pass(mac, HOUR_MS);
    expect(mac.atFileVault).toBe(waits);
  });
});
