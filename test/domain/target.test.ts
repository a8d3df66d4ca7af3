import { describe, expect, test } from 'vitest';
import type { Offer } from '../../src/domain/offer.ts';
import { chooseTarget } from '../../src/domain/target.ts';
import { offer } from '../support/situations.ts';

const wanted = { majorUpgrades: false, version: null, securityResponses: true, betas: false };
const running = { version: '15.6', build: '24G84' };
const macos = (version: string, build: string, changes: Partial<Offer> = {}): Offer => ({
  ...offer,
  label: `macOS X ${version}-${build}`,
  title: `macOS X ${version}`,
  version,
  build,
  ...changes,
});
const minor = macos('15.7.3', '24G419');
const older = macos('15.7.1', '24G231');
const major = macos('26.6.2', '25G83');
const safari: Offer = {
  ...offer,
  kind: 'safari',
  label: 'Safari27.0-27.0',
  title: 'Safari',
  version: '27.0',
  build: null,
};

describe('the target', () => {
  test('is the newest minor update, wherever it stands in the list', () => {
    for (const offers of [
      [older, minor, major, safari],
      [safari, major, minor, older],
    ]) {
      expect(chooseTarget(offers, running, wanted).target).toMatchObject({ label: minor.label, kind: 'minor' });
    }
  });

  test('is the newest major only where major upgrades are allowed', () => {
    expect(chooseTarget([minor, major], running, { ...wanted, majorUpgrades: true }).target).toMatchObject({
      label: major.label,
      kind: 'major',
    });
    expect(chooseTarget([major], running, wanted)).toEqual({
      target: null,
      passedOver: [{ label: major.label, why: 'major-not-allowed' }],
    });
  });

  test('is never a Safari that carries a macOS number', () =>
    expect(chooseTarget([safari], running, wanted).target).toBeNull());

  test('is never something held back by the MDM, a beta, or what runs already', () => {
    const offers = [
      { ...minor, deferred: true },
      macos('15.8', '24H5021e', { title: 'macOS X 15.8 Beta 2' }),
      macos('15.6', '24G84'),
      macos('15.5', '24F74'),
    ];
    expect(chooseTarget(offers, running, wanted)).toMatchObject({
      target: null,
      passedOver: [{ why: 'deferred-by-mdm' }, { why: 'beta' }, { why: 'not-newer' }, { why: 'not-newer' }],
    });
    expect(chooseTarget(offers, running, { ...wanted, betas: true }).target?.version).toBe('15.8');
  });

  test('may be the same version with a newer build, and a security response where allowed', () => {
    expect(chooseTarget([macos('15.6', '24G90')], running, wanted).target?.build).toBe('24G90');
    const response = macos('15.6 (a)', '24G85', { title: 'macOS Security Response 15.6 (a)' });
    expect(chooseTarget([response], running, wanted).target).toMatchObject({ kind: 'security-response' });
    expect(chooseTarget([response], running, { ...wanted, securityResponses: false }).target).toBeNull();
  });

  test('is the version asked for, or none', () => {
    expect(chooseTarget([older, minor], running, { ...wanted, version: '15.7.1' }).target?.label).toBe(older.label);
    expect(chooseTarget([older, minor], running, { ...wanted, version: '15.7' }).target?.label).toBe(minor.label);
    expect(chooseTarget([older, minor], running, { ...wanted, version: '15.9' }).target).toBeNull();
  });
});
