// The two doors lead to one Mac: a tool called as a program prints, byte for byte, what it prints in process, and does
// what a program does: reads its stdin, has an exit code, is killed and takes its window with it.
import { symlinkSync } from 'node:fs';
import { build } from 'plist';
import { describe, expect, test } from 'vitest';
import { HOUR_MS } from '../../../src/domain/instant.ts';
import { macosOffer } from '../../../src/simulator/mac/catalogue.ts';
import { TOOLBOX } from '../../../src/simulator/tools/toolbox.ts';
import { canaryKey, toolsAreGivenSecrets } from '../../support/canary.ts';
import { ADMIN, OFFICE } from '../account-tools.ts';
import { DIALOGS, dialogCall, installArgs, macWith, OWNER, PASSWORD, run } from '../harness.ts';
import { bootedMac, NEEDS_PERL, temporaryFolder, withoutPerl } from './harness.ts';

toolsAreGivenSecrets();

const UPDATE = macosOffer('26.6.2', '25G83', 2_824_636);
const IN_SESSION = ['asuser', '501', '/usr/bin/sudo', '-u', 'anna'];

const KEY = canaryKey();
const RECOVERY = build({ Password: KEY });
const EXPECT = `gets stdin password
spawn dscl . -authonly [lindex $argv 0]
expect "Password:" { send -- "$password\\r" }
expect eof
exit [lindex [wait] 3]`;
/** Somebody beside anna, a disk that asks, and a server that manages it. */
const SPEC = { ...OFFICE, bootstrapToken: true, fileVault: { recoveryKey: KEY }, passwordPolicy: { lockoutAfter: 5 } };

type Call = { path: string; args: readonly string[]; stdin?: string };
const DECLARED = '/private/var/db/softwareupdate/SoftwareUpdateDDMStatePersistence.plist';
const CALLS: Call[] = [
  { path: '/usr/bin/sw_vers', args: [] },
  { path: '/usr/bin/sw_vers', args: ['-nonsense'] },
  { path: '/usr/sbin/sysctl', args: ['-n', 'kern.boottime'] },
  { path: '/usr/sbin/scutil', args: [], stdin: 'show State:/Users/ConsoleUser\n' },
  { path: '/usr/bin/pmset', args: ['-g', 'batt'] },
  { path: '/usr/sbin/ioreg', args: ['-n', 'Root', '-d1', '-a'] },
  { path: '/bin/df', args: ['-k', '/'] },
  { path: '/usr/bin/defaults', args: ['read', '/System/Volumes/Update/Update'] },
  { path: '/usr/bin/plutil', args: ['-convert', 'xml1', '-o', '-', DECLARED] },
  { path: '/usr/bin/pgrep', args: ['-x', 'Dialog'] },
  { path: '/usr/bin/stat', args: ['-f%Su', '/dev/console'] },
  { path: '/bin/launchctl', args: ['print', 'gui/501'] },
  { path: '/bin/launchctl', args: ['print', 'system/org.example.nothing'] },
  { path: '/bin/launchctl', args: ['kickstart', 'system/com.apple.softwareupdated'] },
  { path: '/bin/launchctl', args: [...IN_SESSION, '/usr/bin/sw_vers'] },
  { path: '/usr/bin/sudo', args: ['-u', 'nobody-here', '/usr/bin/sw_vers'] },
  { path: '/sbin/shutdown', args: ['-r', '+nonsense'] },
  { path: '/usr/local/bin/dialog', args: ['--title', 'Ä “title”', '--message', 'm', '--timer', '20'] },
  { path: '/usr/local/bin/dialog', args: ['--jsonstring', '{nonsense'] },
  { path: '/usr/sbin/sysadminctl', args: ['-secureTokenStatus', 'anna'] },
  {
    path: '/usr/sbin/sysadminctl',
    args: ['-addUser', 'svc', '-password', '-', '-adminUser', 'bert', '-adminPassword', '-'],
    stdin: `${ADMIN}\nsecret of the service\n`,
  },
  { path: '/usr/bin/dscl', args: ['.', '-authonly', 'anna'], stdin: 'wrong\n' },
  { path: '/usr/bin/dscl', args: ['-plist', '.', '-read', '/Users/anna'] },
  { path: '/usr/sbin/dseditgroup', args: ['-o', 'checkmember', '-m', 'anna', 'admin'] },
  { path: '/usr/bin/id', args: ['anna'] },
  { path: '/usr/bin/pwpolicy', args: ['-getaccountpolicies'] },
  { path: '/usr/sbin/diskutil', args: ['apfs', 'listUsers', '-plist', '/'] },
  { path: '/usr/bin/fdesetup', args: ['changerecovery', '-personal', '-inputplist'], stdin: RECOVERY },
  { path: '/usr/bin/fdesetup', args: ['list', '-extended'] },
  {
    path: '/usr/bin/security',
    args: ['-i'],
    stdin: 'add-generic-password -a a -s "s t" -w secret\nfind-generic-password -s "s t"\nfind-generic-password -s u\n',
  },
  { path: '/bin/launchctl', args: [...IN_SESSION, '/usr/bin/security', 'list-keychains'] },
  { path: '/usr/bin/profiles', args: ['status', '-type', 'enrollment'] },
  { path: '/usr/bin/profiles', args: ['install', '-type', 'bootstraptoken'], stdin: `bert\n${ADMIN}\n` },
  { path: '/usr/libexec/mdmclient', args: ['QueryDeviceInformation'] },
  { path: '/usr/local/jamf/bin/jamf', args: ['recon', '-verbose'] },
  { path: '/usr/bin/expect', args: ['-c', EXPECT, 'anna'], stdin: `${PASSWORD}\n` },
  { path: '/usr/sbin/softwareupdate', args: ['--list'] },
  { path: '/usr/sbin/softwareupdate', args: ['--download', UPDATE.label, ...OWNER], stdin: `${PASSWORD}\n` },
  { path: '/usr/sbin/softwareupdate', args: ['--install', UPDATE.label, ...OWNER], stdin: 'wrong\n' },
  { path: '/usr/sbin/softwareupdate', args: ['--nonsense'] },
  { path: '/usr/bin/log', args: ['stream', '--predicate', 'this is none'] },
];

describe.skipIf(withoutPerl)(`a tool as a program${NEEDS_PERL}`, () => {
  test('every tool of the Mac is among these calls', () => {
    expect([...TOOLBOX.keys()].filter((path) => !CALLS.some((call) => call.path === path))).toEqual([]);
  });

  test.each(CALLS)('$path $args prints the same through both doors', async ({ path, args, stdin = null }) => {
    const { mac } = macWith(SPEC, 7);
    mac.publish([UPDATE]);
    const inside = await run(mac, path, args, stdin === null ? null : [stdin]);
    const under = await bootedMac({ seed: 7, offers: [UPDATE], spec: SPEC });
    const outside = await under.run([under.root + path, ...args], { stdin });
    expect(outside).toEqual({
      stdout: inside.stdout,
      stderr: inside.stderr,
      exitCode: inside.ending?.exitCode,
      signal: null,
    });
    expect(under.mac.calls).toEqual(
      mac.calls.map((call) => ({
        ...call,
        name: expect.any(String),
        effect: expect.any(String),
        exposed: expect.arrayContaining([...call.exposed]),
      })),
    );
    expect(under.mac.happenings).toEqual(mac.happenings);
  });

  test('what stands in its environment is known, for others can read it too', async () => {
    const under = await bootedMac();
    await under.run([`${under.root}/usr/bin/id`], { env: { PW: 'secret in the open' } });
    expect(under.mac.calls[0]?.exposed).toContain('PW=secret in the open');
  });

  test('a question without anything to type in is answered with a blank, and one that needs a terminal waits', async () => {
    const under = await bootedMac();
    const auth = [`${under.root}/usr/bin/dscl`, '.', '-authonly', 'anna'];
    expect(await under.run(auth)).toMatchObject({
      exitCode: 10,
      stderr: expect.stringMatching(/^Password: <dscl_cmd>/),
    });
    under.mac.faults.add({ name: 'prompt-needs-terminal' });
    const waiting = under.start(auth, { stdin: `${PASSWORD}\n` });
    await under.runUntil(under.mac.world.now() + HOUR_MS);
    expect(under.programs.living.size).toBe(1);
    await under.kill(waiting.pid);
  });

  test('the Mac knows it by its name in the catalogue', async () => {
    const mac = await bootedMac();
    await mac.run([`${mac.root}/usr/sbin/softwareupdate`, '--list']);
    expect(mac.mac.calls.map(({ name, effect }) => [name, effect])).toEqual([['softwareupdate.list', 'probe']]);
  });

  test('without stdin, and with stdin from /dev/null, a password is not waited for', async () => {
    const mac = await bootedMac({ offers: [UPDATE] });
    const install = [`${mac.root}/usr/sbin/softwareupdate`, '--install', UPDATE.label];
    const answer = await mac.run(install);
    expect(answer).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('Failed to authenticate') });
  });

  test('it is found where it was called from another folder, or through a link', async () => {
    const mac = await bootedMac();
    const link = `${temporaryFolder()}/version`;
    symlinkSync(`${mac.root}/usr/bin/sw_vers`, link);
    expect(await mac.run([link, '-buildVersion'])).toMatchObject({ exitCode: 0, stdout: '25G72\n' });
    const inFolder = `cd ${mac.root}/usr/bin && ./sw_vers -buildVersion`;
    expect(await mac.run(['/bin/sh', '-c', inFolder])).toMatchObject({ exitCode: 0, stdout: '25G72\n' });
  });

  test('much output arrives whole where it is read slowly', async () => {
    const mac = await bootedMac();
    const line = `${mac.root}/usr/sbin/softwareupdate --nonsense | (sleep 0.2; cat)`;
    expect((await mac.run(['/bin/sh', '-c', line])).stdout).toMatch(/^usage: [\s\S]* by softwareupdate\.\n$/);
  });

  test('a killed program is a killed tool, and its dialog closes', async () => {
    const mac = await bootedMac();
    const { path, args } = dialogCall(DIALOGS.warning);
    const running = mac.start([mac.root + path, ...args]);
    await mac.runUntil(() => mac.mac.screen.windows().length === 1);
    await mac.kill(running.pid);
    expect(mac.mac.happenings.at(-1)).toMatchObject({ kind: 'dialog-closed', why: 'killed' });
    expect(mac.mac.processes.pids('Dialog', null)).toEqual([]);
  });

  test('at a log-out a dialog ends with its exit code, and what has none by the signal', async () => {
    const mac = await bootedMac({ offers: [UPDATE] });
    const path = `${mac.root}/bin/launchctl`;
    const dialog = mac.start([path, ...dialogCall(DIALOGS.warning).args]);
    const download = mac.start([path, ...IN_SESSION, '/usr/sbin/softwareupdate', '--list']);
    await mac.runUntil(() => mac.mac.screen.windows().length === 1);
    mac.mac.logOut();
    await mac.runUntil(() => mac.programs.living.size === 0);
    expect(await dialog.ended).toMatchObject({ exitCode: 40, signal: null });
    expect(await download.ended).toMatchObject({ exitCode: null, signal: 'SIGTERM' });
  });

  test('without swiftDialog there is no such program, and when it comes there is', async () => {
    const mac = await bootedMac({ spec: { faults: [{ name: 'dialog-missing' }] } });
    expect(await mac.run([`${mac.root}/usr/local/bin/dialog`])).toMatchObject({ exitCode: 78 });
    mac.mac.faults.clear('dialog-missing');
    await mac.runUntil(mac.mac.world.now() + 1);
    expect(await mac.run([`${mac.root}/usr/local/bin/dialog`, '--timer', '5'])).toMatchObject({ exitCode: 4 });
  });

  test('an accepted install restarts the Mac, and the program that asked dies of it', async () => {
    const mac = await bootedMac({ offers: [UPDATE] });
    const args = installArgs(UPDATE.label).filter((arg) => arg !== '--no-scan');
    const install = mac.run([`${mac.root}/usr/sbin/softwareupdate`, ...args], { stdin: `${PASSWORD}\n` });
    const end = await install;
    await mac.runUntil(mac.mac.world.now() + 3 * HOUR_MS);
    expect([end.signal, end.exitCode]).toBeOneOf([
      ['SIGKILL', null],
      [null, 0],
      ['SIGTERM', null],
    ]);
    expect(mac.mac.release()).toMatchObject({ build: '25G83' });
  });
});
