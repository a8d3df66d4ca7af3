import { expect, test } from 'vitest';
import { DAY_MS } from '../../src/domain/instant.ts';
import { randomPassword } from '../../src/domain/random-password.ts';
import { rotationDue, rotationDueAt } from '../../src/domain/rotation.ts';

test('a rotation is due to the day, never with 0 days, and not because the clock was set back', () => {
  const saved = 1_000 * DAY_MS;
  expect(rotationDue(saved, 30, saved + 30 * DAY_MS - 1)).toBe(false);
  expect(rotationDue(saved, 30, saved + 30 * DAY_MS)).toBe(true);
  expect(rotationDue(saved, 30, saved - 90 * DAY_MS)).toBe(false);
  expect([rotationDue(saved, 0, saved * 9), rotationDueAt(saved, 0)]).toEqual([false, null]);
});

const NONE = { minLength: null, maxLength: null, required: [], unreadRules: [] };
const picks = (seed: number) => {
  let state = seed;
  return (below: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
};

test('a random password has all kinds, begins with a letter, and no sign follows itself or its neighbour', () => {
  const seen = new Set<string>();
  for (let seed = 1; seed <= 500; seed += 1) {
    const password = randomPassword(NONE, picks(seed));
    seen.add(password);
    expect(password).toHaveLength(32);
    expect(password).toMatch(/^[a-z].*$/i);
    for (const kind of [/[a-z]/, /[A-Z]/, /[0-9]/, /[^a-zA-Z0-9]/]) expect(password).toMatch(kind);
    const codes = [...password.toLowerCase()].map((sign) => sign.charCodeAt(0));
    expect(codes.every((code, place) => place === 0 || Math.abs(code - (codes[place - 1] ?? 0)) > 1)).toBe(true);
  }
  expect(seen.size).toBe(500);
});

test('the rules are kept to: length, kinds, and caution where one could not be understood', () => {
  expect(randomPassword({ ...NONE, minLength: 70 }, picks(3))).toHaveLength(70);
  expect(randomPassword({ ...NONE, unreadRules: ['odd'] }, picks(3)).length).toBeGreaterThanOrEqual(48);
  const digits = randomPassword({ ...NONE, required: [{ kind: 'digit', count: 40 }] }, picks(3));
  expect(digits.replace(/\D/g, '').length).toBeGreaterThanOrEqual(40);
});

test('a rule about the longest password is kept to, and all kinds are still there as far as there is room', () => {
  for (let seed = 1; seed <= 200; seed += 1) {
    const short = randomPassword({ ...NONE, minLength: 8, maxLength: 12, unreadRules: ['odd'] }, picks(seed));
    expect(short).toHaveLength(12);
    for (const kind of [/[a-z]/, /[A-Z]/, /[0-9]/, /[^a-zA-Z0-9]/]) expect(short).toMatch(kind);
  }
  const digits = randomPassword({ ...NONE, maxLength: 9, required: [{ kind: 'digit', count: 8 }] }, picks(3));
  expect(digits).toMatch(/^[a-z]\d{8}$/i);
});

test.each([
  ['too short', { maxLength: 7 }],
  ['shorter than the shortest', { minLength: 20, maxLength: 16 }],
  ['more signs than there is room for', { maxLength: 12, required: [{ kind: 'digit' as const, count: 12 }] }],
])('%s: refused in plain words', (_, rules) => {
  expect(() => randomPassword({ ...NONE, ...rules }, picks(3))).toThrow(
    /the rules for passwords on this Mac allow none/,
  );
});
