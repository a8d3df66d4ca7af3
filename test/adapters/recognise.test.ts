import { describe, expect, test } from 'vitest';
import { recognise } from '../../src/adapters/commands/recognise.ts';

const nameOf = (...argv: string[]) => recognise(argv)?.command.name ?? null;

describe('recognising a call', () => {
  test.each([
    [['softwareupdate', '-l'], 'softwareupdate.list'],
    [['/usr/sbin/softwareupdate', '--list', '--no-scan'], 'softwareupdate.list-cached'],
    [['softwareupdate', '--no-scan', '-l'], 'softwareupdate.list-cached'],
    [['softwareupdate', '--list-full-installers'], 'softwareupdate.list-full-installers'],
    [['softwareupdate', '--fetch-full-installer'], 'softwareupdate.fetch-full-installer'],
    [['softwareupdate', '-d', 'Safari26.1-26.1'], 'softwareupdate.download'],
    [['softwareupdate', '-iaR'], 'softwareupdate.install'],
    [['softwareupdate', '-i'], 'softwareupdate.install'],
    [['softwareupdate', '--install', 'x', '…as above'], 'softwareupdate.install'],
    [['sudo', 'softwareupdate', '--install', '--all'], 'softwareupdate.install'],
    [
      ['/bin/launchctl', 'asuser', '501', '/usr/bin/sudo', '-u', 'root', '/usr/sbin/softwareupdate', '-l'],
      'softwareupdate.list',
    ],
    [['launchctl', 'asuser', '501', 'sudo', '-u', 'mira', 'dialog', '--json'], 'dialog.show'],
    [['df', '(no arguments)'], 'df.root'],
    [['df', '-k', '/'], 'df.root'],
    [['scutil', '(stdin) show State:/Users/ConsoleUser'], 'scutil.console-user'],
    [['scutil'], 'scutil.console-user'],
    [['pmset', '-g', 'ps'], 'pmset.battery'],
  ])('%j is %s', (argv, name) => expect(nameOf(...argv)).toBe(name));

  test.each([
    [[]],
    [['softwareupdate']],
    [['softwareupdate', '--history']],
    [['softwareupdate', '--schedule']],
    [['/tmp/softwareupdate', '--list']],
    [['update', '--list']],
    [['scutil', '(stdin) show State:/Network/Global/IPv4']],
    [['scutil', '--get', 'ComputerName']],
    [['df', '-h']],
    [['df', '-k', '/Volumes/Other']],
    [['sysctl', '-n', 'hw.model']],
    [['defaults', 'read', 'com.apple.SoftwareUpdate']],
    [['defaults', 'write', '/System/Volumes/Update/Update', 'update-asset-attributes']],
    [['pgrep', '-x', 'Dialog']],
    [['launchctl', 'asuser', '501']],
  ])('%j is none of ours', (argv) => expect(nameOf(...argv)).toBeNull());

  test('the arguments are the tool’s own, and an elided rest is filled in', () => {
    expect(recognise(['launchctl', 'asuser', '501', 'sudo', '-u', 'root', 'softwareupdate', '-l'])?.args).toEqual([
      '-l',
    ]);
    const args = recognise(['softwareupdate', '--install', 'macOS 27-26A401', '…as above'])?.args;
    expect(args?.slice(0, 2)).toEqual(['--install', 'macOS 27-26A401']);
    expect(args).toEqual(
      expect.arrayContaining(['--restart', '--force', '--no-scan', '--agree-to-license', '--stdinpass']),
    );
    expect(args?.filter((arg) => arg === '--install')).toHaveLength(1);
  });

  test('a label in brackets is no remark', () => {
    expect(recognise(['softwareupdate', '-d', 'macOS Security Response 13.3.1 (a)-22E772610a'])?.args[1]).toBe(
      'macOS Security Response 13.3.1 (a)-22E772610a',
    );
  });
});
