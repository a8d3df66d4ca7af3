// The order on which everything rests: event, commit, and only then effects. And what a new process does with effects
// that the old one left without an outcome: look again, do it again, or ask the world first.
import { describe, expect, test } from 'vitest';
import { type EffectBodies, EffectRunner } from '../../src/agent/effect-runner.ts';
import { Reactor } from '../../src/agent/reactor.ts';
import { known } from '../../src/domain/facts.ts';
import { HOUR_MS } from '../../src/domain/instant.ts';
import { CHECKPOINT_VERSION } from '../../src/machines/checkpoint.ts';
import { type AgentContext, firstContext } from '../../src/machines/context.ts';
import type { EffectTypes } from '../../src/machines/effects.ts';
import type { AgentWoke } from '../../src/machines/events.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { type Commit, type EffectRow, Store } from '../../src/store/store.ts';
import { BOOT, factsAt, ledgerWith, MONDAY_NINE, settings } from '../support/situations.ts';

const clock: Clock = {
  now: () => MONDAY_NINE,
  monotonicMs: () => 1000,
  zone: () => 'Europe/Berlin',
  after: () => () => undefined,
};
const wake: AgentWoke = {
  type: 'agent.woke',
  at: MONDAY_NINE,
  monotonicMs: 1000,
  zone: 'Europe/Berlin',
  boot: BOOT,
  os: { version: '26.6', build: '25G72' },
  settings,
};

/** Effects that note what was asked of them and never answer, unless told to. */
function notingBodies(
  notes: string[],
  answers: { [K in keyof EffectTypes]?: EffectTypes[K]['output'] | Error } = {},
): EffectBodies {
  const body = (name: keyof EffectTypes, how: string) => (_input: unknown, io: { signal: AbortSignal }) => {
    notes.push(`${how} ${name}`);
    io.signal.addEventListener('abort', () => notes.push(`stop ${name}`));
    const answer = answers[name];
    if (answer instanceof Error) return Promise.reject(answer);
    return answer === undefined ? new Promise<never>(() => undefined) : Promise.resolve(answer as never);
  };
  const both = (name: keyof EffectTypes) => ({ run: body(name, 'run'), reconcile: body(name, 'reconcile') });
  return {
    gatherFacts: both('gatherFacts'),
    download: both('download'),
    showDialog: both('showDialog'),
    askPassword: both('askPassword'),
    unlockCredential: both('unlockCredential'),
    install: both('install'),
    push: both('push'),
    handOver: both('handOver'),
    rotatePassword: both('rotatePassword'),
    repairToken: both('repairToken'),
  };
}

/** A store in memory that notes each commit and can refuse one. */
function notingStore(notes: string[], refuse: (commit: Commit) => boolean = () => false) {
  const store = Store.inMemory();
  return {
    store,
    keeping: {
      checkpoint: () => store.checkpoint(),
      openEffects: () => store.openEffects(),
      keepAside: (row: Parameters<Store['keepAside']>[0], why: string) => store.keepAside(row, why),
      commit: (commit: Commit) => {
        if (refuse(commit)) throw new Error('disk full');
        notes.push(`commit ${commit.type}`);
        return store.commit(commit);
      },
    },
  };
}

/** A store left behind by a process that died in `value` with one effect under way. */
function leftBehind(value: unknown, context: AgentContext, effect: Omit<EffectRow, 'key'>) {
  const store = Store.inMemory();
  const checkpoint = { version: CHECKPOINT_VERSION, value, context };
  store.commit({
    at: 0,
    monotonicMs: 0,
    type: 'x',
    event: {},
    checkpoint,
    because: [],
    wakeAt: null,
    started: [effect],
    ended: [],
    heard: [],
    promises: null,
  });
  return store;
}

const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

describe('commit, then act', () => {
  test('an effect starts only after the commit that names it', () => {
    const notes: string[] = [];
    const { keeping, store } = notingStore(notes);
    new Reactor(keeping, new EffectRunner(notingBodies(notes), clock)).send(wake);
    expect(notes).toEqual(['commit agent.woke', 'run gatherFacts']);
    expect(store.openEffects()).toMatchObject([{ id: 'assess', name: 'gatherFacts', recovery: 'probe' }]);
  });

  test('when a commit fails nothing is started, everything running is stopped, and nothing is accepted any more', async () => {
    const notes: string[] = [];
    const facts = factsAt(MONDAY_NINE, { staged: known(null), offers: known([]) });
    const { keeping, store } = notingStore(notes, (commit) => commit.type.startsWith('xstate.done'));
    const reactor = new Reactor(keeping, new EffectRunner(notingBodies(notes, { gatherFacts: facts }), clock));
    reactor.send(wake);
    const settled = reactor.settled();
    await expect(settled).rejects.toThrow('disk full');
    reactor.send(wake);
    expect(notes).toEqual(['commit agent.woke', 'run gatherFacts']);
    expect(store.openEffects()).toHaveLength(1);
    await expect(reactor.settled()).rejects.toThrow('disk full');
  });

  test('leaving a state ends its effect in the same commit, and a late answer changes nothing', async () => {
    const notes: string[] = [];
    const { keeping, store } = notingStore(notes);
    const reactor = new Reactor(keeping, new EffectRunner(notingBodies(notes), clock));
    reactor.send(wake);
    reactor.send({ ...wake, at: MONDAY_NINE + 1, settings: null });
    await turn();
    expect(notes).toEqual([
      'commit agent.woke',
      'run gatherFacts',
      'commit agent.woke',
      'stop gatherFacts',
      'run gatherFacts',
    ]);
    expect(store.openEffects()).toHaveLength(1);
  });

  test('an effect that throws is an event too, with a flat record and no Error inside', async () => {
    const notes: string[] = [];
    const { keeping, store } = notingStore(notes);
    const reactor = new Reactor(
      keeping,
      new EffectRunner(notingBodies(notes, { gatherFacts: new Error('no such tool') }), clock),
    );
    reactor.send(wake);
    await reactor.settled();
    expect(reactor.value).toEqual({ resting: 'stumbled' });
    expect(reactor.context).toMatchObject({
      wakeAt: MONDAY_NINE + HOUR_MS / 4,
      because: [{ code: 'attempt-failed', detail: 'no such tool' }],
    });
    expect(store.journal().at(-1)?.event).toMatchObject({
      error: { code: 'bug', message: 'no such tool', stamp: { at: MONDAY_NINE } },
    });
  });
});

describe('what a new process does with an effect left without an outcome', () => {
  const ready: AgentContext = { ...firstContext, settings, facts: factsAt(MONDAY_NINE), ledger: ledgerWith() };
  const pending = {
    label: 'x',
    from: { version: '26.6', build: '25G72' },
    to: { version: '26.6.2', build: '25G83' },
    by: 'person' as const,
    startedAt: MONDAY_NINE,
    boot: BOOT,
    restartExpectedBy: MONDAY_NINE + HOUR_MS,
  };
  const installing: AgentContext = { ...ready, ledger: { ...ready.ledger, install: pending } };

  test.each([
    [
      'looks again',
      'assessing',
      ready,
      { id: 'assess', name: 'gatherFacts', recovery: 'probe', input: { scan: false } },
      'run gatherFacts',
    ],
    [
      'does it again',
      'downloading',
      ready,
      { id: 'download', name: 'download', recovery: 'idempotent', input: { label: 'x', appleSilicon: false } },
      'run download',
    ],
    [
      'asks the world first',
      { installing: 'bySoftwareupdate' },
      installing,
      { id: 'install', name: 'install', recovery: 'once', input: {} },
      'reconcile install',
    ],
  ])('%s', (_how, value, context, effect, expected) => {
    const notes: string[] = [];
    const reactor = new Reactor(leftBehind(value, context, effect), new EffectRunner(notingBodies(notes), clock));
    expect(notes).toEqual([]);
    reactor.recover();
    reactor.recover();
    expect(notes).toEqual([expected]);
  });

  test('an install under way is never ordered again by a wake in the same boot', async () => {
    const notes: string[] = [];
    const store = leftBehind({ installing: 'bySoftwareupdate' }, installing, {
      id: 'install',
      name: 'install',
      recovery: 'once',
      input: {},
    });
    const bodies = notingBodies(notes, { install: { result: 'unknown', why: 'cut off' } });
    const reactor = new Reactor(store, new EffectRunner(bodies, clock));
    reactor.send({ ...wake, settings: null });
    reactor.recover();
    await reactor.settled();
    expect(notes).toEqual(['reconcile install']);
    expect(reactor.value).toBe('restarting');
  });

  test('after a restart nothing is asked: what runs now decides', () => {
    const notes: string[] = [];
    const store = leftBehind({ installing: 'bySoftwareupdate' }, installing, {
      id: 'install',
      name: 'install',
      recovery: 'once',
      input: {},
    });
    const reactor = new Reactor(store, new EffectRunner(notingBodies(notes), clock));
    reactor.send({ ...wake, settings: null, boot: { id: 'THE-NEXT-BOOT', startedAt: MONDAY_NINE } });
    reactor.recover();
    expect(notes).toEqual(['run gatherFacts']);
    expect(reactor.value).toBe('validating');
  });
});

describe('a saved place that cannot be read', () => {
  test('is kept aside, and the agent starts over with its promises', () => {
    const store = leftBehind(
      'a state of another upkeep',
      { ...firstContext, ledger: ledgerWith() },
      { id: 'x', name: 'gatherFacts', recovery: 'probe', input: {} },
    );
    const reactor = new Reactor(store, new EffectRunner(notingBodies([]), clock));
    expect(reactor.value).toEqual({ resting: 'fresh' });
    expect(reactor.context.ledger.target?.label).toBe(ledgerWith().target?.label);
    expect(store.asideCount()).toBe(1);
  });
});
