// What must be true of the chart as a drawing, whatever it is used for: a state that works says how it succeeds, how it
// fails and what a resume means; a state that rests can be woken; nothing is named by position and nothing waits on a
// timer. These are the promises recovery rests on, and they are easy to break while adding a state.

import { describe, expect, test } from 'vitest';
import { initialTransition, transition } from 'xstate';
import { agentMachine } from '../../src/machines/agent.machine.ts';
import { CHECKPOINT_VERSION, revive } from '../../src/machines/checkpoint.ts';
import { firstContext } from '../../src/machines/context.ts';
import { RECOVERY } from '../../src/machines/effects.ts';
import { explain } from '../../src/machines/explain.ts';
import { defaultSettings } from '../../src/policy/schema.ts';
import { settings } from '../support/situations.ts';

type Node = typeof agentMachine.root;

function everyNode(node: Node = agentMachine.root): Node[] {
  return [node, ...Object.values(node.states).flatMap((child) => everyNode(child as Node))];
}

/** The events a state answers, its parents' included. */
function eventsOf(node: Node): Set<string> {
  const own = new Set(node.ownEvents as string[]);
  if (node.parent) for (const event of eventsOf(node.parent as Node)) own.add(event);
  return own;
}

const nodes = everyNode();
const leaves = nodes.filter((node) => Object.keys(node.states).length === 0);
const named = (node: Node) => node.path.join('.');

describe('the chart', () => {
  test('has the states of the design', () => {
    expect(Object.keys(agentMachine.states)).toEqual([
      'resting',
      'assessing',
      'deciding',
      'downloading',
      'handingOver',
      'rotating',
      'repairing',
      'asking',
      'warning',
      'authorizing',
      'installing',
      'restarting',
      'validating',
      'unvalidated',
    ]);
  });

  test.each(leaves.filter((node) => node.invoke.length > 0).map((node) => [named(node), node] as const))(
    '%s works: it has a success, a failure and a resume edge, and is tagged so',
    (_name, node) => {
      const [invoke] = node.invoke;
      expect(node.invoke).toHaveLength(1);
      const events = eventsOf(node);
      expect(events).toContain(`xstate.done.actor.${invoke?.id}`);
      expect(events).toContain(`xstate.error.actor.${invoke?.id}`);
      expect(events).toContain('agent.woke');
      expect(node.tags).toContain('working');
      expect(Object.keys(RECOVERY)).toContain(invoke?.src);
      // A positional id would be lost with the next reordering; ours are given.
      expect(invoke?.id).toMatch(/^[a-zA-Z]+$/);
    },
  );

  test('only what restarts the Mac may not be repeated, and only that is tagged destructive', () => {
    expect(
      Object.entries(RECOVERY)
        .filter(([, recovery]) => recovery === 'once')
        .map(([name]) => name),
    ).toEqual(['install', 'push']);
    const destructive = leaves.filter((node) => node.tags.includes('destructive'));
    expect(destructive.map((node) => node.invoke[0]?.src)).toEqual(['push', 'install']);
  });

  test('a state either works, rests or is the junction', () => {
    for (const node of leaves) {
      const kinds = [node.tags.includes('working'), node.tags.includes('resting'), named(node) === 'deciding'].filter(
        Boolean,
      );
      expect(kinds, named(node)).toHaveLength(1);
      if (node.tags.includes('resting')) expect(node.invoke, named(node)).toHaveLength(0);
    }
  });

  test.each(leaves.filter((node) => node.tags.includes('resting')).map((node) => [named(node), node] as const))(
    '%s rests: it answers a wake',
    (_name, node) => {
      expect(eventsOf(node)).toContain('agent.woke');
    },
  );

  test('nothing waits on a timer and nothing is final', () => {
    for (const node of nodes) {
      expect(node.after, named(node)).toEqual([]);
      expect(node.type, named(node)).not.toBe('final');
    }
  });

  test('every state and every effect has an id of its own', () => {
    const ids = nodes.flatMap((node) => node.invoke.map((invoke) => invoke.id));
    expect(new Set(ids).size).toBe(ids.length);
    for (const node of nodes.slice(1)) expect(node.id, named(node)).not.toMatch(/^agent\./);
  });

  test('no state listens to a wildcard', () => {
    for (const node of nodes) expect(node.ownEvents as string[], named(node)).not.toContain('*');
  });

  test('every saved state revives to itself, and a first wake leads to work', () => {
    for (const node of leaves.filter((leaf) => named(leaf) !== 'deciding')) {
      const value = node.path.reduceRight<unknown>(
        (deeper, key) => (deeper === undefined ? key : { [key]: deeper }),
        undefined,
      );
      const { snapshot, unreadable } = revive({ version: CHECKPOINT_VERSION, value, context: firstContext });
      expect(unreadable).toBeNull();
      expect(snapshot.value).toEqual(value);
    }
    const [first] = initialTransition(agentMachine);
    const [next] = transition(agentMachine, first, {
      type: 'agent.woke',
      at: 1,
      monotonicMs: 1,
      boot: null,
      os: null,
      zone: 'UTC',
      settings: null,
    });
    expect(next.value).toBe('assessing');
  });

  test('every state can be told in words', () => {
    for (const node of leaves) {
      const value = node.path.reduceRight<unknown>(
        (deeper, key) => (deeper === undefined ? key : { [key]: deeper }),
        undefined,
      );
      const { what, state } = explain(value, firstContext, 0);
      expect(state).toBe(named(node));
      if (named(node) !== 'deciding') expect(what, named(node)).not.toBe(state);
    }
  });
});

test('settings of an older checkpoint get what could not be said then, as nobody had chosen it', () => {
  const { authentication: _, mdm: __, fileVault: ___, ...older } = settings;
  const context = { ...firstContext, settings: older };
  const { snapshot, unreadable } = revive({ version: 2, value: { resting: 'fresh' }, context });
  expect(unreadable).toBeNull();
  const { authentication, mdm, fileVault } = defaultSettings;
  expect(snapshot.context.settings).toEqual({ ...older, authentication, mdm, fileVault });
});

describe('a checkpoint that cannot be read', () => {
  test.each([
    ['an unknown state', { version: CHECKPOINT_VERSION, value: 'dreaming', context: firstContext }],
    ['a newer form', { version: CHECKPOINT_VERSION + 1, value: 'assessing', context: firstContext }],
    ['a form before the first', { version: 0, value: 'assessing', context: firstContext }],
  ])('%s: starts over, keeps what people were promised, and says why', (_name, row) => {
    const deferral = { chosenAt: 1, until: 2 };
    const { snapshot, unreadable } = revive({
      ...row,
      context: { ...firstContext, ledger: { ...firstContext.ledger, deferral } },
    });
    expect(unreadable).not.toBeNull();
    expect(snapshot.value).toEqual({ resting: 'fresh' });
    expect(snapshot.context.ledger.deferral).toEqual(deferral);
  });

  test('an install that was under way is awaited, not ordered again', () => {
    const boot = { id: 'A', startedAt: 1 };
    const release = { version: '26.6', build: '25G72' };
    const install = {
      label: 'x',
      from: release,
      to: release,
      by: 'person' as const,
      startedAt: 1,
      boot,
      restartExpectedBy: 99,
    };
    const ledger = { ...firstContext.ledger, install };
    const { snapshot, unreadable } = revive({
      version: CHECKPOINT_VERSION,
      value: 'dreaming',
      context: { ...firstContext, ledger },
    });
    expect(unreadable).not.toBeNull();
    expect(snapshot.value).toBe('restarting');
    expect(snapshot.context).toMatchObject({ wakeAt: 99, because: [{ code: 'restart-expected' }] });
  });
});
