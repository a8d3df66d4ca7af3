import { expect, test } from 'vitest';
import { defaultMacSpec, readMacSpec } from '../../src/simulator/mac/mac-spec.ts';

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
