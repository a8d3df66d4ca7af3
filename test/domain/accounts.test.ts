import { describe, expect, test } from 'vitest';
import {
  accountOf,
  agreedToken,
  isAdmin,
  type Lockout,
  lockoutAttempts,
  ownershipOf,
  type PasswordPolicy,
  strictestPolicy,
} from '../../src/domain/accounts.ts';

const guid = '7F3C5E0A-1111-4D52-9C1E-3B6A0D5E8F21';
const user = (kind: 'local' | 'personal-recovery', owner: boolean | null) => ({
  uuid: guid.toLowerCase(),
  kind,
  owner,
});

describe('who owns the volume', () => {
  test.each([
    ['owner', guid, [user('local', true)]],
    ['not-owner', guid, [user('local', false)]],
    ['unknown', guid, [user('local', null)]],
    ['not-owner', guid, []],
    ['unknown', guid, null],
    ['unknown', null, [user('local', true)]],
    ['not-owner', guid, [user('personal-recovery', true)]],
  ])('%s: %s among %j', (expected, id, users) => expect(ownershipOf({ guid: id }, users)).toBe(expected));

  test('a recovery key is nobody’s account', () => {
    const account = { ...{ name: 'mira', otherNames: [], fullName: null, uid: 501, guid, home: null, shell: null } };
    const accounts = [{ ...account, hidden: false, token: 'enabled' as const, authorities: [], disabled: false }];
    expect(accountOf(user('local', true), accounts)?.name).toBe('mira');
    expect(accountOf(user('personal-recovery', true), accounts)).toBeNull();
  });
});

test.each([
  ['enabled', 'enabled', 'enabled'],
  ['enabled', 'disabled', 'unknown'],
  ['unknown', 'enabled', 'enabled'],
  ['disabled', 'unknown', 'disabled'],
  ['unknown', 'unknown', 'unknown'],
] as const)('a token that is %s by one source and %s by the other is %s', (a, b, both) => {
  expect(agreedToken(a, b)).toBe(both);
});

test('an administrator is listed by name or by id', () => {
  expect(isAdmin({ name: 'mira', guid: null }, { names: ['mira'], guids: [] })).toBe(true);
  expect(isAdmin({ name: 'x', guid }, { names: [], guids: [guid.toLowerCase()] })).toBe(true);
  expect(isAdmin({ name: 'x', guid: null }, { names: [], guids: [guid] })).toBe(false);
});

describe('two policies that both hold', () => {
  const policy = (lockout: Lockout, rest: Partial<PasswordPolicy> = {}): PasswordPolicy => ({
    ...{ lockout, minLength: null, maxLength: null, required: [], unreadRules: [] },
    ...rest,
  });
  const locksAfter = (attempts: number): Lockout => ({ state: 'limited', attempts, resetMinutes: null });
  const none: Lockout = { state: 'none' };
  const unknown: Lockout = { state: 'unknown' };

  test.each([
    [none, none, none],
    [none, unknown, unknown],
    [locksAfter(10), none, locksAfter(10)],
    [locksAfter(10), locksAfter(3), locksAfter(3)],
    [locksAfter(3), unknown, locksAfter(3)],
    [locksAfter(10), unknown, unknown],
  ])('%j and %j lock by %j', (a, b, both) => {
    expect(strictestPolicy(policy(a), policy(b)).lockout).toEqual(both);
    expect(strictestPolicy(policy(b), policy(a)).lockout).toEqual(both);
  });

  test('an unknown threshold counts as five', () => {
    expect([none, locksAfter(8), unknown].map(lockoutAttempts)).toEqual([null, 8, 5]);
  });

  test('the longer length, the lower limit of it, and the higher counts hold', () => {
    const a = policy(none, {
      minLength: 8,
      maxLength: 64,
      required: [{ kind: 'digit', count: 2 }],
      unreadRules: ['x'],
    });
    const b = policy(none, {
      minLength: 12,
      maxLength: 20,
      required: [
        { kind: 'digit', count: 1 },
        { kind: 'symbol', count: 1 },
      ],
    });
    expect(strictestPolicy(a, b)).toEqual({
      lockout: none,
      minLength: 12,
      maxLength: 20,
      required: [
        { kind: 'digit', count: 2 },
        { kind: 'symbol', count: 1 },
      ],
      unreadRules: ['x'],
    });
    expect(strictestPolicy(policy(none), policy(none)).minLength).toBeNull();
  });
});
