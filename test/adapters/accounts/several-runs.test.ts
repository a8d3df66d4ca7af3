// Captures of real Macs that hold more than one answer of ours, or are read for more than their index names.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { readCryptoUsers } from '../../../src/adapters/macos/crypto-users.ts';
import { readFileVault } from '../../../src/adapters/macos/fdesetup.ts';
import { readSysadmin } from '../../../src/adapters/macos/sysadminctl.ts';

const folder = resolve(dirname(fileURLToPath(import.meta.url)), '../../../../shared/captures');
const read = (file: string) => readFileSync(join(folder, file), 'utf8');
const printed = (stdout: string, stderr = '') => ({ stdout, stderr, exitCode: 0, args: [], macos: null });

if (!existsSync(folder)) {
  process.stderr.write(`\nSKIPPED captures of several runs: ${folder} is not here\n`);
  test.skip(`captures of several runs: not checked, because ${folder} is not here`, () => {});
} else {
  describe('captures of several runs', () => {
    test('the five sentences of fdesetup status', () => {
      const states = read('fdesetup/status-forms.txt')
        .trim()
        .split('\n')
        .map((line) => readFileVault(printed(`${line}\n`)));
      expect(states.map(({ active }) => active)).toEqual([true, true, false, false, false]);
      expect(states.map(({ waitsForRestart }) => waitsForRestart)).toEqual([false, true, false, true, true]);
    });

    test('the usage of sysadminctl is told from an answer', () => {
      expect(readSysadmin(printed('', read('sysadminctl/usage-13.2.1.txt')))).toEqual({
        error: 'usage',
        said: [],
        usage: true,
      });
    });

    const users = (file: string) => readCryptoUsers(printed(read(`diskutil/${file}`))).list;

    test('before macOS 11 nobody is said to own the volume, and nobody is said not to', () => {
      for (const file of ['apfs-listusers-10.14.plist', 'apfs-listusers-six-no-owner-field.txt']) {
        expect(users(file).filter(({ kind }) => kind === 'local')).toHaveLength(3);
        expect(users(file).every(({ owner }) => owner === null)).toBe(true);
      }
    });

    test('a recovery key owns the volume and is no account', () => {
      expect(users('apfs-listusers-with-owner.txt')).toEqual([
        { uuid: '2DB09770-999B-43FB-99AF-2B878E4FE971', kind: 'local', owner: true },
        { uuid: 'EBC6C064-0000-11AA-AA11-00306543ECAC', kind: 'personal-recovery', owner: true },
      ]);
    });
  });
}
