// What is kept of an order to the management server, and what is known of the server from it.
import { describe, expect, test } from 'vitest';
import { NOTHING_SAVED } from '../../src/domain/authority.ts';
import { type Facts, known, unknown } from '../../src/domain/facts.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/domain/instant.ts';
import type { Ledger, PendingInstall, PendingPush } from '../../src/domain/ledger.ts';
import type { PushOutcome } from '../../src/domain/push.ts';
import { firstContext } from '../../src/machines/context.ts';
import { pushEnded, pushMoved } from '../../src/machines/push-records.ts';
import { planToAsk, pushObserved, withServerKnown } from '../../src/policy/pending-push.ts';
import { BOOT, factsAt, ledgerWith, MONDAY_NINE } from '../support/situations.ts';

const AT = MONDAY_NINE;
const TO = { version: '26.6.2', build: '25G83' };
const PLAN = { means: 'plan', id: 'a-plan' } as const;
const pending = { plan: PLAN, to: TO, since: AT, askAt: AT + MINUTE_MS };
const install: PendingInstall = {
  label: 'macOS Tahoe 26.6.2-25G83',
  from: { version: '26.6', build: '25G72' },
  to: TO,
  by: 'person',
  startedAt: AT - HOUR_MS,
  boot: BOOT,
  restartExpectedBy: AT + HOUR_MS,
};
const stamp = { at: AT, monotonicMs: 1 };
const quiet: PushOutcome = { result: 'quiet', plan: PLAN, detail: 'not heard of' };
const refused: PushOutcome = { result: 'refused', why: 'bootstrap-token', detail: 'none is escrowed' };

const ended = (outcome: PushOutcome, ledger: Partial<Ledger> = {}): Ledger | undefined =>
  pushEnded({ ...firstContext, ledger: ledgerWith({ install, ...ledger }) }, outcome, stamp).ledger;

describe('how an order ended', () => {
  test('refused: no install is under way, the server is left alone, and what people agreed to stays', () => {
    const consent = { at: AT, by: 'person', uid: 501 } as const;
    expect(ended(refused, { consent })).toMatchObject({
      install: null,
      push: null,
      consent,
      server: { at: AT, failures: 1, why: 'bootstrap-token', detail: 'none is escrowed' },
    });
  });

  test('the oftener it failed, the longer, but never longer than six hours', () => {
    const waits = [0, 1, 2, 9].map((failures) => {
      const server = { at: AT, until: AT, failures, why: 'unknown', detail: '' } as const;
      return (ended(refused, { server })?.server?.until ?? 0) - AT;
    });
    expect(waits).toEqual(waits.toSorted((a, b) => a - b));
    expect(waits[0]).toBeLessThan(HOUR_MS);
    expect(waits.at(-1)).toBe(6 * HOUR_MS);
  });

  test('quiet: it may still happen, and that is not forgotten by the next that is refused', () => {
    const push = { plan: PLAN, to: TO, since: install.startedAt };
    expect(ended(quiet)).toMatchObject({ install: null, push });
    expect(ended(refused, { push: pending })).toMatchObject({ push: pending });
  });

  test('restarting: nothing is recorded as an end', () => {
    expect(ended({ result: 'restarting' })).toBeUndefined();
  });

  test('how far it is stands beside the install', () => {
    const moved = pushMoved(
      { ...firstContext, ledger: ledgerWith({ install }) },
      { type: 'push.moved', at: AT, monotonicMs: 1, move: { phase: 'preparing', percent: 40 } },
    );
    expect(moved.ledger?.install).toMatchObject({ push: { phase: 'preparing', percent: 40 } });
    expect(
      pushMoved(
        { ...firstContext, ledger: ledgerWith() },
        { type: 'push.moved', at: AT, monotonicMs: 1, move: { phase: 'prepared' } },
      ),
    ).toEqual({});
  });
});

describe('an order that may still be carried out', () => {
  const seen = (facts: Partial<Facts>, push: PendingPush | null = pending, at = AT) =>
    pushObserved(ledgerWith({ push }), factsAt(at, facts)).push;

  test.each<[string, Partial<Facts>]>([
    ['what was ordered runs', { os: known(TO) }],
    ['the server says that it failed', { push: known({ state: 'failed', trouble: 'lost', detail: '' }) }],
    ['the server says that it is done', { push: known({ state: 'completed' }) }],
  ])('is over where %s', (_, facts) => {
    expect(seen(facts)).toBeNull();
  });

  test.each<[string, Partial<Facts>]>([
    ['the server does not say', { push: unknown('it is not there') }],
    ['it is under way', { push: known({ state: 'under-way', phase: 'Init' }) }],
    ['nobody knows what runs', { os: unknown('no answer') }],
  ])('is not over where %s', (_, facts) => {
    expect(seen(facts)).toEqual(pending);
    expect(seen(facts, pending, AT + 3 * DAY_MS)).not.toBeNull();
  });

  test('that nobody can be asked about is over after a day', () => {
    expect(seen({}, { ...pending, plan: null }, AT + DAY_MS - 1)).not.toBeNull();
    expect(seen({}, { ...pending, plan: null }, AT + DAY_MS)).toBeNull();
    expect(seen({}, { ...pending, plan: { means: 'legacy-command', id: null } }, AT + DAY_MS)).toBeNull();
  });

  test('is asked about when its time has come, and then later and later', () => {
    const asks = (at: number, push: PendingPush | null) => planToAsk(ledgerWith({ push }), at);
    expect([asks(AT, pending), asks(AT + MINUTE_MS, pending)]).toEqual([null, PLAN]);
    expect([asks(AT + DAY_MS, null), asks(AT + DAY_MS, { ...pending, plan: null })]).toEqual([null, null]);
    const first = seen({}, pending, AT + MINUTE_MS)?.askAt ?? 0;
    const later = seen({}, pending, AT + 4 * HOUR_MS)?.askAt ?? 0;
    expect(first).toBe(AT + 2 * MINUTE_MS);
    expect(later).toBe(AT + 6 * HOUR_MS);
  });
});

describe('what is known of the server', () => {
  const server = { at: AT, until: AT + HOUR_MS, failures: 1, why: 'no-privilege', detail: '' } as const;
  const mdm = (at: number, ledger: Partial<Ledger>, trouble: 'not-set' | 'locked' | null = null) => {
    const facts = factsAt(at, { authority: { methods: { ...NOTHING_SAVED, mdm: trouble }, person: 'ready' } });
    return withServerKnown(facts, ledgerWith(ledger)).authority?.methods.mdm;
  };

  test('for a while it is as it was', () => {
    expect([mdm(AT, { server }), mdm(AT + HOUR_MS - 1, { server })]).toEqual(['no-privilege', 'no-privilege']);
    expect(mdm(AT + HOUR_MS, { server })).toBeNull();
  });

  test('a clock that was set back does not make that while longer', () => {
    expect(mdm(AT - DAY_MS, { server })).toBeNull();
  });

  test('with an order that may still be carried out it gets no second one', () => {
    expect(mdm(AT + DAY_MS, { push: pending })).toBe('command-failed');
  });

  test('what is known now comes first', () => {
    expect(mdm(AT, { server, push: pending }, 'not-set')).toBe('not-set');
  });
});
