// When the hard deadline is handed to macOS, and which of several deadlines people are told.
import { describe, expect, test } from 'vitest';
import { type AuthorityFacts, NOTHING_SAVED } from '../../src/domain/authority.ts';
import { type Facts, known, unknown } from '../../src/domain/facts.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/domain/instant.ts';
import type { HandOver, Ledger } from '../../src/domain/ledger.ts';
import type { Settings } from '../../src/domain/settings.ts';
import { decide } from '../../src/policy/decide.ts';
import { enforcementObserved, withHandOver } from '../../src/policy/hand-over.ts';
import { scheduleForTarget } from '../../src/policy/situation.ts';
import { BOOT, berlin, factsAt, ledgerWith, MONDAY_NINE, settings, targetFoundAt } from '../support/situations.ts';
import { DEADLINE_ROWS, played, wordOf } from './deadline-table.ts';

const HARD = berlin('2026-11-16T12:00');
const AT = HARD - 2 * DAY_MS;
const byServer = (trouble: AuthorityFacts['methods']['mdm'] = null): Partial<Facts> => ({
  appleSilicon: known(true),
  authority: { methods: { ...NOTHING_SAVED, mdm: trouble }, person: 'ready' },
});
const declared = (at: number): Partial<Facts> => ({
  declared: known({ version: '26.6.2', build: null, by: '2026-11-16T12:00:00', at }),
});
const handOver = (changes: Partial<HandOver> = {}): HandOver => ({
  label: 'macOS Tahoe 26.6.2-25G83',
  to: { version: '26.6.2', build: '25G83' },
  by: HARD,
  plan: { means: 'declaration', id: 'plan-1' },
  at: AT - HOUR_MS,
  seen: false,
  ...changes,
});
const tracked = targetFoundAt(MONDAY_NINE);
const rest = {
  kind: 'rest' as const,
  state: 'deferred' as const,
  wakeAt: AT + DAY_MS,
  because: [{ code: 'no-deadline' as const }],
};

describe('the deadline is handed over', () => {
  const rows: [string, boolean, Partial<Facts>, Partial<Ledger>, Partial<Settings>?, number?][] = [
    ['within the last three days', true, byServer(), {}],
    [
      'not earlier, while the server may still bring it when somebody wants it',
      false,
      byServer(),
      {},
      {},
      HARD - 4 * DAY_MS,
    ],
    ['not in the last hours', false, byServer(), {}, {}, HARD - 3 * HOUR_MS],
    ['not where no server is set', false, byServer('not-set'), {}],
    ['not where the server is of no use now', false, byServer('server-unreachable'), {}],
    ['not where the ways were not asked about', false, {}, {}],
    ['not on macOS 13', false, { ...byServer(), os: known({ version: '13.6', build: '22G120' }) }, {}],
    ['not where macOS would not say what it is', false, { ...byServer(), os: unknown('no') }, {}],
    ['not where the settings forbid it', false, byServer(), {}, { mdm: { ...settings.mdm, handOverDeadline: false } }],
    [
      'not where the server is no way to be authorised',
      false,
      byServer(),
      {},
      { authentication: { ...settings.authentication, order: ['local-account'] } },
    ],
    ['not twice', false, byServer(), { handOver: handOver() }],
    ['again where the deadline moved', true, byServer(), { handOver: handOver({ by: HARD - DAY_MS }) }],
    ['not where macOS has an earlier one', false, byServer(), { target: { ...tracked, enforcedAt: HARD - DAY_MS } }],
    ['not before its turn', false, byServer(), { handOverNot: { at: AT - 1, until: AT + 1, detail: 'later' } }],
    ['when its turn has come', true, byServer(), { handOverNot: { at: AT - 2, until: AT, detail: 'later' } }],
    [
      'not while an order may still be carried out',
      false,
      byServer(),
      { push: { plan: null, to: { version: '26.6.2', build: null }, since: AT, askAt: AT + 1 } },
    ],
  ];
  test.each(rows)('%s', (_, isDue, facts, ledger, changes = {}, at = AT) => {
    const found = withHandOver(rest, { ...settings, ...changes }, factsAt(at, facts), {
      ...ledgerWith({ target: tracked }),
      ...ledger,
    });
    expect(found.kind).toBe(isDue ? 'hand-over' : 'rest');
    if (found.kind === 'hand-over') expect(found.by).toBe(HARD);
  });

  test('no rest lies over the moment to do so, nor over a turn that is waited for', () => {
    const decided = (at: number, ledger: Partial<Ledger> = {}) =>
      withHandOver({ ...rest, wakeAt: at + 2 * DAY_MS }, settings, factsAt(at, byServer()), {
        ...ledgerWith({ target: tracked }),
        ...ledger,
      });
    expect(decided(HARD - 4 * DAY_MS)).toMatchObject({ kind: 'rest', wakeAt: HARD - 3 * DAY_MS });
    expect(decided(HARD - 6 * DAY_MS)).toMatchObject({ kind: 'rest', wakeAt: HARD - 4 * DAY_MS });
    const handOverNot = { at: AT - 1, until: AT + HOUR_MS, detail: 'later' };
    expect(decided(AT, { handOverNot })).toMatchObject({ kind: 'rest', wakeAt: AT + HOUR_MS });
  });

  test('nothing but a rest makes room for it, and a pause or an end does not', () => {
    const ledger = ledgerWith({ target: tracked });
    const download = { kind: 'download' as const, because: rest.because };
    for (const other of [download, { ...rest, state: 'paused' as const }, { ...rest, state: 'halted' as const }])
      expect(withHandOver(other, settings, factsAt(AT, byServer()), ledger)).toBe(other);
  });
});

describe('what macOS was told', () => {
  const observed = (facts: Partial<Facts>, ledger: Partial<Ledger> = {}, at = AT): Ledger =>
    enforcementObserved({ ...ledgerWith({ target: tracked }), ...ledger }, factsAt(at, facts));

  test('is the deadline that people are told where it is earlier than that of the settings', () => {
    const early = HARD - DAY_MS;
    const { target } = observed(declared(early));
    expect(target?.enforcedAt).toBe(early);
    if (target === null) throw new Error('it is there');
    expect(scheduleForTarget(settings, target).hard).toEqual({ at: early, by: 'declaration' });
  });

  test('leaves the deadline of the settings where that is earlier', () => {
    const { target } = observed(declared(HARD + DAY_MS));
    if (target === null) throw new Error('it is there');
    expect(scheduleForTarget(settings, target).hard).toEqual({ at: HARD, by: 'days' });
  });

  test('counts before the Mac has heard of it, and is known to be there once the Mac says so', () => {
    const waiting = observed({ declared: known(null) }, { handOver: handOver() });
    expect([waiting.target?.enforcedAt, waiting.handOver?.seen]).toEqual([HARD, false]);
    const seen = observed(declared(HARD), { handOver: handOver() });
    expect([seen.target?.enforcedAt, seen.handOver?.seen]).toEqual([HARD, true]);
  });

  test('that is gone again was withdrawn: the deadline is upkeep’s own, and is not handed over for a day', () => {
    const gone = observed({ declared: known(null) }, { handOver: handOver({ seen: true }) });
    expect(gone.handOver).toBeNull();
    expect(gone.target).not.toHaveProperty('enforcedAt');
    expect(gone.handOverNot).toEqual({ at: AT, until: AT + DAY_MS, detail: 'it was withdrawn' });
  });

  test('that the Mac never hears of is not waited for longer than a day', () => {
    const old = observed({ declared: known(null) }, { handOver: handOver({ at: AT - DAY_MS }) });
    expect([old.handOver, old.handOverNot?.detail]).toEqual([null, 'this Mac never heard of it']);
  });

  test('stays as it was known where the Mac does not say', () => {
    const known1 = { target: { ...tracked, enforcedAt: HARD - HOUR_MS } };
    expect(observed({ declared: unknown('no') }, known1).target?.enforcedAt).toBe(HARD - HOUR_MS);
    expect(observed({}, known1).target?.enforcedAt).toBe(HARD - HOUR_MS);
    expect(observed({ declared: known(null) }, known1).target).not.toHaveProperty('enforcedAt');
  });

  test('is over once it runs', () => {
    const done = observed({ os: known({ version: '26.6.2', build: '25G83' }) }, { handOver: handOver() });
    expect(done.handOver).toBeNull();
  });
});

describe('when it has come', () => {
  const enforced = { ...tracked, enforcedAt: HARD };
  const staged = ledgerWith({
    target: enforced,
    warning: {
      promptId: 1,
      restartAt: HARD,
      why: 'deadline',
      openedAt: HARD - 61 * MINUTE_MS,
      openedMonotonicMs: factsAt(HARD - 61 * MINUTE_MS).monotonicMs,
      seen: 'unlocked',
      boot: BOOT,
      uid: 501,
      told: true,
    },
  });

  test('macOS is left to it, whatever else could authorise the install', () => {
    for (const facts of [byServer('not-set'), byServer('server-unreachable'), { appleSilicon: known(false) }]) {
      const found = decide(settings, factsAt(HARD, facts), staged);
      expect(found).toMatchObject({ kind: 'authorize', via: 'mdm', by: 'deadline' });
      expect(found.because.map(({ code }) => code)).toContain('macos-enforces');
    }
  });

  test('and has not done it, the ways of upkeep follow', () => {
    const push = { plan: null, to: { version: '26.6.2', build: null }, since: HARD, askAt: HARD + HOUR_MS };
    const found = decide(settings, factsAt(HARD, byServer('command-failed')), { ...staged, push });
    expect(found).toMatchObject({ kind: 'authorize', by: 'deadline' });
    expect(found).not.toHaveProperty('via');
  });

  test('somebody away from a locked screen is warned of it all the same', () => {
    const at = HARD - 11 * HOUR_MS;
    const facts = factsAt(at, { ...byServer('not-set'), screenLocked: known(true) });
    const ledger = ledgerWith({
      target: enforced,
      awakeSince: { at: at - HOUR_MS, monotonicMs: facts.monotonicMs - HOUR_MS },
    });
    expect(decide(settings, facts, ledger)).toMatchObject({ kind: 'warn', restartAt: HARD });
    const own = ledgerWith({ target: tracked, awakeSince: ledger.awakeSince });
    expect(decide(settings, facts, own).kind).toBe('rest');
  });
});

describe('which deadline counts', () => {
  test.each(DEADLINE_ROWS.map((row) => [row.there, row] as const))('%s', (_, { told, restarts, plays }) => {
    for (const play of plays) expect(played(play)).toEqual({ told: wordOf(told), restarts: wordOf(restarts) });
  });
});
