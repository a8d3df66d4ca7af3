import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  compareBuilds,
  compareVersions,
  nextMajor,
  reached,
  readBuild,
  readOsVersion,
  sameVersion,
  versionMatches,
} from '../../src/domain/os-version.ts';

describe('versions', () => {
  test.each([
    ['27', { major: 27, minor: 0, patch: 0, extra: null }],
    ['26.6.2', { major: 26, minor: 6, patch: 2, extra: null }],
    ['13.3.1 (a)', { major: 13, minor: 3, patch: 1, extra: 'a' }],
    ['13.3.1(A)', { major: 13, minor: 3, patch: 1, extra: 'a' }],
  ])('%s is read', (text, expected) => expect(readOsVersion(text)).toEqual(expected));

  test.each(['', 'Tahoe', '26.', '26.6.2.1', '26.6 beta', 'v26', '26,6', '1000.1'])('%j is no version', (text) =>
    expect(readOsVersion(text)).toBeNull(),
  );

  test('newest last: components are numbers, 26 follows 15, and a security response follows its base', () => {
    const order = [
      '13.7.2',
      '14.1',
      '14.10',
      '15',
      '15.7.3',
      '26',
      '26.3.1',
      '26.3.1 (a)',
      '26.3.1 (b)',
      '26.6.2',
      '26.10',
      '27',
      '27.0.1',
    ];
    expect([...order].reverse().sort(compareVersions)).toEqual(order);
    expect(sameVersion('27', '27.0')).toBe(true);
    expect(sameVersion('junk', 'junk')).toBe(false);
  });

  test('Apple went from 15 to 26', () => expect([13, 14, 15, 26, 27].map(nextMajor)).toEqual([14, 15, 26, 27, 28]));

  test.each([
    ['15', '15.7.3', true],
    ['15.7', '15.7.3', true],
    ['15.7', '15.8', false],
    ['15.7.3', '15.7.3', true],
    ['15.7.3', '15.7.4', false],
    ['26', '15.7', false],
    ['26.3.1 (a)', '26.3.1 (b)', false],
  ])('%s asks for %s: %s', (wanted, version, expected) => expect(versionMatches(wanted, version)).toBe(expected));

  test('comparing is an order', () => {
    const version = fc.tuple(fc.nat(30), fc.nat(20), fc.nat(9)).map((parts) => parts.join('.'));
    fc.assert(
      fc.property(version, version, version, (a, b, c) => {
        expect(Math.sign(compareVersions(a, b))).toBe(-Math.sign(compareVersions(b, a)) + 0);
        if (compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0)
          expect(compareVersions(a, c)).toBeLessThanOrEqual(0);
      }),
    );
  });
});

describe('builds', () => {
  test('25G83 comes after 25G72, 25H1 and 26A1 after both, a long number after a short one', () => {
    const order = ['25A354', '25G9', '25G72', '25G83', '25H1', '26A1'];
    expect([...order].reverse().sort(compareBuilds)).toEqual(order);
  });
  test('a beta build keeps its letter', () =>
    expect(readBuild('22E5236f')).toEqual({ train: 22, letter: 'E', number: 5236, suffix: 'f' }));
  test.each(['', 'G83', '25g83', '25G', '25G83fx'])('%j is no build', (text) => expect(readBuild(text)).toBeNull());
});

describe('reached', () => {
  test.each([
    ['the very release', '26.6.2', '25G83', '26.6.2', '25G83', true],
    ['a newer one', '26.7', '25H1', '26.6.2', '25G83', true],
    ['an older version', '26.6.1', '25G80', '26.6.2', '25G83', false],
    ['the same version with an older build (a supplemental update)', '26.6.2', '25G80', '26.6.2', '25G83', false],
    ['the same version, build of the target unknown', '26.6.2', '25G80', '26.6.2', null, true],
    ['its base without the security response', '26.3.1', '25D5', '26.3.1 (a)', '25D6', false],
  ])('%s', (_name, version, build, wanted, wantedBuild, expected) =>
    expect(reached({ version, build }, { version: wanted, build: wantedBuild })).toBe(expected),
  );
});
