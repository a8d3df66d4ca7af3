// What becomes of a request, as a table. A request is a wish: what cannot be granted changes nothing and says why.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { known } from '../../src/domain/facts.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/domain/instant.ts';
import type { Ledger, Warning } from '../../src/domain/ledger.ts';
import type { Request, Requester } from '../../src/domain/request.ts';
import { decide } from '../../src/policy/decide.ts';
import { observe } from '../../src/policy/observe.ts';
import { hearRequest } from '../../src/policy/requests.ts';
import { BOOT, berlin, factsAt, ledgerWith, MONDAY_NINE, settings, targetFoundAt } from '../support/situations.ts';

const NOW = MONDAY_NINE + DAY_MS;
const admin: Requester = { kind: 'admin' };
const anna: Requester = { kind: 'user', uid: 501 };

const warning: Warning = {
  promptId: 1,
  restartAt: NOW + HOUR_MS,
  why: 'deadline',
  openedAt: NOW - 5 * MINUTE_MS,
  openedMonotonicMs: NOW - 5 * MINUTE_MS - BOOT.startedAt,
  seen: 'unlocked',
  boot: BOOT,
  uid: 501,
  told: false,
};
const install = {
  label: 'x',
  from: { version: '26.6', build: '25G72' },
  to: { version: '26.6.2', build: '25G83' },
  by: 'person',
  startedAt: NOW,
  boot: BOOT,
  restartExpectedBy: NOW + HOUR_MS,
} as const;

function hear(request: Request, by: Requester = admin, ledger: Ledger = ledgerWith(), askedAt = NOW) {
  return hearRequest(settings, factsAt(NOW), ledger, { at: NOW, askedAt, by, request });
}

describe('requests that are refused change nothing and say why', () => {
  const refusals: [string, Request, Requester, Partial<Ledger>, RegExp, number?][] = [
    ['a user may not pause', { kind: 'pause', until: NOW + HOUR_MS }, anna, {}, /only an administrator/],
    ['a user may not reset', { kind: 'reset' }, anna, {}, /only an administrator/],
    ['a user may not resume', { kind: 'resume' }, anna, {}, /only an administrator/],
    ['a pause in the past', { kind: 'pause', until: NOW }, admin, {}, /has passed/],
    ['a pause of a year', { kind: 'pause', until: NOW + 365 * DAY_MS }, admin, {}, /30 days at the most/],
    ['a pause while macOS installs', { kind: 'pause', until: NOW + HOUR_MS }, admin, { install }, /about to restart/],
    ['nothing to put off', { kind: 'defer', minutes: 60 }, anna, { target: null }, /no update/],
    ['longer than the menu', { kind: 'defer', minutes: 2000 }, anna, {}, /at most 1 day/],
    ['shorter than worth it', { kind: 'defer', minutes: 2 }, anna, {}, /shortest/],
    ['after the warning', { kind: 'defer', minutes: 60 }, anna, { warning }, /has been announced/],
    [
      'after a warning that was shown and fell over',
      { kind: 'schedule', at: NOW + 5 * HOUR_MS },
      anna,
      { warning: { ...warning, openedAt: null, told: true } },
      /has been announced/,
    ],
    [
      'a time is set',
      { kind: 'defer', minutes: 60 },
      anna,
      { scheduled: { chosenAt: NOW, at: NOW + DAY_MS } },
      /is set for/,
    ],
    ['an order stands', { kind: 'defer', minutes: 60 }, anna, { order: { at: NOW } }, /administrator asked/],
    [
      'past the soft deadline',
      { kind: 'defer', minutes: 60 },
      admin,
      { target: targetFoundAt(NOW - 12 * DAY_MS) },
      /soft deadline has passed/,
    ],
    ['too early a time', { kind: 'schedule', at: NOW + 30 * MINUTE_MS }, anna, {}, /earliest time/],
    ['a time past the hard deadline', { kind: 'schedule', at: NOW + 20 * DAY_MS }, anna, {}, /latest time/],
    ['somebody else is there', { kind: 'install' }, { kind: 'user', uid: 502 }, {}, /somebody else/],
    [
      'somebody else may not put it off',
      { kind: 'defer', minutes: 60 },
      { kind: 'user', uid: 502 },
      {},
      /somebody else/,
    ],
    ['consent while paused', { kind: 'install' }, anna, { pause: { since: NOW, until: NOW + DAY_MS } }, /has paused/],
    ['consent of an hour ago', { kind: 'install' }, anna, {}, /too long ago/, NOW - HOUR_MS],
  ];

  test.each(refusals)('%s', (_name, request, by, changes, words, askedAt) => {
    const ledger = ledgerWith(changes);
    const outcome = hear(request, by, ledger, askedAt);
    expect(outcome).toMatchObject({ accepted: false, stirs: false, words: expect.stringMatching(words) });
    expect(outcome.ledger).toEqual(ledger);
  });
});

test('minutes before the soft deadline there is nothing left to put off', () => {
  const soft = { count: null, days: null, date: '2026-11-03T09:03' };
  const near = { ...settings, deadlines: { ...settings.deadlines, soft } };
  const heard = { at: NOW, askedAt: NOW, by: anna, request: { kind: 'defer', minutes: 60 } } as const;
  expect(hearRequest(near, factsAt(NOW), ledgerWith(), heard)).toMatchObject({
    accepted: false,
    words: 'the next deadline is so near (Tue 3 Nov 2026, 09:03) that there is nothing left to defer',
  });
});

describe('requests that are granted', () => {
  test('a deferral is counted once, starts when it is heard and ends at the soft deadline at the latest', () => {
    const { ledger, words } = hear({ kind: 'defer', minutes: 240 }, anna);
    expect(ledger.deferral).toEqual({ chosenAt: NOW, until: NOW + 4 * HOUR_MS });
    expect(ledger.target).toMatchObject({ deferralCount: 1, countedAt: NOW + 4 * HOUR_MS });
    expect(words).toBe('it is put off until Tue 3 Nov 2026, 13:00');
    const soft = berlin('2026-11-12T12:00');
    expect(hear({ kind: 'defer', minutes: 60 * 24 * 60 }, admin).ledger.deferral?.until).toBe(soft);
  });

  test('a time is kept to the minute, and later', () => {
    const { ledger } = hear({ kind: 'schedule', at: NOW + 5 * HOUR_MS + 1 }, anna);
    expect(ledger.scheduled).toEqual({ chosenAt: NOW, at: NOW + 5 * HOUR_MS + MINUTE_MS });
  });

  test('the word of the person at the Mac is consent', () => {
    const { ledger } = hear({ kind: 'install' }, anna);
    expect(decide(settings, factsAt(NOW), ledger)).toMatchObject({ kind: 'install', by: 'person' });
  });

  test('the word of an administrator is none: people are warned for the full length first', () => {
    const { ledger } = hear({ kind: 'install' }, admin);
    const decision = decide(settings, factsAt(NOW), ledger);
    expect(decision).toMatchObject({ kind: 'warn', why: 'order', restartAt: NOW + HOUR_MS + MINUTE_MS });
    expect(decision.because).toContainEqual({ code: 'ordered', at: NOW });
  });

  test('an order while a restart is announced changes nothing', () => {
    const outcome = hear({ kind: 'install' }, admin, ledgerWith({ warning }));
    expect(outcome).toMatchObject({ accepted: true, stirs: false, ledger: { order: null, warning } });
  });

  test('an order opens a Mac with nobody logged in, unless the settings say never', () => {
    const away = factsAt(NOW, { consoleUser: known(null) });
    const quiet = { nobodySince: { at: NOW - HOUR_MS, monotonicMs: away.monotonicMs - HOUR_MS } };
    const { ledger } = hear({ kind: 'install' }, admin, ledgerWith(quiet));
    const decided = (install: 'after-hard-deadline' | 'never') =>
      decide({ ...settings, unattended: { install } }, away, ledger);
    expect(decided('after-hard-deadline')).toMatchObject({ kind: 'install', by: 'order' });
    expect(decided('never')).toMatchObject({ kind: 'rest' });
  });

  test('an order is void once a look finds nothing to install', () => {
    const { ledger } = hear({ kind: 'install' }, admin, ledgerWith({ target: null }));
    const before = observe(ledger, factsAt(NOW + MINUTE_MS), settings);
    expect(before.order).toEqual({ at: NOW });
    expect(observe(ledger, factsAt(NOW + MINUTE_MS, { offers: known([]) }), settings).order).toBeNull();
  });

  test('a pause takes the warning from the screen, and its time never comes forward', () => {
    const { ledger } = hear({ kind: 'pause', until: NOW + 10 * MINUTE_MS }, admin, ledgerWith({ warning }));
    expect(decide(settings, factsAt(NOW), ledger)).toMatchObject({
      kind: 'rest',
      state: 'paused',
      wakeAt: NOW + 10 * MINUTE_MS,
    });
    const later = factsAt(NOW + 11 * MINUTE_MS);
    const over = observe(ledger, later, settings);
    expect(over.pause).toBeNull();
    const due = { ...over, target: targetFoundAt(NOW - 20 * DAY_MS) };
    const decision = decide(settings, later, due);
    expect(decision.kind).toBe('warn');
    expect(decision.kind === 'warn' && decision.restartAt).toBeGreaterThanOrEqual(warning.restartAt);
  });

  test('a clock set back does not make a pause longer than it was asked for', () => {
    const { ledger } = hear({ kind: 'pause', until: NOW + DAY_MS });
    const back = NOW - 365 * DAY_MS;
    expect(observe(ledger, factsAt(back), settings).pause).toEqual({ since: back, until: back + DAY_MS });
  });

  test('a reset forgets attempts and waits, not promises and not the wait after wrong passwords', () => {
    const target = targetFoundAt(MONDAY_NINE, { installFailures: 4, restarts: 2, deferralCount: 3 });
    const deferral = { chosenAt: NOW, until: NOW + HOUR_MS };
    const wait = { at: NOW + DAY_MS, code: 'password', text: '' };
    const { ledger } = hear(
      { kind: 'reset' },
      admin,
      ledgerWith({ target, deferral, notBefore: wait, scanFailures: 3 }),
    );
    expect(ledger).toMatchObject({ deferral, notBefore: wait, scanFailures: 0 });
    expect(ledger.target).toMatchObject({ installFailures: 0, restarts: 0, deferralCount: 3, zeroDate: MONDAY_NINE });
    expect(
      hear({ kind: 'reset' }, admin, ledgerWith({ notBefore: { ...wait, code: 'install' } })).ledger.notBefore,
    ).toBeNull();
  });
});

test('no request of anybody ever leads to a restart of somebody who was neither asked nor warned', () => {
  const requests = fc.oneof(
    fc.constant<Request>({ kind: 'check' }),
    fc.constant<Request>({ kind: 'install' }),
    fc.record({ kind: fc.constant('defer' as const), minutes: fc.integer({ min: 1, max: 5000 }) }),
    fc.record({
      kind: fc.constant('schedule' as const),
      at: fc.integer({ min: NOW - DAY_MS, max: NOW + 20 * DAY_MS }),
    }),
    fc.record({
      kind: fc.constant('pause' as const),
      until: fc.integer({ min: NOW - DAY_MS, max: NOW + 40 * DAY_MS }),
    }),
    fc.constant<Request>({ kind: 'resume' }),
    fc.constant<Request>({ kind: 'reset' }),
  );
  const requesters = fc.constantFrom<Requester>(admin, { kind: 'user', uid: 502 });
  fc.assert(
    fc.property(fc.array(fc.tuple(requests, requesters), { maxLength: 8 }), fc.nat(30), (asked, daysOld) => {
      let ledger = ledgerWith({ target: targetFoundAt(NOW - daysOld * DAY_MS) });
      for (const [request, by] of asked) ledger = hear(request, by, ledger).ledger;
      expect(decide(settings, factsAt(NOW), ledger).kind).not.toBe('install');
    }),
    { numRuns: 2000 },
  );
});
