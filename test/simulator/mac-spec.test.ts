import { expect, test } from 'vitest';
import { defaultMacSpec, readMacSpec } from '../../src/simulator/mac/mac-spec.ts';
import { macFromFile } from '../../src/simulator/mac-file.ts';

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
