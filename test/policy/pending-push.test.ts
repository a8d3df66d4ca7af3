// An order that the server may still carry out, although nobody waits for it any more: who is warned, and when it is looked again.
import { describe, expect, test } from 'vitest';
import type { Decision } from '../../src/domain/decision.ts';
import { type Facts, known, unknown } from '../../src/domain/facts.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/domain/instant.ts';
import type { Ledger, Warning } from '../../src/domain/ledger.ts';
import { withPendingPush, withServerWords } from '../../src/policy/pending-push.ts';
import { BOOT, factsAt, ledgerWith, MONDAY_NINE, settings, targetFoundAt } from '../support/situations.ts';

const AT = MONDAY_NINE;
const rest: Decision = { kind: 'rest', state: 'waiting', wakeAt: AT + DAY_MS, because: [{ code: 'screen-locked' }] };
const push = {
  plan: { means: 'plan', id: 'a-plan' },
  to: { version: '26.6.2', build: '25G83' },
  since: AT - HOUR_MS,
  askAt: AT + 5 * HOUR_MS,
} as const;
const shown = (restartAt: number, uid = 501): Warning => ({
  promptId: 1,
  restartAt,
  why: 'order',
  openedAt: restartAt - HOUR_MS,
  openedMonotonicMs: restartAt - HOUR_MS - BOOT.startedAt,
  seen: 'unlocked',
  boot: BOOT,
  uid,
  told: true,
});
const decided = (ledger: Partial<Ledger> = {}, facts: Partial<Facts> = {}, decision: Decision = rest) =>
  withPendingPush(decision, settings, factsAt(AT, facts), ledgerWith({ push, ...ledger }));

describe('an order that may still be carried out', () => {
  test('whoever is at the Mac is warned', () => {
    expect(decided()).toMatchObject({ kind: 'warn', why: 'order', restartAt: AT + HOUR_MS + MINUTE_MS });
    expect(decided().because[0]).toEqual({ code: 'push-pending', since: push.since });
  });

  test('nothing is warned of where nothing was ordered, and nothing else is in the way of a decision', () => {
    expect(decided({ push: null })).toBe(rest);
    const download: Decision = { kind: 'download', because: [] };
    expect(decided({}, {}, download)).toBe(download);
  });

  test('a warning holds until two hours after the time it named, for the same person', () => {
    expect(decided({ warning: shown(AT - HOUR_MS) })).toMatchObject({ kind: 'rest', wakeAt: AT + HOUR_MS });
    expect(decided({ warning: shown(AT - 2 * HOUR_MS) })).toMatchObject({ kind: 'warn' });
    expect(decided({ warning: shown(AT - HOUR_MS, 502) })).toMatchObject({ kind: 'warn' });
    expect(decided({ warning: { ...shown(AT - HOUR_MS), openedAt: null } })).toMatchObject({ kind: 'warn' });
  });

  test.each<[string, Partial<Facts>]>([
    ['the screen is locked', { screenLocked: known(true) }],
    ['nobody knows whether the screen is locked', { screenLocked: unknown('no answer') }],
    ['nobody knows who is there', { consoleUser: unknown('no answer') }],
  ])('%s: nobody is warned, and it is looked again soon', (_, facts) => {
    expect(decided({}, facts)).toMatchObject({ kind: 'rest', wakeAt: AT + 30 * MINUTE_MS });
  });

  test('what is not offered any more cannot be installed: nobody is warned of it', () => {
    expect(decided({ target: null })).toMatchObject({ kind: 'rest', wakeAt: push.askAt });
  });

  test('nobody is logged in: it is looked again when the server is asked', () => {
    expect(decided({}, { consoleUser: known(null) })).toMatchObject({ kind: 'rest', wakeAt: push.askAt });
  });

  test('a rest always ends later', () => {
    const late = { ...push, askAt: AT - HOUR_MS };
    expect(decided({ push: late }, { consoleUser: known(null) })).toMatchObject({ wakeAt: AT + MINUTE_MS });
  });

  test('the warnings of a day are not endless', () => {
    const prompts = Array.from({ length: settings.budgets.warningsPerDay }, (_, index) => ({
      at: AT - (index + 1) * MINUTE_MS,
      kind: 'warning' as const,
      id: index,
      openedAt: AT - (index + 1) * MINUTE_MS,
    }));
    expect(decided({ prompts })).toMatchObject({ kind: 'rest' });
  });
});

describe('a declared moment that passed without a restart', () => {
  const target = { ...targetFoundAt(AT - DAY_MS), enforcedAt: AT - HOUR_MS };
  const late = (ledger: Partial<Ledger> = {}, facts: Partial<Facts> = {}) =>
    decided({ push: null, target, ...ledger }, facts);

  test('whoever is at the Mac is warned again, as macOS may restart at any time', () => {
    expect(late()).toMatchObject({ kind: 'warn', restartAt: AT + HOUR_MS + MINUTE_MS });
    expect(late().because[0]).toEqual({ code: 'macos-overdue', since: AT - HOUR_MS });
    expect(late({ warning: shown(AT - HOUR_MS) })).toMatchObject({ kind: 'rest', wakeAt: AT + HOUR_MS });
  });

  test('a Mac that slept through it is given an hour once it is awake', () => {
    const awakeSince = { at: AT - 10 * MINUTE_MS, monotonicMs: 0 };
    expect(late({ awakeSince })).toBe(rest);
    expect(late({ awakeSince: { ...awakeSince, at: AT - 56 * MINUTE_MS } })).toMatchObject({ kind: 'warn' });
  });
});

test('beside the word for what the server refuses stands what it said', () => {
  const because: Decision['because'] = [
    { code: 'method-refused', method: 'mdm', why: 'no-privilege' },
    { code: 'method-refused', method: 'saved-password', why: 'locked' },
  ];
  const server = { at: AT, until: AT + HOUR_MS, failures: 1, why: 'no-privilege', detail: 'it lacks X' } as const;
  expect(withServerWords({ ...rest, because }, ledgerWith({ server })).because).toEqual([
    { ...because[0], detail: 'it lacks X' },
    because[1],
  ]);
  expect(withServerWords({ ...rest, because }, ledgerWith({ server: { ...server, why: 'unknown' } })).because).toEqual(
    because,
  );
});
