// Whether a resting agent that is woken before its time has anything to do.
import { describe, expect, test } from 'vitest';
import { type DeclaredInstall, type Fact, known, unknown } from '../../src/domain/facts.ts';
import { HOUR_MS } from '../../src/domain/instant.ts';
import { firstContext } from '../../src/machines/context.ts';
import type { AgentWoke } from '../../src/machines/events.ts';
import { isDue } from '../../src/machines/wake-records.ts';
import { BOOT, factsAt, MONDAY_NINE } from '../support/situations.ts';

const AT = MONDAY_NINE;
const ONE: DeclaredInstall = { version: '26.6.2', build: null, by: '2026-11-05T15:00:00', at: AT + 3 * HOUR_MS };

/** It looked an hour ago, saw `seen`, and wanted to rest for a day. */
function isWorkFor(told: Partial<AgentWoke>, seen?: Fact<DeclaredInstall | null>): boolean {
  const facts = factsAt(AT - HOUR_MS, seen === undefined ? {} : { declared: seen });
  const context = { ...firstContext, facts, wakeAt: AT + 24 * HOUR_MS };
  const woke = {
    type: 'agent.woke',
    at: AT,
    monotonicMs: AT,
    boot: BOOT,
    os: null,
    zone: 'UTC',
    settings: null,
  } as const;
  return isDue({ ...context, ledger: { ...context.ledger, boot: BOOT } }, { ...woke, ...told });
}

describe('what macOS was told to enforce', () => {
  test.each<[string, Partial<AgentWoke>, Fact<DeclaredInstall | null> | undefined]>([
    ['is new', { declared: ONE }, known(null)],
    ['is new to whoever never could ask', { declared: ONE }, undefined],
    ['is new to whoever got no answer', { declared: ONE }, unknown('no answer')],
    ['has another moment', { declared: { ...ONE, at: ONE.at - HOUR_MS } }, known(ONE)],
    ['is another release', { declared: { ...ONE, version: '26.7' } }, known(ONE)],
    ['is another build', { declared: { ...ONE, build: '25G84' } }, known(ONE)],
    ['was withdrawn', { declared: null }, known(ONE)],
  ])('%s: it is looked at once', (_, told, seen) => {
    expect(isWorkFor(told, seen)).toBe(true);
  });

  test.each<[string, Partial<AgentWoke>, Fact<DeclaredInstall | null> | undefined]>([
    ['is the same', { declared: { ...ONE } }, known(ONE)],
    ['is nothing, as before', { declared: null }, known(null)],
    ['is nothing, and nobody ever asked', { declared: null }, undefined],
    ['cannot be told now', {}, known(ONE)],
  ])('%s: the rest goes on', (_, told, seen) => {
    expect(isWorkFor(told, seen)).toBe(false);
  });
});
