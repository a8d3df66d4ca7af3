import fc from 'fast-check';
import { expect, test } from 'vitest';
import { distanceBetween, nearestKey } from '../../src/policy/nearest-key.ts';
import { knownKeys } from '../../src/policy/schema.ts';

const keys = knownKeys.map((known) => known.key);

test.each([
  ['deadline.hard.dayz', 'deadlines.hard.days'],
  ['deadlines.hard.day', 'deadlines.hard.days'],
  ['Deadlines.Hard.Days', 'deadlines.hard.days'],
  ['organization', 'organisation'],
  ['floorMinutes', 'warning.floorMinutes'],
  ['warnings.floorMinutes', 'warning.floorMinutes'],
  ['prompts.maxPerDya', 'prompts.maxPerDay'],
  ['activeHour', 'activeHours'],
  ['DeadlineDaysHard', 'deadlines.hard'],
  ['activeHours[].form', 'activeHours[].from'],
])('%s is taken for %s', (written, meant) => {
  expect(nearestKey(written, keys)).toBe(meant);
});

// `days` is in three groups, and `dats` is as near to `date` as to `days`: a guess would mislead.
test.each(['days', 'deadlines.hard.dats', 'hard.colour', 'colour', '', 'x', 'WorkflowInstallNow'])(
  'nothing is suggested for %s',
  (written) => {
    expect(nearestKey(written, keys)).toBeNull();
  },
);

test('a very long key costs nothing', () => {
  expect(nearestKey('a'.repeat(1_000_000), keys)).toBeNull();
});

test.each([
  ['', '', 0],
  ['days', 'days', 0],
  ['days', 'dayz', 1],
  ['days', 'dya s', 2],
  ['days', 'dyas', 1],
  ['days', 'day', 1],
  ['', 'day', 3],
  ['soft', 'hard', 4],
])('between "%s" and "%s" lie %i slips', (a, b, slips) => {
  expect(distanceBetween(a, b, 10)).toBe(slips);
  expect(distanceBetween(b, a, 10)).toBe(slips);
});

test('every known key misspelt by one slip of the pen is found again', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...keys),
      fc.nat(),
      fc.constantFrom('add', 'drop', 'change', 'swap'),
      letter(),
      slipped,
    ),
    { numRuns: 3_000 },
  );
  function slipped(key: string, place: number, slip: 'add' | 'drop' | 'change' | 'swap', sign: string) {
    const at = place % key.length;
    const [before, here, after] = [key.slice(0, at), key.charAt(at), key.slice(at + 1)];
    const written = {
      add: before + sign + here + after,
      drop: before + after,
      change: before + sign + after,
      swap: before + after.charAt(0) + here + after.slice(1),
    }[slip];
    // One slip may lead to another key, or half-way to one; then nobody can tell which was meant.
    fc.pre(keys.every((other) => other === key || distanceBetween(written, other.toLowerCase(), 1) > 1));
    expect(nearestKey(written, keys)).toBe(key);
  }
});

function letter() {
  return fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz');
}
