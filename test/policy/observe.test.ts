import { describe, expect, test } from 'vitest';
import { known, unknown } from '../../src/domain/facts.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/domain/instant.ts';
import { emptyLedger } from '../../src/domain/ledger.ts';
import { observe, readiness, scanIsDue } from '../../src/policy/observe.ts';
import { factsAt, ledgerWith, MONDAY_NINE, offer, settings, targetFoundAt } from '../support/situations.ts';

const LATER = MONDAY_NINE + 3 * DAY_MS;
const newer = {
  ...offer,
  label: 'macOS Tahoe 26.6.3-25G90',
  title: 'macOS Tahoe 26.6.3',
  version: '26.6.3',
  build: '25G90',
};

describe('what a scan leaves in the ledger', () => {
  test('the first sight of an update is day 0, and it stays day 0', () => {
    const first = observe(emptyLedger, factsAt(MONDAY_NINE, { offers: known([offer]) }), settings);
    expect(first.target).toMatchObject({ label: offer.label, zeroDate: MONDAY_NINE, foundAt: MONDAY_NINE });
    const again = observe(first, factsAt(LATER, { offers: known([offer]) }), settings);
    expect(again.target).toEqual(first.target);
  });

  test('a newer release keeps the days and deferrals already counted, but no promise about the old one', () => {
    const before = ledgerWith({
      target: targetFoundAt(MONDAY_NINE, { deferralCount: 3 }),
      scheduled: { chosenAt: MONDAY_NINE, at: LATER + DAY_MS },
      consent: { at: LATER, by: 'person', uid: 501 },
    });
    const after = observe(before, factsAt(LATER, { offers: known([newer]) }), settings);
    expect(after.target).toMatchObject({
      label: newer.label,
      zeroDate: MONDAY_NINE,
      deferralCount: 3,
      foundAt: LATER,
    });
    expect([after.scheduled, after.consent, after.warning]).toEqual([null, null, null]);
    const restarted = observe(before, factsAt(LATER, { offers: known([newer]) }), {
      ...settings,
      deadlines: { ...settings.deadlines, newTarget: 'restart' },
    });
    expect(restarted.target).toMatchObject({ zeroDate: LATER, deferralCount: 0 });
  });

  test('an update that is withdrawn is no target any more, and nothing about it remains promised', () => {
    const before = ledgerWith({
      deferral: { chosenAt: MONDAY_NINE, until: LATER + DAY_MS },
      notBefore: { at: LATER + DAY_MS, code: 'install', text: '' },
    });
    const after = observe(before, factsAt(LATER, { offers: known([]) }), settings);
    expect(after).toMatchObject({ target: null, deferral: null, notBefore: null });
  });

  test('a list that is empty once takes no promise, count or day away: they go on when the update is back', () => {
    const deferral = { chosenAt: LATER, until: LATER + DAY_MS };
    const before = ledgerWith({ target: targetFoundAt(MONDAY_NINE, { deferralCount: 4, restarts: 1 }), deferral });
    const empty = observe(before, factsAt(LATER, { offers: known([]) }), settings);
    expect(empty.target).toBeNull();
    const back = observe(empty, factsAt(LATER + HOUR_MS, { offers: known([offer]) }), settings);
    expect(back).toMatchObject({ target: before.target, deferral, parted: null });
    const successor = observe(empty, factsAt(LATER + HOUR_MS, { offers: known([newer]) }), settings);
    expect(successor).toMatchObject({
      target: { label: newer.label, zeroDate: MONDAY_NINE, deferralCount: 4 },
      deferral,
    });
  });

  test('the wait after three wrong passwords outlives the update they were typed for', () => {
    const notBefore = { at: LATER + DAY_MS / 2, code: 'password', text: '' };
    expect(observe(ledgerWith({ notBefore }), factsAt(LATER, { offers: known([newer]) }), settings).notBefore).toEqual(
      notBefore,
    );
    const other = { ...notBefore, code: 'install' };
    expect(
      observe(ledgerWith({ notBefore: other }), factsAt(LATER, { offers: known([newer]) }), settings).notBefore,
    ).toBeNull();
  });

  test('a wait reckoned on a clock that was set back since is forgotten', () => {
    const notBefore = { at: LATER + 300 * DAY_MS, code: 'install', text: '' };
    expect(observe(ledgerWith({ notBefore }), factsAt(LATER), settings).notBefore).toBeNull();
  });

  test('on a Mac that travels a newer release keeps the zone in which its days were promised', () => {
    const restart = { ...settings, deadlines: { ...settings.deadlines, newTarget: 'restart' as const } };
    const after = observe(ledgerWith(), factsAt(LATER, { offers: known([newer]), zone: 'Asia/Tokyo' }), restart);
    expect(after.target?.zone).toBe('Europe/Berlin');
  });

  test('an update that somebody installed by hand is done', () => {
    const after = observe(ledgerWith(), factsAt(LATER, { os: known({ version: '26.6.2', build: '25G83' }) }), settings);
    expect(after.target).toBeNull();
  });

  test('a failed scan changes nothing but the time of the next, which moves away', () => {
    const first = observe(ledgerWith(), factsAt(LATER, { offers: unknown('no network') }), settings);
    expect(first).toMatchObject({
      target: targetFoundAt(MONDAY_NINE),
      scanFailures: 1,
      scanNextAt: LATER + 15 * MINUTE_MS,
    });
    expect(observe(first, factsAt(LATER, { offers: unknown('no network') }), settings).scanNextAt).toBe(
      LATER + 30 * MINUTE_MS,
    );
    expect(observe(first, factsAt(LATER, { offers: known([offer]) }), settings)).toMatchObject({
      scanFailures: 0,
      scanNextAt: null,
    });
  });
});

describe('an empty login window', () => {
  const empty = (at: number, monotonicMs: number) => factsAt(at, { consoleUser: known(null), monotonicMs });
  const first = observe(emptyLedger, empty(MONDAY_NINE, 1000), settings);
  test('is remembered from its first sight, until somebody logs in', () => {
    expect(first.nobodySince).toEqual({ at: MONDAY_NINE, monotonicMs: 1000 });
    const later = observe(first, empty(MONDAY_NINE + HOUR_MS, 1000 + HOUR_MS), settings);
    expect(later.nobodySince).toEqual(first.nobodySince);
    expect(observe(later, factsAt(LATER), settings).nobodySince).toBeNull();
    expect(observe(later, factsAt(LATER, { consoleUser: unknown('?') }), settings).nobodySince).toBeNull();
  });
  test('counts anew after sleep: whoever opened the lid is about to log in', () => {
    const woken = observe(first, empty(MONDAY_NINE + 60 * HOUR_MS, 60_000), settings);
    expect(woken.nobodySince).toEqual({ at: MONDAY_NINE + 60 * HOUR_MS, monotonicMs: 60_000 });
  });
});

describe('a time somebody chose', () => {
  const ledger = ledgerWith({ scheduled: { chosenAt: MONDAY_NINE, at: MONDAY_NINE + HOUR_MS } });
  test('that passed in sleep is forgotten and counts as one more deferral', () => {
    const after = observe(ledger, factsAt(MONDAY_NINE + 2 * HOUR_MS), settings);
    expect(after).toMatchObject({
      scheduled: null,
      target: { deferralCount: 1, countedAt: MONDAY_NINE + 2 * HOUR_MS },
    });
  });
  test('is kept while it is ahead, or a later warning for it still stands', () => {
    expect(observe(ledger, factsAt(MONDAY_NINE + HOUR_MS), settings).scheduled).toEqual(ledger.scheduled);
    const postponed = {
      promptId: 1,
      restartAt: LATER,
      why: 'schedule' as const,
      openedAt: MONDAY_NINE,
      openedMonotonicMs: 0,
      seen: 'unlocked' as const,
      boot: null,
      uid: 501,
      told: true,
    };
    expect(observe({ ...ledger, warning: postponed }, factsAt(MONDAY_NINE + 2 * HOUR_MS), settings).scheduled).toEqual(
      ledger.scheduled,
    );
  });
});

describe('when to look', () => {
  test('at first, after the interval, and when the clock was set back', () => {
    expect(scanIsDue(emptyLedger, settings, MONDAY_NINE)).toBe(true);
    expect(scanIsDue(ledgerWith(), settings, MONDAY_NINE + HOUR_MS)).toBe(false);
    expect(scanIsDue(ledgerWith(), settings, MONDAY_NINE + 6 * HOUR_MS)).toBe(true);
    expect(scanIsDue(ledgerWith(), settings, MONDAY_NINE - DAY_MS)).toBe(true);
  });
  test('after a failure not before its time', () => {
    expect(scanIsDue(ledgerWith({ lastScan: null, scanNextAt: LATER }), settings, LATER - HOUR_MS)).toBe(false);
    expect(scanIsDue(ledgerWith({ lastScan: null, scanNextAt: LATER }), settings, LATER)).toBe(true);
  });
});

describe('whether the update can be installed', () => {
  test('only when macOS holds this very build', () => {
    expect(readiness(ledgerWith(), factsAt(LATER))).toBe('ready');
    expect(readiness(ledgerWith(), factsAt(LATER, { staged: known({ version: '26.6.2', build: '25G80' }) }))).toBe(
      'not-downloaded',
    );
    expect(readiness(ledgerWith(), factsAt(LATER, { staged: unknown('?') }))).toBe('unknown');
  });

  test('on Apple silicon a download that could not be prepared counts for three days', () => {
    const download = { label: offer.label, at: MONDAY_NINE, prepared: false };
    const silicon = { staged: known(null), appleSilicon: known(true) };
    expect(readiness(ledgerWith({ download }), factsAt(MONDAY_NINE + 2 * DAY_MS, silicon))).toBe('ready');
    expect(readiness(ledgerWith({ download }), factsAt(MONDAY_NINE + 4 * DAY_MS, silicon))).toBe('not-downloaded');
    expect(readiness(ledgerWith({ download }), factsAt(MONDAY_NINE, { ...silicon, appleSilicon: known(false) }))).toBe(
      'not-downloaded',
    );
  });

  test('a download that says "prepared" while macOS holds nothing has failed, and is not repeated at once', () => {
    const before = ledgerWith({ download: { label: offer.label, at: MONDAY_NINE, prepared: true } });
    const after = observe(before, factsAt(MONDAY_NINE + MINUTE_MS, { staged: known(null) }), settings);
    expect(after).toMatchObject({ download: null, target: { downloadFailures: 1 }, notBefore: { code: 'download' } });
    const days = observe(before, factsAt(MONDAY_NINE + 4 * DAY_MS, { staged: known(null) }), settings);
    expect(days).toMatchObject({ download: null, target: { downloadFailures: 0 }, notBefore: null });
  });
});
