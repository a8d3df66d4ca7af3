// Random walks through the chart: whatever the effects answer and whenever the agent wakes, the promises of the drawing
// hold on the way. The walks are not lives of a Mac (those are in test/simulation): here answers come in any order, also
// ones that make no sense together.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { transition } from 'xstate';
import { invokedIn } from '../../src/agent/reactor.ts';
import { NOTHING_SAVED } from '../../src/domain/authority.ts';
import { type Facts, known, unknown } from '../../src/domain/facts.ts';
import { HOUR_MS, MINUTE_MS } from '../../src/domain/instant.ts';
import { agentMachine } from '../../src/machines/agent.machine.ts';
import { CHECKPOINT_VERSION, revive } from '../../src/machines/checkpoint.ts';
import type { AgentEvent } from '../../src/machines/events.ts';
import { explain, stateName } from '../../src/machines/explain.ts';
import { BOOT, factsAt, MONDAY_NINE, offer, settings, ZONE } from '../support/situations.ts';

/** One failure is enough to halt, so that short walks get there. */
const impatient = {
  ...settings,
  budgets: { ...settings.budgets, downloadAttempts: 1, installAttempts: 1 },
  fileVault: { unlockNextStart: true },
};
const OTHER_BOOT = { id: 'OTHER-BOOT', startedAt: MONDAY_NINE };

/** Mostly what lets the story go on, now and then something else: a walk of only surprises gets nowhere. */
const mostly = <T>(usual: T, ...others: T[]) =>
  fc.oneof({ weight: 9, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(usual, ...others) });

const someFacts = fc.record({
  offers: mostly<Facts['offers']>(known([offer]), null, known([]), unknown('no network')),
  staged: mostly<Facts['staged']>(known({ version: '26.6.2', build: '25G83' }), known(null), unknown('?')),
  appleSilicon: fc.constantFrom<Facts['appleSilicon']>(known(true), known(false), known(false)),
  consoleUser: mostly<Facts['consoleUser']>(known({ name: 'anna', uid: 501 }), known(null), unknown('?')),
  screenLocked: mostly<Facts['screenLocked']>(known(false), known(true), unknown('?')),
  displayHolders: mostly<Facts['displayHolders']>(known([]), known(['zoom.us']), unknown('?')),
  power: mostly<Facts['power']>(
    known({ source: 'ac', percent: null }),
    known({ source: 'battery', percent: 9 }),
    unknown('?'),
  ),
  os: mostly<Facts['os']>(
    known({ version: '26.6', build: '25G72' }),
    known({ version: '26.6.2', build: '25G83' }),
    unknown('?'),
  ),
  boot: mostly<Facts['boot']>(known(BOOT), known(OTHER_BOOT), unknown('?')),
  fileVault: mostly<NonNullable<Facts['fileVault']>>(
    known({ on: true, passable: true, keepsKey: true }),
    known({ on: true, passable: false, keepsKey: true }),
    unknown('?'),
  ),
  authority: mostly<NonNullable<Facts['authority']>>(
    { methods: { ...NOTHING_SAVED, 'service-account': null }, person: 'ready' },
    { methods: NOTHING_SAVED, person: 'ready' },
  ),
});
/** What only some Macs have: saved passwords, and an account of upkeep’s own. */
const someMore = fc.constantFrom<Pick<Facts, 'authority' | 'servicePassword'>>(
  {},
  {},
  { authority: { methods: NOTHING_SAVED, person: 'ready' } },
  { authority: { methods: NOTHING_SAVED, person: 'not-owner' } },
  { authority: { methods: { ...NOTHING_SAVED, 'service-account': null }, person: 'not-owner' } },
  { authority: { methods: { ...NOTHING_SAVED, 'local-account': 'locked' }, person: 'unknown' } },
  { servicePassword: { savedAt: MONDAY_NINE, isHalfChanged: true } },
  { servicePassword: { savedAt: 0, isHalfChanged: false } },
);
const dialogAnswer = fc.constantFrom(
  { answer: 'now' },
  { answer: 'defer', minutes: 60 },
  { answer: 'choose-time' },
  { answer: 'time', at: MONDAY_NINE + 30 * HOUR_MS },
  { answer: 'back' },
  { answer: 'acknowledged' },
  { answer: 'timed-out' },
  { answer: 'no-answer', why: 'closed' },
  { answer: 'failed', why: 'crashed' },
);
const answers = {
  gatherFacts: someFacts,
  download: fc.constantFrom(
    { result: 'downloaded', prepared: true },
    { result: 'downloaded', prepared: false },
    { result: 'failed', reason: 'unreachable', detail: 'x' },
    { result: 'failed', reason: 'noSpace', detail: 'x' },
  ),
  showDialog: dialogAnswer,
  askPassword: fc.constantFrom(
    { answer: 'typed', handle: 'secret-1', user: 'anna' },
    { answer: 'wrong', user: 'anna', again: true },
    { answer: 'wrong', user: 'anna', again: false },
    { answer: 'cannot', user: 'anna', why: 'drifted' },
    { answer: 'gone' },
    { answer: 'declined' },
    { answer: 'timed-out' },
    { answer: 'failed', why: 'x' },
  ),
  unlockCredential: fc.constantFrom(
    { result: 'unlocked', handle: 'secret-2', user: '_upkeep' },
    { result: 'refused', why: 'drifted' },
  ),
  rotatePassword: fc.constantFrom({ result: 'rotated' }, { result: 'not-needed' }, { result: 'failed', why: 'x' }),
  install: fc.constantFrom(
    { result: 'accepted' },
    { result: 'unknown', why: 'x' },
    { result: 'restarted' },
    { result: 'restarted' },
    { result: 'failed', reason: 'authentication', detail: 'x' },
    { result: 'failed', reason: 'noSuchUpdate', detail: 'x' },
  ),
};
const step = fc.record({
  minutes: fc.constantFrom(0, 0, 0, 0, 1, 1, 5, 61, 61, 200, 1500, 10_000, -120),
  asleepMinutes: mostly(0, 300),
  what: fc.constantFrom('answer', 'answer', 'answer', 'answer', 'answer', 'opened', 'opened', 'fail', 'wake'),
  facts: someFacts,
  more: someMore,
  download: answers.download,
  showDialog: answers.showDialog,
  askPassword: answers.askPassword,
  unlockCredential: answers.unlockCredential,
  rotatePassword: answers.rotatePassword,
  install: answers.install,
  nextStart: fc.constantFrom(
    { unlocked: true },
    { unlocked: false, why: 'cannot-restart' },
    { unlocked: false, why: 'no-answer' },
  ),
  rebooted: mostly(false, true),
  osAfterRestart: fc.constantFrom<Facts['os']>(
    known({ version: '26.6', build: '25G72' }),
    known({ version: '26.6.2', build: '25G83' }),
    unknown('?'),
  ),
});

/** Which effect belongs to an invoke id. */
const EFFECT_OF: Record<string, keyof typeof answers> = {
  assess: 'gatherFacts',
  validate: 'gatherFacts',
  download: 'download',
  ask: 'showDialog',
  askTime: 'showDialog',
  warn: 'showDialog',
  askPassword: 'askPassword',
  unlock: 'unlockCredential',
  rotate: 'rotatePassword',
  tell: 'showDialog',
  install: 'install',
};

test('on any walk: a rest has a wake ahead and a reason, the place can be saved and told, an install has its intent written', {
  timeout: 300_000,
}, () => {
  const visited = new Set<string>();
  fc.assert(
    fc.property(fc.array(step, { minLength: 5, maxLength: 60 }), (walk) => {
      let { snapshot } = revive(null);
      let at = MONDAY_NINE;
      let monotonicMs = 1_000_000;
      for (const one of walk) {
        at += one.minutes * MINUTE_MS;
        monotonicMs += Math.max(0, one.minutes - one.asleepMinutes) * MINUTE_MS;
        const stamp = { at, monotonicMs };
        const [id] = invokedIn(snapshot.value);
        let event: object;
        if (id === undefined || one.what === 'wake') {
          event = {
            type: 'agent.woke',
            ...stamp,
            zone: ZONE,
            boot: one.rebooted ? OTHER_BOOT : BOOT,
            os: null,
            settings: snapshot.context.settings === null ? impatient : null,
          };
        } else if (one.what === 'opened' && id === 'install') {
          event = { type: 'start.settled', ...stamp, nextStart: one.nextStart };
        } else if (one.what === 'opened') {
          event = {
            type: 'dialog.opened',
            ...stamp,
            promptId: snapshot.context.ledger.promptCount,
            screenLocked: one.rebooted,
            boot: BOOT,
          };
        } else if (one.what === 'fail') {
          event = {
            type: `xstate.error.actor.${id}`,
            actorId: id,
            error: { stamp, code: 'tool.failed', message: 'x' },
          };
        } else {
          const effect = EFFECT_OF[id];
          if (effect === undefined) throw new Error(`no effect for ${id}`);
          const value =
            effect === 'gatherFacts'
              ? factsAt(at, {
                  ...one.facts,
                  ...one.more,
                  monotonicMs,
                  ...(id === 'validate' ? { os: one.osAfterRestart } : {}),
                })
              : one[effect];
          event = { type: `xstate.done.actor.${id}`, actorId: id, output: { stamp, value } };
        }
        const [next] = transition(agentMachine, snapshot, event as AgentEvent);
        const saved = JSON.parse(
          JSON.stringify({ version: CHECKPOINT_VERSION, value: next.value, context: next.context }),
        );
        const back = revive(saved);
        expect(back.unreadable).toBeNull();
        expect(back.snapshot.context).toEqual(next.context);
        snapshot = back.snapshot;

        const name = stateName(snapshot.value);
        visited.add(name);
        expect(name).not.toBe('deciding');
        expect(snapshot.status).toBe('active');
        const { context } = snapshot;
        if (snapshot.hasTag('resting') && name !== 'resting.fresh') {
          expect(context.because.length, name).toBeGreaterThan(0);
          expect(context.wakeAt, name).not.toBeNull();
          // Only a wake that came too early leaves the wake of before; everything else sets one ahead.
          if ((event as { type: string }).type !== 'agent.woke') expect(context.wakeAt ?? 0, name).toBeGreaterThan(at);
        }
        if (name.startsWith('installing')) expect(context.ledger.install).not.toBeNull();
        if (snapshot.hasTag('resting')) expect(context.credential, name).toBeNull();
        expect(explain(snapshot.value, context, at).what).not.toBe('');
      }
    }),
    // A fixed seed: that every state is visited must not hang on the day's dice.
    { numRuns: 600, seed: 32 },
  );
  // The walk reaches the whole chart, or it would prove little.
  expect([...visited].sort()).toEqual(
    [
      'asking.choosing',
      'asking.scheduling',
      'assessing',
      'authorizing.byPerson',
      'authorizing.bySavedCredential',
      'authorizing.telling',
      'downloading',
      'installing.bySoftwareupdate',
      'resting.backingOff',
      'resting.deferred',
      'resting.halted',
      'resting.scheduled',
      'resting.stumbled',
      'resting.upToDate',
      'resting.waiting',
      'restarting',
      'rotating',
      'unvalidated',
      'validating',
      'warning',
    ].sort(),
  );
});
