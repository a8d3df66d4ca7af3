// Who unlocks the start after an install, row by row, and for how long that is told.
import { describe, expect, test } from 'vitest';
import { type AuthMethod, type MethodTrouble, NOTHING_SAVED } from '../../src/domain/authority.ts';
import { type Facts, known, unknown } from '../../src/domain/facts.ts';
import type { FileVaultFacts } from '../../src/domain/filevault.ts';
import { DAY_MS, HOUR_MS } from '../../src/domain/instant.ts';
import { reasonInWords } from '../../src/domain/reason.ts';
import { decide } from '../../src/policy/decide.ts';
import { pastFileVault } from '../../src/policy/next-start.ts';
import { observe } from '../../src/policy/observe.ts';
import { BOOT, factsAt, ledgerWith, MONDAY_NINE, settings, ZONE } from '../support/situations.ts';

const wanting = { ...settings, fileVault: { unlockNextStart: true } };
const several = { ...wanting, authentication: { ...settings.authentication, severalSaved: true } };
const SCREEN: FileVaultFacts = { on: true, passable: true, keepsKey: true };
const ways = (methods: Partial<Record<AuthMethod, MethodTrouble | null>>): Partial<Facts> => ({
  fileVault: known(SCREEN),
  authority: { methods: { ...NOTHING_SAVED, ...methods }, person: 'unknown' },
});
const service = ways({ 'service-account': null });

const rows: [story: string, Partial<Facts>, via: AuthMethod | null, codes: string[]][] = [
  ['a saved password', service, 'service-account', ['filevault-passed-by service-account']],
  ['nothing saved', ways({}), null, ['filevault-stops nothing-usable']],
  [
    'the only one is none of FileVault’s users',
    ways({ 'local-account': 'not-filevault-user' }),
    null,
    ['method-refused not-filevault-user', 'filevault-stops nothing-usable'],
  ],
  [
    'a second one that may not be used',
    ways({ 'local-account': 'wrong-password', 'service-account': null }),
    null,
    ['method-refused wrong-password', 'method-refused second-saved', 'filevault-stops nothing-usable'],
  ],
  ['FileVault off', { ...service, fileVault: known({ ...SCREEN, on: false }) }, null, []],
  [
    'no way past',
    { ...service, fileVault: known({ ...SCREEN, passable: false }) },
    null,
    ['filevault-stops not-passable'],
  ],
  [
    'the key is thrown away',
    { ...service, fileVault: known({ ...SCREEN, keepsKey: false }) },
    null,
    ['filevault-stops key-destroyed'],
  ],
  ['FileVault unknown', { ...service, fileVault: unknown('?') }, null, ['filevault-stops unknown']],
  ['not looked at', {}, null, ['filevault-stops unknown']],
  ['Apple silicon', { ...service, appleSilicon: known(true) }, null, []],
  ['the chip unknown', { ...service, appleSilicon: unknown('?') }, null, []],
];

describe('who unlocks the start', () => {
  const past = (facts: Partial<Facts>, rules = wanting, ledger = ledgerWith()) => {
    const { via, because } = pastFileVault({ settings: rules, facts: factsAt(MONDAY_NINE, facts), ledger });
    const codes = because.map((one) => `${one.code} ${'why' in one ? one.why : 'method' in one ? one.method : ''}`);
    return { via, codes };
  };

  test.each(rows)('%s', (_story, facts, via, codes) => {
    expect(past(facts)).toEqual({ via, codes });
  });

  test('nobody where the settings do not want it, or an older upkeep read them', () => {
    expect(past(service, settings)).toEqual({ via: null, codes: [] });
    const { fileVault: _, ...older } = settings;
    expect(past(service, older as typeof settings)).toEqual({ via: null, codes: [] });
  });

  test('the next in order, where several may be saved', () => {
    const facts = ways({ 'local-account': 'wrong-password', 'service-account': null });
    expect(past(facts, several).via).toBe('service-account');
  });

  test('nobody once it is unlocked; where that is not sure, it is done again', () => {
    const unlocked = (sure: boolean) => ledgerWith({ nextStart: { at: MONDAY_NINE, boot: BOOT, sure } });
    expect(past(service, wanting, unlocked(true))).toEqual({ via: null, codes: ['next-start-unlocked '] });
    expect(past(service, wanting, unlocked(false)).via).toBe('service-account');
  });
});

test.each([
  ['the hard deadline', MONDAY_NINE + 20 * DAY_MS, {}, 'deadline'],
  ['nobody there', MONDAY_NINE + HOUR_MS, {}, 'schedule'],
  ['an order', MONDAY_NINE + HOUR_MS, { order: { at: MONDAY_NINE } }, 'order'],
] as const)('why it restarts is not touched by it: %s', (_story, at, changes, by) => {
  const facts = factsAt(at, { ...service, consoleUser: known(null) });
  const quiet = { at: at - HOUR_MS, monotonicMs: facts.monotonicMs - HOUR_MS };
  const decision = decide(wanting, facts, ledgerWith({ nobodySince: quiet, ...changes }));
  expect(decision).toMatchObject({ kind: 'authorize', via: 'service-account', forFileVault: true, by });
});

describe('an unlocked start', () => {
  const unlocked = ledgerWith({ nextStart: { at: MONDAY_NINE, boot: BOOT, sure: true } });
  const told = (ledger = unlocked, facts = factsAt(MONDAY_NINE + HOUR_MS)) =>
    decide(settings, facts, observe(ledger, facts, settings)).because.filter(
      ({ code }) => code === 'next-start-unlocked',
    ).length;

  test('is told at every rest, in a pause as well, until the Mac has started once more', () => {
    const night = factsAt(MONDAY_NINE + HOUR_MS, { consoleUser: known(null) });
    expect(decide(settings, night, observe(unlocked, night, settings)).kind).toBe('rest');
    expect(told(unlocked, night)).toBe(1);
    expect(told({ ...unlocked, pause: { since: MONDAY_NINE, until: MONDAY_NINE + 9 * HOUR_MS } })).toBe(1);
    const other = known({ id: 'OTHER', startedAt: MONDAY_NINE });
    expect(told(unlocked, { ...night, boot: other })).toBe(0);
    expect(observe(unlocked, { ...night, boot: other }, settings).nextStart).toBeNull();
    // What is not known is no start.
    expect(observe(unlocked, { ...night, boot: unknown('?') }, settings).nextStart).toEqual(unlocked.nextStart);
  });

  test('is said to be sure or not', () => {
    const words = (sure: boolean) => reasonInWords({ code: 'next-start-unlocked', at: MONDAY_NINE, sure }, ZONE);
    expect([words(true), words(false)]).toEqual([
      expect.stringContaining('passes FileVault’s screen'),
      expect.stringContaining('may pass FileVault’s screen'),
    ]);
    const stops = (why: 'cut-off' | 'cannot-restart') => reasonInWords({ code: 'filevault-stops', why }, ZONE);
    expect([stops('cut-off'), stops('cannot-restart')]).toEqual([
      expect.stringMatching(/is not known/),
      expect.stringMatching(/stops at FileVault’s screen until somebody types a password/),
    ]);
  });
});
