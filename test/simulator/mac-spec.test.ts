import { describe, expect, test } from 'vitest';
import { defaultMacSpec, readMacSpec } from '../../src/simulator/mac/mac-spec.ts';
import { macFromFile } from '../../src/simulator/mac-file.ts';
import { canary } from '../support/canary.ts';
import { macWith, PASSWORD } from './harness.ts';

const OLD_KEYS = canary('old_keys');
const OLD = canary('old');
const LAST_YEAR = canary('last_year');

test('an empty file is an Apple silicon MacBook on macOS 26.6 with anna logged in', () => {
  expect(readMacSpec({})).toEqual({ ok: true, spec: defaultMacSpec() });
  expect(defaultMacSpec()).toMatchObject({
    appleSilicon: true,
    macOS: '26.6',
    build: '25G72',
    user: 'anna',
    kind: 'laptop',
  });
});

test('everything wrong with a file is said at once, with the key that was probably meant', () => {
  const read = readMacSpec({
    macos: '26',
    zone: 'Mars',
    diskFreeGB: 'lots',
    faults: [{ name: 'offlin' }, { name: 'slow', factr: 3 }],
  });
  expect(read.ok ? [] : read.problems.map(({ key, given, nearest }) => [key, given, nearest])).toEqual([
    ['zone', '"Mars"', undefined],
    ['diskFreeGB', '"lots"', undefined],
    ['faults.0.name', '"offlin"', 'offline'],
    ['faults.1.factor', 'nothing', undefined],
    ['faults.1.factr', '3', 'factor'],
    ['macos', '"26"', 'macOS'],
  ]);
});

test('what a fault may hold is said in plain words', () => {
  const problemsOf = (fault: unknown) => {
    const read = readMacSpec({ faults: [fault] });
    return read.ok ? [] : read.problems.map(({ key, allowed }) => [key.replace('faults.0.', ''), allowed]);
  };
  expect(problemsOf({ name: 'slow' })).toEqual([['factor', 'a number from 1 on']]);
  expect(problemsOf({ name: 'offline', from: '2026-01-01', until: null })).toEqual([
    ['from', 'an instant in milliseconds since 1970'],
    ['until', 'an instant in milliseconds since 1970'],
  ]);
  expect(problemsOf({ name: 'dialog-crashes', times: 1.5, chance: 2, exitCode: 'x' })).toEqual([
    ['times', 'a whole number from 1 on'],
    ['chance', 'a number from 0 to 1'],
    ['exitCode', 'a whole number'],
  ]);
  expect(problemsOf({ name: 'list-fails', text: 4 })).toEqual([['text', 'text']]);
  expect(problemsOf({ name: 'staged-vanishes', afterHours: -1 })).toEqual([['afterHours', 'a number from 0 on']]);
  expect(problemsOf({ name: 'download-stalls', atPercent: 101 })).toEqual([['atPercent', 'a number from 0 to 100']]);
  expect(problemsOf(5)).toEqual([['faults.0', 'a fault such as {"name": "install-fails", "times": 2}']]);
});

test('an unknown key is called that, with the nearest that its place has and no list of all', () => {
  const file = { path: 'mac.json', text: '' };
  const complaint = (raw: unknown) => {
    try {
      return String(macFromFile({ ...file, text: JSON.stringify(raw) }, []));
    } catch (error) {
      return error instanceof Error ? error.message.split('\n').slice(1) : [];
    }
  };
  expect(complaint({ macos: 1, zzzz: 2, pasword: 'hunter2', faults: [{ name: 'slow', factor: 2, factr: 3 }] })).toEqual(
    [
      '  faults.0.factr: unknown key. Did you mean "factor"?',
      '  macos: unknown key. Did you mean "macOS"?',
      '  zzzz: unknown key.',
      '  pasword: unknown key. Did you mean "password"?',
    ],
  );
  expect(complaint({ faults: [{ name: 'wake-missed', factor: 2 }] })).toEqual(['  faults.0.factor: unknown key.']);
});

test('values that do not go together are refused', () => {
  const keys = (raw: unknown) => {
    const read = readMacSpec(raw);
    return read.ok ? [] : read.problems.map((problem) => problem.key);
  };
  expect(keys({ macOS: '15.2' })).toEqual(['build']);
  expect(keys({ loggedIn: false, locked: true })).toEqual(['locked']);
  expect(keys({ kind: 'desktop', power: 'battery' })).toEqual(['power']);
  expect(keys({ appleSilicon: false, macOS: '27.0', build: '26A123' })).toEqual(['macOS']);
  expect(keys('a Mac')).toEqual(['']);
});

test('a wrong password value is not repeated', () => {
  const read = readMacSpec({ password: 12_345 });
  expect(JSON.stringify(read)).not.toContain('12345');
  expect(read.ok).toBe(false);
});

describe('accounts, rules for passwords, FileVault', () => {
  test('the old keys describe one account, which owns the disk', () => {
    const { mac } = macWith({ password: OLD_KEYS, lockoutAfter: 4 });
    expect(mac.accounts.all()).toHaveLength(1);
    const anna = mac.accounts.named('anna');
    const both = { loginPassword: OLD_KEYS, cryptoPassword: OLD_KEYS };
    expect(anna).toMatchObject({ uid: 501, admin: false, secureToken: true, volumeOwner: true, ...both });
    expect(anna && mac.accounts.policyOf(anna).lockoutAfter).toBe(4);
    expect(macWith({ volumeOwner: false }).mac.accounts.named('anna')?.secureToken).toBe(false);
  });

  test('further accounts have the next numbers; an entry for the first says more about it', () => {
    const { mac } = macWith({
      admin: true,
      accounts: [
        { name: 'bert', uid: 700, admin: true, keychainPassword: OLD },
        { name: 'anna', cryptoPassword: LAST_YEAR, failedLogins: 2, fullName: 'Anna Other' },
        { name: 'clara', secureToken: true, volumeOwner: false },
      ],
    });
    expect(mac.accounts.all().map(({ name, uid, admin }) => [name, uid, admin])).toEqual([
      ['anna', 501, true],
      ['bert', 700, true],
      ['clara', 502, false],
    ]);
    const anna = {
      fullName: 'Anna Other',
      loginPassword: PASSWORD,
      cryptoPassword: LAST_YEAR,
      failedLogins: 2,
    };
    expect(mac.accounts.named('anna')).toMatchObject(anna);
    expect(mac.accounts.named('clara')).toMatchObject({ secureToken: true, volumeOwner: false });
    expect(new Set(mac.accounts.all().map(({ guid }) => guid)).size).toBe(3);
    const late = macWith({ accounts: [{ name: 'bert' }, { name: 'clara', uid: 502 }] }).mac;
    expect(late.accounts.all().map(({ uid }) => uid)).toEqual([501, 503, 502]);
    const again = macWith({ accounts: [{ name: 'bert' }] }).mac;
    expect(again.accounts.named('anna')?.guid).toBe(mac.accounts.named('anna')?.guid);
  });

  test('what is wrong with them is said at its place, without repeating a secret', () => {
    const read = readMacSpec({
      accounts: [
        { name: 'Bert', pasword: 'hunter2' },
        { name: 'clara', password: 12_345, passwordPolicy: { classes: 9, minLenght: 1 } },
        { uid: 7 },
      ],
      passwordPolicy: { lockoutMinutes: 0 },
      fileVault: { state: 'perhaps', recoveryKey: 'hunter3' },
    });
    expect(
      read.ok ? [] : read.problems.map(({ key, given, allowed, nearest }) => [key, given, allowed ?? nearest]),
    ).toEqual([
      ['accounts.0.name', '"Bert"', 'a short account name: lower-case letters, digits, "_", "-", "."'],
      ['accounts.0.pasword', '[secret]', 'password'],
      ['accounts.1.password', '[secret]', 'text'],
      ['accounts.1.passwordPolicy.classes', '9', expect.stringContaining('from 1 to 4')],
      ['accounts.1.passwordPolicy.minLenght', '1', 'minLength'],
      ['accounts.2.name', 'nothing', expect.stringContaining('a short account name')],
      ['accounts.2.uid', '7', expect.stringContaining('from 200 to 100000')],
      ['passwordPolicy.lockoutMinutes', '0', expect.stringContaining('minutes')],
      ['fileVault.state', '"perhaps"', expect.stringContaining('one of: on; ')],
      ['fileVault.recoveryKey', '[secret]', expect.stringContaining('ABCD')],
    ]);
    const whole = readMacSpec({
      accounts: { name: 'bert', password: 'hunter4' },
      faults: [{ name: 'slow', password: 'hunter5' }],
    });
    expect(JSON.stringify(whole)).not.toMatch(/hunter[45]/);
  });

  test('names and numbers are each their own, and FileVault has no strangers', () => {
    const keys = (raw: unknown) => {
      const read = readMacSpec(raw);
      return read.ok ? [] : read.problems.map(({ key }) => key);
    };
    expect(keys({ accounts: [{ name: 'bert' }, { name: 'bert' }] })).toEqual(['accounts.1.name']);
    expect(keys({ accounts: [{ name: 'bert', uid: 501 }] })).toEqual(['accounts.0.uid']);
    expect(
      keys({
        accounts: [
          { name: 'bert', uid: 600 },
          { name: 'clara', uid: 600 },
        ],
      }),
    ).toEqual(['accounts.1.uid']);
    expect(keys({ accounts: [{ name: 'anna', uid: 600 }] })).toEqual([]);
    expect(keys({ fileVault: { users: ['anna', 'zoe'] } })).toEqual(['fileVault.users.1']);
  });
});
