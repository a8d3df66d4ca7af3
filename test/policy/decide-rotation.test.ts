// When the password of upkeep's own account is changed: while nothing else is due, and not again on a day it failed.
import { describe, expect, test } from 'vitest';
import type { Decision } from '../../src/domain/decision.ts';
import { DAY_MS, MINUTE_MS } from '../../src/domain/instant.ts';
import { emptyLedger, type Ledger } from '../../src/domain/ledger.ts';
import type { ServicePassword } from '../../src/domain/rotation.ts';
import { decide } from '../../src/policy/decide.ts';
import { withRotation } from '../../src/policy/decide-rotation.ts';
import { factsAt, MONDAY_NINE, settings } from '../support/situations.ts';

const AT = MONDAY_NINE;
const DAYS = settings.authentication.serviceAccount.rotateDays;
const fresh: ServicePassword = { savedAt: AT - DAYS * DAY_MS + 1, isHalfChanged: false };
const old: ServicePassword = { savedAt: AT - DAYS * DAY_MS, isHalfChanged: false };
const upToDate: Ledger = { ...emptyLedger, lastScan: { at: AT, offers: [], passedOver: [] } };

const decided = (servicePassword: ServicePassword | undefined, ledger: Partial<Ledger> = {}) =>
  decide(settings, factsAt(AT, { offers: null, ...(servicePassword === undefined ? {} : { servicePassword }) }), {
    ...upToDate,
    ...ledger,
  });

describe('with nothing to install', () => {
  test.each([
    ['no account of its own', undefined, 'rest'],
    ['a password a moment younger than the limit', fresh, 'rest'],
    ['one of that age', old, 'rotate'],
    ['a young one whose change was cut off', { ...fresh, isHalfChanged: true }, 'rotate'],
    ['one from the future, after the clock was set back', { savedAt: AT + DAY_MS, isHalfChanged: false }, 'rest'],
  ] as const)('%s', (_, password, kind) => {
    expect(decided(password).kind).toBe(kind);
  });

  test('the reason names since when it was due, or that a change was cut off', () => {
    expect(decided(old).because).toEqual([{ code: 'rotation-due', dueAt: AT }]);
    expect(decided({ ...fresh, isHalfChanged: true }).because).toEqual([{ code: 'rotation-cut-off' }]);
  });

  test('with 0 days it is never changed, only a change that was cut off is ended', () => {
    const { authentication } = settings;
    const serviceAccount = { ...authentication.serviceAccount, rotateDays: 0 };
    const never = { ...settings, authentication: { ...authentication, serviceAccount } };
    const facts = (servicePassword: ServicePassword) => factsAt(AT, { offers: null, servicePassword });
    expect(decide(never, facts({ ...old, savedAt: 0 }), upToDate).kind).toBe('rest');
    expect(decide(never, facts({ ...old, isHalfChanged: true }), upToDate).kind).toBe('rotate');
  });
});

describe('one that failed', () => {
  const trouble = { at: AT - DAY_MS + 1, why: 'the keychain does not open' };

  test('is told with the rest, and not tried again within a day', () => {
    const decision = decided(old, { rotationTrouble: trouble });
    expect(decision.kind).toBe('rest');
    expect(decision.because).toContainEqual({
      code: 'rotation-failed',
      detail: 'the keychain does not open',
      nextAt: AT + 1,
    });
  });

  test('is tried again after a day', () => {
    expect(decided(old, { rotationTrouble: { ...trouble, at: AT - DAY_MS } }).kind).toBe('rotate');
  });

  test('is of no interest once somebody changed it by hand', () => {
    expect(decided(fresh, { rotationTrouble: trouble }).because).toEqual(decided(undefined).because);
  });
});

describe('nothing waits for it', () => {
  const rest = (wakeAt: number) => ({
    kind: 'rest' as const,
    state: 'scheduled' as const,
    wakeAt,
    because: [{ code: 'never-looked' as const }],
  });
  const changed = (wakeAt: number) =>
    withRotation(rest(wakeAt), settings, factsAt(AT, { servicePassword: old }), upToDate).kind;

  test('not when something is due within half an hour', () => {
    expect(changed(AT + 30 * MINUTE_MS - 1)).toBe('rest');
    expect(changed(AT + 30 * MINUTE_MS)).toBe('rotate');
  });

  test('not while an administrator has paused upkeep', () => {
    const pause = { since: AT - DAY_MS, until: AT + DAY_MS };
    expect(decided(old, { pause })).toMatchObject({ kind: 'rest', state: 'paused' });
  });

  test('not instead of anything but rest', () => {
    const warn: Decision = { kind: 'warn', restartAt: AT + DAY_MS, why: 'deadline', postponing: false, because: [] };
    expect(withRotation(warn, settings, factsAt(AT, { servicePassword: old }), upToDate)).toBe(warn);
  });
});
