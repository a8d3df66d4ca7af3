// A password is tried so seldom that no account is ever locked by upkeep, whatever happens in between.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ASSUMED_LOCKOUT_ATTEMPTS, type Lockout } from '../../src/domain/accounts.ts';
import {
  type Attempt,
  LEFT_TO_THE_PERSON,
  type LockoutFacts,
  mayAttempt,
  withoutOldAttempts,
} from '../../src/domain/attempts.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/domain/instant.ts';
import { MONDAY_NINE } from '../support/situations.ts';

const lockedAfter = (attempts: number): Lockout => ({ state: 'limited', attempts, resetMinutes: null });
const unknown: Lockout = { state: 'unknown' };
const calm: LockoutFacts = { lockout: lockedAfter(10), failures: 0, lockedUntil: null };
const saved = { account: 'svc', credential: 'v1', at: MONDAY_NINE };
const typed = { account: 'anna', credential: null, at: MONDAY_NINE };
const tried = (over: Partial<Attempt> = {}): Attempt => ({ ...saved, right: true, ...over });

describe('one try', () => {
  const rows: [string, Parameters<typeof mayAttempt>, object][] = [
    ['a saved password, never tried', [saved, calm, []], { may: true }],
    ['tried yesterday and right', [saved, calm, [tried({ at: MONDAY_NINE - DAY_MS })]], { may: true }],
    ['tried today', [saved, calm, [tried({ at: MONDAY_NINE - HOUR_MS })]], { why: 'tried-today' }],
    [
      'tried tomorrow, by a clock that ran ahead',
      [saved, calm, [tried({ at: MONDAY_NINE + HOUR_MS })]],
      { why: 'tried-today' },
    ],
    [
      'known to be wrong',
      [saved, calm, [tried({ at: MONDAY_NINE - 9 * DAY_MS, right: false })]],
      { why: 'known-wrong' },
    ],
    ['another version of it', [{ ...saved, credential: 'v2' }, calm, [tried({ right: false })]], { may: true }],
    ['failures not known', [saved, { ...calm, failures: null }, []], { why: 'failures-unknown' }],
    ['typed, failures not known', [typed, { ...calm, failures: null }, []], { may: true }],
    ['locked', [typed, { ...calm, lockedUntil: MONDAY_NINE + HOUR_MS }, []], { why: 'locked' }],
    ['locked for good', [typed, { ...calm, lockedUntil: 'for good' }, []], { why: 'locked', until: null }],
    ['locked until just now', [typed, { ...calm, lockedUntil: MONDAY_NINE }, []], { may: true }],
    ['the third of five', [typed, { ...calm, lockout: lockedAfter(5), failures: 2 }, []], { may: true }],
    ['the fourth of five', [typed, { ...calm, lockout: lockedAfter(5), failures: 3 }, []], { why: 'near-lockout' }],
    ['the third of an unknown number', [typed, { ...calm, lockout: unknown, failures: 2 }, []], { may: true }],
    [
      'the fourth of an unknown number',
      [typed, { ...calm, lockout: unknown, failures: 3 }, []],
      { why: 'near-lockout' },
    ],
    [
      'the thousandth where nothing ever locks',
      [typed, { ...calm, lockout: { state: 'none' }, failures: 999 }, []],
      { may: true },
    ],
    ['an account that one mistake locks', [typed, { ...calm, lockout: lockedAfter(1) }, []], { why: 'near-lockout' }],
  ];
  test.each(rows)('%s', (_name, parts, expected) => {
    expect(mayAttempt(...parts)).toMatchObject(expected);
  });

  test('the Mac has not counted our last tries yet: they count anyway', () => {
    const lately = [1, 2, 3].map((n) => tried({ ...typed, at: MONDAY_NINE - n * MINUTE_MS, right: false }));
    expect(mayAttempt(typed, { ...calm, lockout: lockedAfter(5) }, lately)).toMatchObject({ why: 'near-lockout' });
    expect(mayAttempt({ ...typed, at: MONDAY_NINE + HOUR_MS }, { ...calm, lockout: lockedAfter(5) }, lately)).toEqual({
      may: true,
    });
  });
});

// A model of an account and of whoever uses it. Facts may be missing; with a limit below the assumed one they are known.
type World = {
  threshold: number;
  failures: number;
  now: number;
  version: number;
  isRight: boolean;
  attempts: Attempt[];
};

const step = fc.oneof(
  fc.record({ kind: fc.constant('saved' as const), isCut: fc.boolean(), isUnknown: fc.boolean() }),
  fc.record({
    kind: fc.constant('typed' as const),
    isRight: fc.boolean(),
    isCut: fc.boolean(),
    isUnknown: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('login window' as const), isRight: fc.boolean() }),
  fc.record({ kind: fc.constant('rotate' as const), isRight: fc.boolean() }),
  fc.record({ kind: fc.constant('policy' as const), threshold: fc.integer({ min: 1, max: 12 }) }),
  fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: -HOUR_MS, max: 3 * DAY_MS }) }),
);

function attempt(world: World, credential: string | null, isRight: boolean, isCut: boolean, isUnknown: boolean): void {
  const mayHide = isUnknown && world.threshold >= ASSUMED_LOCKOUT_ATTEMPTS;
  // What is not known is told as such; failures are never told as fewer than they are.
  const facts = {
    lockout: mayHide ? unknown : lockedAfter(world.threshold),
    failures: world.failures,
    lockedUntil: null,
  };
  const what = { account: 'anna', credential, at: world.now };
  if (!mayAttempt(what, facts, world.attempts).may) return;
  expect(world.failures + 1).toBeLessThanOrEqual(world.threshold - LEFT_TO_THE_PERSON);
  world.failures = isRight ? 0 : world.failures + 1;
  world.attempts = withoutOldAttempts([...world.attempts, { ...what, right: isCut ? null : isRight }], world.now);
}

test('no sequence of wakes, kills, wrong passwords and changed policies comes near to locking an account', () => {
  let tries = 0;
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 1, maxLength: 40 }),
      fc.integer({ min: 1, max: 12 }),
      (steps, threshold) => {
        const world: World = { threshold, failures: 0, now: MONDAY_NINE, version: 1, isRight: true, attempts: [] };
        for (const one of steps) {
          switch (one.kind) {
            case 'saved':
              attempt(world, `v${world.version}`, world.isRight, one.isCut, one.isUnknown);
              break;
            case 'typed':
              attempt(world, null, one.isRight, one.isCut, one.isUnknown);
              break;
            case 'login window':
              world.failures = one.isRight ? 0 : world.failures + 1;
              break;
            case 'rotate':
              world.version += 1;
              world.isRight = one.isRight;
              break;
            case 'policy':
              world.threshold = one.threshold;
              break;
            case 'wait':
              world.now += one.ms;
              break;
          }
          tries = Math.max(tries, world.attempts.length);
        }
      },
    ),
    { numRuns: 10_000 },
  );
  // Or nothing was shown.
  expect(tries).toBeGreaterThan(5);
});

test('within a day a saved password is tried once, whatever the clock does forwards', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 5 * HOUR_MS }), { maxLength: 60 }), (waits) => {
      let now = MONDAY_NINE;
      let attempts: Attempt[] = [];
      for (const wait of waits) {
        now += wait;
        const what = { account: 'svc', credential: 'v1', at: now };
        if (!mayAttempt(what, calm, attempts).may) continue;
        expect(attempts.every(({ at }) => now - at >= DAY_MS)).toBe(true);
        attempts = withoutOldAttempts([...attempts, { ...what, right: true }], now);
      }
    }),
  );
});
