// The decision, row by row. Each row is one moment in the life of an update: what is known, what was promised, and the
// one thing that must follow. The last group holds what must follow from *no* row.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AuthorityFacts, NOTHING_SAVED, type OtherOwner, type PersonState } from '../../src/domain/authority.ts';
import type { Decision } from '../../src/domain/decision.ts';
import { type Facts, known, unknown } from '../../src/domain/facts.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/domain/instant.ts';
import type { Ledger, Warning } from '../../src/domain/ledger.ts';
import type { Settings } from '../../src/domain/settings.ts';
import { decide } from '../../src/policy/decide.ts';
import { observe } from '../../src/policy/observe.ts';
import { BOOT, berlin, factsAt, ledgerWith, MONDAY_NINE, settings, targetFoundAt } from '../support/situations.ts';

const HARD = berlin('2026-11-16T12:00');
const SOFT = berlin('2026-11-12T12:00');

/** A warning that came up on an unlocked screen an hour and a minute before its time. */
function warningFor(restartAt: number, changes: Partial<Warning> = {}): Warning {
  const openedAt = restartAt - 61 * MINUTE_MS;
  return {
    promptId: 1,
    restartAt,
    why: 'deadline',
    openedAt,
    openedMonotonicMs: openedAt - BOOT.startedAt,
    seen: 'unlocked',
    boot: BOOT,
    uid: 501,
    told: true,
    ...changes,
  };
}

/** The login window has stood there for so many minutes. */
const quietFor = (minutes: number) => ({
  at: MONDAY_NINE - minutes * MINUTE_MS,
  monotonicMs: MONDAY_NINE - BOOT.startedAt - minutes * MINUTE_MS,
});

const said = (decision: Decision) => decision.because.map((reason) => reason.code);
const kindOf = (decision: Decision) =>
  decision.kind === 'rest'
    ? `rest ${decision.state}`
    : decision.kind === 'ask'
      ? `ask ${decision.prompt}`
      : decision.kind;

const BERT = { name: 'bert', fullName: 'Bert Brecht' };
const agreed = (at: number) => ({ at, by: 'person' as const, uid: 501 });
const unableTo = (person: PersonState, others?: OtherOwner[]): Partial<Facts> => ({
  appleSilicon: known(true),
  authority: { methods: NOTHING_SAVED, person, ...(others === undefined ? {} : { others }) },
});

type Row = [
  story: string,
  at: number,
  facts: Partial<Facts>,
  ledger: Partial<Ledger>,
  expected: string,
  because: string,
];

const rows: Row[] = [
  [
    'nothing is known of the system',
    MONDAY_NINE,
    { os: unknown('sw_vers timed out') },
    {},
    'rest backingOff',
    'fact-unknown',
  ],
  ['no target after a scan', MONDAY_NINE, {}, { target: null }, 'rest upToDate', 'nothing-to-install'],
  [
    'the scan failed',
    MONDAY_NINE,
    {},
    { target: null, lastScan: null, scanFailures: 2, scanNextAt: MONDAY_NINE + HOUR_MS },
    'rest backingOff',
    'scan-failed',
  ],
  ['not downloaded', MONDAY_NINE, { staged: known(null) }, {}, 'download', 'not-downloaded'],
  [
    'another build is staged',
    MONDAY_NINE,
    { staged: known({ version: '26.6.2', build: '25G80' }) },
    {},
    'download',
    'not-downloaded',
  ],
  [
    'nobody can say what is staged',
    MONDAY_NINE,
    { staged: unknown('defaults failed') },
    {},
    'rest backingOff',
    'fact-unknown',
  ],
  [
    'too little storage',
    MONDAY_NINE,
    { staged: known(null), availableKiB: known(9_000_000) },
    {},
    'rest waiting',
    'storage-low',
  ],
  [
    'storage unknown',
    MONDAY_NINE,
    { staged: known(null), availableKiB: unknown('df said nothing') },
    {},
    'rest backingOff',
    'fact-unknown',
  ],
  ['ready and somebody is there', MONDAY_NINE, {}, {}, 'ask choice', 'offer-found'],
  ['the screen is locked', MONDAY_NINE, { screenLocked: known(true) }, {}, 'rest waiting', 'screen-locked'],
  ['a call is running', MONDAY_NINE, { displayHolders: known(['zoom.us']) }, {}, 'rest waiting', 'in-a-meeting'],
  [
    'a call after the focus deadline',
    berlin('2026-11-08T09:00'),
    { displayHolders: known(['zoom.us']) },
    {},
    'ask choice',
    'deadline-passed',
  ],
  [
    'deferred',
    MONDAY_NINE,
    {},
    { deferral: { chosenAt: MONDAY_NINE, until: MONDAY_NINE + HOUR_MS } },
    'rest deferred',
    'deferred',
  ],
  [
    'the last dialog brought no answer',
    MONDAY_NINE,
    {},
    { askNotBefore: MONDAY_NINE + HOUR_MS },
    'rest waiting',
    'no-answer',
  ],
  ['after the soft deadline', SOFT + HOUR_MS, {}, {}, 'ask soft', 'deadline-passed'],
  [
    'a deferral does not outlive the soft deadline',
    SOFT + HOUR_MS,
    {},
    { deferral: { chosenAt: SOFT, until: SOFT + DAY_MS } },
    'ask soft',
    'deadline-passed',
  ],
  ['an hour before the hard deadline', HARD - 60 * MINUTE_MS, {}, {}, 'warn', 'warning-due'],
  ['the hard deadline passed while nobody was warned', HARD + DAY_MS, {}, {}, 'warn', 'warning-due'],
  [
    'warned, before the time',
    HARD - 10 * MINUTE_MS,
    {},
    { warning: warningFor(HARD) },
    'rest scheduled',
    'warning-shown',
  ],
  ['warned, at the time', HARD, {}, { warning: warningFor(HARD) }, 'install', 'warning-shown'],
  [
    'warned, but the Mac slept past it',
    HARD + 3 * HOUR_MS,
    {},
    { warning: warningFor(HARD) },
    'warn',
    'warning-lapsed',
  ],
  [
    'warned, but asleep for half of it',
    HARD,
    { monotonicMs: HARD - BOOT.startedAt - 30 * MINUTE_MS },
    { warning: warningFor(HARD) },
    'warn',
    'warning-lapsed',
  ],
  [
    'warned, but the dialog never opened',
    HARD,
    {},
    { warning: warningFor(HARD, { openedAt: null }) },
    'warn',
    'warning-lapsed',
  ],
  [
    'warned in another boot session',
    HARD,
    { boot: known({ id: 'OTHER', startedAt: HARD }) },
    { warning: warningFor(HARD) },
    'warn',
    'warning-lapsed',
  ],
  [
    'warned on a locked screen an hour ago',
    HARD,
    { screenLocked: known(true) },
    { warning: warningFor(HARD, { seen: 'unseen' }) },
    'warn',
    'warning-lapsed',
  ],
  [
    'warned on a locked screen twelve hours ago, still locked',
    HARD,
    { screenLocked: known(true) },
    {
      warning: warningFor(HARD, {
        seen: 'unseen',
        openedAt: HARD - 721 * MINUTE_MS,
        openedMonotonicMs: HARD - 721 * MINUTE_MS - BOOT.startedAt,
      }),
    },
    'install',
    'warning-shown',
  ],
  [
    'warned on a locked screen twelve hours ago, unlocked since',
    HARD,
    {},
    {
      warning: warningFor(HARD, {
        seen: 'unseen',
        openedAt: HARD - 721 * MINUTE_MS,
        openedMonotonicMs: HARD - 721 * MINUTE_MS - BOOT.startedAt,
      }),
    },
    'warn',
    'warning-lapsed',
  ],
  [
    'warned, but a call is running',
    HARD,
    { displayHolders: known(['Teams']) },
    { warning: warningFor(HARD) },
    'warn',
    'in-a-meeting',
  ],
  [
    'warned, postponed twice, still a call',
    HARD,
    { displayHolders: known(['Teams']) },
    { warning: warningFor(HARD), target: targetFoundAt(MONDAY_NINE, { postponements: 2 }) },
    'install',
    'warning-shown',
  ],
  [
    'warned, nobody can say whether a call is running',
    HARD,
    { displayHolders: unknown('pmset failed') },
    { warning: warningFor(HARD) },
    'rest backingOff',
    'fact-unknown',
  ],
  [
    'warned, battery low',
    HARD,
    { power: known({ source: 'battery', percent: 30 }) },
    { warning: warningFor(HARD) },
    'rest waiting',
    'power-low',
  ],
  [
    'warned, power unknown',
    HARD,
    { power: unknown('pmset failed') },
    { warning: warningFor(HARD) },
    'rest waiting',
    'fact-unknown',
  ],
  [
    'warned, Apple silicon',
    HARD,
    { appleSilicon: known(true) },
    { warning: warningFor(HARD) },
    'authorize',
    'needs-password',
  ],
  [
    'warned, processor unknown',
    HARD,
    { appleSilicon: unknown('sysctl failed') },
    { warning: warningFor(HARD) },
    'rest backingOff',
    'fact-unknown',
  ],
  [
    'the warnings of the day are used up',
    HARD,
    {},
    {
      prompts: [1, 2, 3, 4].map((id) => ({
        id,
        kind: 'warning',
        at: HARD - id * HOUR_MS,
        openedAt: HARD - id * HOUR_MS,
      })),
    },
    'rest waiting',
    'budget-spent',
  ],
  [
    'chose now',
    MONDAY_NINE,
    {},
    { consent: { at: MONDAY_NINE - MINUTE_MS, by: 'person', uid: 501 } },
    'install',
    'chose-now',
  ],
  [
    'chose now an hour ago',
    MONDAY_NINE,
    {},
    { consent: { at: MONDAY_NINE - HOUR_MS, by: 'person', uid: 501 } },
    'ask choice',
    'offer-found',
  ],
  [
    'chose now, in the future of a clock set back',
    MONDAY_NINE,
    {},
    { consent: { at: MONDAY_NINE + HOUR_MS, by: 'person', uid: 501 } },
    'ask choice',
    'offer-found',
  ],
  [
    'a time was chosen',
    MONDAY_NINE,
    {},
    { scheduled: { chosenAt: MONDAY_NINE, at: MONDAY_NINE + 5 * HOUR_MS } },
    'rest scheduled',
    'time-chosen',
  ],
  [
    'a chosen time is near',
    MONDAY_NINE,
    {},
    { scheduled: { chosenAt: MONDAY_NINE, at: MONDAY_NINE + 50 * MINUTE_MS } },
    'warn',
    'time-chosen',
  ],
  [
    'nobody logged in for half an hour',
    MONDAY_NINE,
    { consoleUser: known(null) },
    { nobodySince: quietFor(30) },
    'install',
    'nobody-logged-in',
  ],
  [
    'nobody logged in for five minutes',
    MONDAY_NINE,
    { consoleUser: known(null) },
    { nobodySince: quietFor(5) },
    'rest waiting',
    'somebody-may-come',
  ],
  [
    'nobody logged in, Apple silicon',
    MONDAY_NINE,
    { consoleUser: known(null), appleSilicon: known(true) },
    {},
    'rest waiting',
    'nobody-to-authorize',
  ],
  [
    'nobody logged in, but a deferral was promised',
    MONDAY_NINE,
    { consoleUser: known(null) },
    { deferral: { chosenAt: MONDAY_NINE, until: MONDAY_NINE + HOUR_MS } },
    'rest deferred',
    'deferred',
  ],
  [
    'nobody logged in, but a time was chosen',
    MONDAY_NINE,
    { consoleUser: known(null) },
    { scheduled: { chosenAt: MONDAY_NINE, at: MONDAY_NINE + HOUR_MS } },
    'rest scheduled',
    'time-chosen',
  ],
  [
    'nobody logged in, but a warning names a time',
    HARD - 30 * MINUTE_MS,
    { consoleUser: known(null) },
    { warning: warningFor(HARD) },
    'rest scheduled',
    'warning-shown',
  ],
  [
    'who is logged in is unknown',
    MONDAY_NINE,
    { consoleUser: unknown('scutil said nothing') },
    {},
    'rest backingOff',
    'fact-unknown',
  ],
  [
    'locked Apple silicon at the hard deadline',
    HARD,
    { appleSilicon: known(true), screenLocked: known(true) },
    {},
    'rest waiting',
    'nobody-to-authorize',
  ],
  [
    'the account is no owner, another one is: asked when to restart like anybody',
    MONDAY_NINE,
    unableTo('not-owner', [BERT]),
    {},
    'ask choice',
    'deadline-ahead',
  ],
  [
    'they want it now: the password of that other one is asked for',
    MONDAY_NINE,
    unableTo('not-owner', [BERT]),
    { consent: agreed(MONDAY_NINE) },
    'authorize',
    'needs-other-owner',
  ],
  [
    'nobody could authorise it: told so, not asked when',
    MONDAY_NINE,
    unableTo('not-owner'),
    {},
    'tell',
    'person-cannot',
  ],
  ['the same without a token', MONDAY_NINE, unableTo('no-token'), {}, 'tell', 'nobody-to-authorize'],
  [
    'told today already',
    MONDAY_NINE,
    unableTo('not-owner'),
    { toldAt: MONDAY_NINE - HOUR_MS },
    'rest waiting',
    'nobody-to-authorize',
  ],
  [
    'told yesterday',
    MONDAY_NINE,
    unableTo('not-owner'),
    { toldAt: MONDAY_NINE - 12 * HOUR_MS },
    'tell',
    'person-cannot',
  ],
  [
    'no notice in a call',
    MONDAY_NINE,
    { ...unableTo('not-owner'), displayHolders: known(['zoom.us']) },
    {},
    'rest waiting',
    'in-a-meeting',
  ],
  [
    'nor when the questions of the day are spent',
    MONDAY_NINE,
    unableTo('not-owner'),
    {
      prompts: Array.from({ length: 8 }, (_, id) => ({
        id,
        kind: 'notice' as const,
        at: MONDAY_NINE - id * MINUTE_MS,
        openedAt: MONDAY_NINE - id * MINUTE_MS,
      })),
    },
    'rest waiting',
    'prompts-spent',
  ],
  [
    'nor before a deferral is over',
    MONDAY_NINE,
    unableTo('not-owner'),
    { deferral: { chosenAt: MONDAY_NINE, until: MONDAY_NINE + HOUR_MS } },
    'rest deferred',
    'deferred',
  ],
  [
    'nobody is warned of a restart that cannot come',
    HARD - 62 * MINUTE_MS,
    unableTo('not-owner'),
    { toldAt: HARD - 63 * MINUTE_MS },
    'rest waiting',
    'nobody-to-authorize',
  ],
  [
    'near the lockout nobody is asked or told',
    MONDAY_NINE,
    unableTo('near-lockout'),
    {},
    'rest waiting',
    'person-cannot',
  ],
  [
    'near the lockout, and they want it now: told why not',
    MONDAY_NINE,
    unableTo('near-lockout'),
    { consent: agreed(MONDAY_NINE) },
    'tell',
    'person-cannot',
  ],
  [
    'too many installs failed',
    MONDAY_NINE,
    {},
    { target: targetFoundAt(MONDAY_NINE, { installFailures: 4 }) },
    'rest halted',
    'budget-spent',
  ],
  [
    'Apple could not be reached',
    MONDAY_NINE,
    {},
    { notBefore: { at: MONDAY_NINE + HOUR_MS, code: 'network', text: '' } },
    'rest waiting',
    'network-down',
  ],
  [
    'the last attempt failed',
    MONDAY_NINE,
    {},
    { notBefore: { at: MONDAY_NINE + HOUR_MS, code: 'install', text: 'no network' } },
    'rest backingOff',
    'attempt-failed',
  ],
];

describe('what follows', () => {
  test.each(rows)('%s', (_story, at, facts, ledger, expected, because) => {
    const decision = decide(settings, factsAt(at, facts), ledgerWith(ledger));
    expect(kindOf(decision)).toBe(expected);
    expect(said(decision)).toContain(because);
  });

  test('outside the active hours nobody is asked, and the wake is their next start', () => {
    const office: Settings = {
      ...settings,
      activeHours: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '17:00' }],
    };
    const evening = berlin('2026-11-06T18:00');
    expect(decide(office, factsAt(evening), ledgerWith())).toMatchObject({
      kind: 'rest',
      state: 'waiting',
      wakeAt: berlin('2026-11-09T09:00'),
    });
  });

  test('an empty login window in the office hours is left alone until their end, unless the hard deadline has passed', () => {
    const office: Settings = {
      ...settings,
      activeHours: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '17:00' }],
    };
    const empty = { consoleUser: known(null) };
    const ledger = ledgerWith({ nobodySince: quietFor(30) });
    expect(decide(office, factsAt(MONDAY_NINE, empty), ledger)).toMatchObject({
      kind: 'rest',
      state: 'waiting',
      wakeAt: berlin('2026-11-02T17:00'),
    });
    expect(kindOf(decide(office, factsAt(berlin('2026-11-02T17:00'), empty), ledger))).toBe('install');
    expect(kindOf(decide(office, factsAt(HARD, empty), ledger))).toBe('install');
  });

  test('the longer the screen has been locked, the less often upkeep looks, from half an hour to two hours', () => {
    const locked = (awayHours: number) =>
      decide(
        settings,
        factsAt(MONDAY_NINE, { screenLocked: known(true) }),
        ledgerWith({ awaySince: MONDAY_NINE - awayHours * HOUR_MS }),
      );
    const waits = [0, 1, 4, 8, 100].map((hours) => {
      const decision = locked(hours);
      return decision.kind === 'rest' ? (decision.wakeAt - MONDAY_NINE) / MINUTE_MS : null;
    });
    expect(waits).toEqual([30, 30, 60, 120, 120]);
  });

  test('a person is asked no more often than the daily budget, and again after midnight', () => {
    const prompts = Array.from({ length: 8 }, (_, id) => ({
      id,
      kind: 'choice' as const,
      at: MONDAY_NINE + id * MINUTE_MS,
      openedAt: MONDAY_NINE + id * MINUTE_MS,
    }));
    const decision = decide(settings, factsAt(MONDAY_NINE + HOUR_MS), ledgerWith({ prompts }));
    expect(decision).toMatchObject({ kind: 'rest', state: 'waiting', wakeAt: berlin('2026-11-03T00:00') });
    expect(kindOf(decide(settings, factsAt(berlin('2026-11-03T00:01')), ledgerWith({ prompts })))).toBe('ask choice');
  });

  test('the menu never reaches past the soft deadline, however late it is answered; its last entry ends there', () => {
    const decision = decide(settings, factsAt(SOFT - 5 * HOUR_MS), ledgerWith());
    expect(decision.kind === 'ask' && decision.deferrals.map((choice) => choice.minutes)).toEqual([60, 300]);
  });

  test('a few minutes before the soft deadline there is nothing to defer, so nobody is asked for it', () => {
    expect(decide(settings, factsAt(SOFT - 2 * MINUTE_MS), ledgerWith())).toMatchObject({
      kind: 'rest',
      state: 'waiting',
      wakeAt: SOFT,
    });
  });

  test('the warning names the deadline itself when there is time, and the floor from now when there is not', () => {
    expect(decide(settings, factsAt(HARD - 61 * MINUTE_MS), ledgerWith())).toMatchObject({ restartAt: HARD });
    expect(decide(settings, factsAt(HARD + HOUR_MS + 20_000), ledgerWith())).toMatchObject({
      restartAt: HARD + 2 * HOUR_MS + MINUTE_MS,
    });
  });

  test('on a locked screen the warning takes twelve hours', () => {
    const facts = factsAt(HARD, { screenLocked: known(true) });
    expect(decide(settings, facts, ledgerWith())).toMatchObject({
      kind: 'warn',
      restartAt: HARD + 12 * HOUR_MS + MINUTE_MS,
    });
  });

  test('a rest never ends before it began, even where the look it waits for is overdue', () => {
    const stale = ledgerWith({ target: null, lastScan: { at: MONDAY_NINE - DAY_MS, offers: [], passedOver: [] } });
    expect(decide(settings, factsAt(MONDAY_NINE), stale)).toMatchObject({
      state: 'upToDate',
      wakeAt: MONDAY_NINE + MINUTE_MS,
    });
  });

  test('people who put it off and locked the screen get their time in full before the long warning begins', () => {
    const locked = { screenLocked: known(true) };
    const deferral = { chosenAt: HARD - 10 * HOUR_MS, until: HARD - 2 * HOUR_MS };
    expect(kindOf(decide(settings, factsAt(HARD - 3 * HOUR_MS, locked), ledgerWith({ deferral })))).toBe(
      'rest waiting',
    );
    expect(kindOf(decide(settings, factsAt(HARD - 2 * HOUR_MS, locked), ledgerWith({ deferral })))).toBe('warn');
  });

  test('a locked screen right after the lid was opened is left twenty minutes before the long warning begins', () => {
    const facts = factsAt(HARD, { screenLocked: known(true) });
    const awakeSince = { at: HARD - MINUTE_MS, monotonicMs: facts.monotonicMs - MINUTE_MS };
    expect(decide(settings, facts, ledgerWith({ awakeSince }))).toMatchObject({
      kind: 'rest',
      state: 'waiting',
      wakeAt: HARD + 19 * MINUTE_MS,
    });
  });

  test('after a restart the warning comes again at once, and never names an earlier time than before', () => {
    const facts = factsAt(HARD - 30 * MINUTE_MS, { boot: known({ id: 'OTHER', startedAt: HARD - HOUR_MS }) });
    const warning = warningFor(HARD + 5 * HOUR_MS);
    const decision = decide(settings, facts, ledgerWith({ warning }));
    expect(decision).toMatchObject({ kind: 'warn', restartAt: HARD + 5 * HOUR_MS });
    expect(said(decision)).toContain('warning-lapsed');
  });

  const BERT = { consoleUser: known({ name: 'bert', uid: 502 }) };

  test('what was said to one person restarts nobody else: a warning, a consent', () => {
    const warned = ledgerWith({ warning: warningFor(HARD) });
    expect(kindOf(decide(settings, factsAt(HARD), warned))).toBe('install');
    const forBert = decide(settings, factsAt(HARD, BERT), warned);
    expect(forBert).toMatchObject({ kind: 'warn', restartAt: HARD + HOUR_MS + MINUTE_MS });
    expect(said(forBert)).toContain('warning-lapsed');
    const agreed = ledgerWith({ consent: { at: MONDAY_NINE - MINUTE_MS, by: 'person', uid: 501 } });
    expect(observe(agreed, factsAt(MONDAY_NINE), settings).consent).not.toBeNull();
    expect(observe(agreed, factsAt(MONDAY_NINE, BERT), settings).consent).toBeNull();
  });

  test('a warning that lacks a few seconds of its length is waited for, not started over', () => {
    const late = warningFor(HARD, {
      openedAt: HARD - 60 * MINUTE_MS + 2_000,
      openedMonotonicMs: HARD - 60 * MINUTE_MS + 2_000 - BOOT.startedAt,
    });
    expect(decide(settings, factsAt(HARD), ledgerWith({ warning: late }))).toMatchObject({
      kind: 'rest',
      state: 'scheduled',
      wakeAt: HARD + MINUTE_MS,
    });
    expect(kindOf(decide(settings, factsAt(HARD + MINUTE_MS), ledgerWith({ warning: late })))).toBe('install');
  });

  test('a warning that crashed after it had been seen never comes back with an earlier time', () => {
    const crashed = warningFor(HARD + 8 * HOUR_MS, { openedAt: null });
    expect(decide(settings, factsAt(HARD), ledgerWith({ warning: crashed }))).toMatchObject({
      kind: 'warn',
      restartAt: HARD + 8 * HOUR_MS,
    });
  });

  test('whether a call runs does not matter where calls are not respected', () => {
    const deaf: Settings = { ...settings, meetings: { ...settings.meetings, respect: false } };
    const facts = factsAt(HARD, { displayHolders: unknown('pmset failed') });
    expect(kindOf(decide(deaf, facts, ledgerWith({ warning: warningFor(HARD) })))).toBe('install');
  });

  test('a look for people never lies beyond the moment at which the warning has to begin', () => {
    const facts = factsAt(HARD - 70 * MINUTE_MS, { screenLocked: known(true), appleSilicon: known(true) });
    const decision = decide(settings, facts, ledgerWith({ awaySince: MONDAY_NINE }));
    expect(decision).toMatchObject({ kind: 'rest', state: 'waiting', wakeAt: HARD - 65 * MINUTE_MS });
  });

  test('a count deadline falls with the deferral that uses up the last one', () => {
    const counted: Settings = {
      ...settings,
      deadlines: { ...settings.deadlines, hard: { count: 2, days: null, date: null } },
    };
    expect(
      kindOf(
        decide(counted, factsAt(MONDAY_NINE), ledgerWith({ target: targetFoundAt(MONDAY_NINE, { deferralCount: 1 }) })),
      ),
    ).toBe('ask choice');
    const used = targetFoundAt(MONDAY_NINE, { deferralCount: 2, countedAt: MONDAY_NINE });
    expect(kindOf(decide(counted, factsAt(MONDAY_NINE + MINUTE_MS), ledgerWith({ target: used })))).toBe('warn');
  });
});

describe('what follows from no row', () => {
  const fact = <T>(value: fc.Arbitrary<T>) =>
    fc.oneof(
      { weight: 5, arbitrary: value.map(known) },
      { weight: 1, arbitrary: fc.constant(unknown<T>('probe failed')) },
    );
  const anyFacts = fc
    .record({
      at: fc.integer({ min: MONDAY_NINE - DAY_MS, max: MONDAY_NINE + 30 * DAY_MS }),
      awakeLagMinutes: fc.constantFrom(0, 0, 0, 30, 600),
      os: fact(fc.constant({ version: '26.6', build: '25G72' as string | null })),
      boot: fact(fc.constantFrom(BOOT, BOOT, { id: 'OTHER', startedAt: MONDAY_NINE })),
      appleSilicon: fact(fc.boolean()),
      consoleUser: fact(fc.constantFrom({ name: 'anna', uid: 501 }, { name: 'anna', uid: 501 }, null)),
      screenLocked: fact(fc.boolean()),
      power: fact(fc.constantFrom({ source: 'ac' as const, percent: 90 }, { source: 'battery' as const, percent: 20 })),
      displayHolders: fact(fc.constantFrom<string[]>([], ['zoom.us'])),
      availableKiB: fact(fc.constantFrom(100_000_000, 1_000)),
      staged: fact(
        fc.constantFrom(
          { version: '26.6.2', build: '25G83' as string | null },
          { version: '26.6.2', build: '25G83' as string | null },
          null,
        ),
      ),
      authority: fc.constantFrom<AuthorityFacts>(
        { methods: NOTHING_SAVED, person: 'ready' },
        { methods: NOTHING_SAVED, person: 'near-lockout' },
        { methods: NOTHING_SAVED, person: 'not-owner', others: [] },
        { methods: NOTHING_SAVED, person: 'no-token', others: [BERT] },
      ),
    })
    .map(({ awakeLagMinutes, at, ...rest }) =>
      factsAt(at, { ...rest, monotonicMs: at - BOOT.startedAt - awakeLagMinutes * MINUTE_MS }),
    );
  const anyLedger = fc
    .record({
      restartIn: fc.integer({ min: -90, max: 90 }),
      warning: fc.option(
        fc.record({
          openedBefore: fc.option(fc.integer({ min: 0, max: 1000 })),
          seen: fc.constantFrom('unlocked' as const, 'unseen' as const),
        }),
      ),
      consentAgo: fc.option(fc.integer({ min: -100, max: 100 })),
      scheduledIn: fc.option(fc.integer({ min: -100, max: 3000 })),
      deferredFor: fc.option(fc.integer({ min: 1, max: 3000 })),
      deferralCount: fc.integer({ min: 0, max: 5 }),
      postponements: fc.integer({ min: 0, max: 3 }),
    })
    .map((spec) => (at: number): Ledger => {
      const restartAt = at + spec.restartIn * MINUTE_MS;
      const openedAt = spec.warning?.openedBefore == null ? null : restartAt - spec.warning.openedBefore * MINUTE_MS;
      return ledgerWith({
        target: targetFoundAt(MONDAY_NINE, {
          deferralCount: spec.deferralCount,
          postponements: spec.postponements,
        }),
        consent: spec.consentAgo === null ? null : { at: at - spec.consentAgo * MINUTE_MS, by: 'person', uid: 501 },
        scheduled: spec.scheduledIn === null ? null : { chosenAt: at - DAY_MS, at: at + spec.scheduledIn * MINUTE_MS },
        deferral: spec.deferredFor === null ? null : { chosenAt: at, until: at + spec.deferredFor * MINUTE_MS },
        warning:
          spec.warning === null
            ? null
            : {
                promptId: 1,
                restartAt,
                why: 'deadline',
                openedAt,
                openedMonotonicMs: openedAt === null ? null : openedAt - BOOT.startedAt,
                seen: spec.warning.seen,
                boot: BOOT,
                uid: 501,
                told: true,
              },
      });
    });
  const anyMoment = fc.tuple(anyFacts, anyLedger).map(([facts, ledger]) => ({ facts, ledger: ledger(facts.at) }));

  test('another decision for it that FileVault’s screen is to be passed: only who unlocks the start is added', () => {
    const wanting = { ...settings, fileVault: { unlockNextStart: true } };
    const SCREEN = { on: true, passable: true, keepsKey: true };
    const ways = fc.record({
      fileVault: fc.oneof(
        { weight: 3, arbitrary: fc.constant(known(SCREEN)) },
        { weight: 1, arbitrary: fact(fc.record({ on: fc.boolean(), passable: fc.boolean(), keepsKey: fc.boolean() })) },
      ),
      trouble: fc.constantFrom(null, null, null, 'not-set', 'wrong-password', 'not-filevault-user', 'unknown'),
      // Moments at which root could install are few among all that may be.
      isReady: fc.boolean(),
    });
    const ready: Partial<Facts> = {
      appleSilicon: known(false),
      consoleUser: known({ name: 'anna', uid: 501 }),
      power: known({ source: 'ac', percent: null }),
    };
    let unlocks = 0;
    fc.assert(
      fc.property(anyMoment, ways, ({ facts: any, ledger }, { fileVault, trouble, isReady }) => {
        const facts: Facts = isReady ? { ...any, ...ready } : any;
        const plain = decide(settings, facts, ledger);
        const methods = { ...NOTHING_SAVED, 'service-account': trouble };
        const onSilicon = facts.appleSilicon.known && facts.appleSilicon.value;
        const found = onSilicon ? {} : { fileVault, authority: { methods, person: 'unknown' } as const };
        const { because: _, ...decision } = decide(wanting, { ...facts, ...found }, ledger);
        const { because: __, ...expected } = plain;
        if (decision.kind === 'authorize' && decision.forFileVault === true) {
          unlocks += 1;
          expect([plain.kind, decision.by, decision.via]).toEqual([
            'install',
            'by' in plain ? plain.by : '',
            'service-account',
          ]);
          expect(trouble).toBeNull();
          expect(fileVault).toEqual(known(SCREEN));
        } else expect(decision).toEqual(expected);
      }),
      // A fixed seed: that it comes to unlocking must not hang on the day's dice.
      { numRuns: 5000, seed: 26 },
    );
    expect(unlocks).toBeGreaterThan(0);
  });

  test('an install with somebody logged in without consent or a warning that stood long enough', () => {
    let installs = 0;
    fc.assert(
      fc.property(anyMoment, ({ facts, ledger }) => {
        const decision = decide(settings, facts, ledger);
        if (decision.kind !== 'install' && decision.kind !== 'authorize') return;
        if (!facts.consoleUser.known || facts.consoleUser.value === null) return;
        const consentAgo = ledger.consent === null ? Infinity : facts.at - ledger.consent.at;
        if (consentAgo >= 0 && consentAgo < 30 * MINUTE_MS) return;
        // Typing a password is consent of its own, so an `authorize` may follow a lapsed warning; an install may not.
        if (decision.kind === 'authorize') return;
        installs += 1;
        const { warning } = ledger;
        const floor = warning?.seen === 'unlocked' ? 60 : 720;
        expect(warning?.openedAt).not.toBeNull();
        expect(facts.at - (warning?.openedAt ?? Infinity)).toBeGreaterThanOrEqual(floor * MINUTE_MS);
        expect(facts.at).toBeGreaterThanOrEqual(warning?.restartAt ?? Infinity);
      }),
      { numRuns: 20_000 },
    );
    expect(installs).toBeGreaterThan(0);
  });

  test('an install on an unknown fact', () => {
    fc.assert(
      fc.property(anyMoment, ({ facts, ledger }) => {
        const decision = decide(settings, facts, ledger);
        if (decision.kind !== 'install') return;
        for (const name of ['os', 'boot', 'appleSilicon', 'consoleUser', 'power', 'staged'] as const)
          expect(facts[name].known, name).toBe(true);
      }),
      { numRuns: 5_000 },
    );
  });

  test('a rest without a wake ahead or without a reason', () => {
    fc.assert(
      fc.property(anyMoment, ({ facts, ledger }) => {
        const decision = decide(settings, facts, ledger);
        expect(decision.because.length).toBeGreaterThan(0);
        if (decision.kind === 'rest') expect(decision.wakeAt).toBeGreaterThan(facts.at);
        if (decision.kind === 'warn') expect(decision.restartAt - facts.at).toBeGreaterThanOrEqual(60 * MINUTE_MS);
        if (decision.kind === 'ask' && decision.prompt === 'choice')
          expect(decision.deferrals.length).toBeGreaterThan(0);
        if (decision.kind === 'ask') expect(decision.closesAt).toBeGreaterThan(facts.at);
      }),
      { numRuns: 5_000 },
    );
  });
});
