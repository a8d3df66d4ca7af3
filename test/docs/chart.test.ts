// The drawing in docs/how-an-update-runs.md is made by hand for readers; here it is held against the chart: the same
// states, the same arrows between them.
import { expect, test } from 'vitest';
import { agentMachine } from '../../src/machines/agent.machine.ts';
import { fencesOf, namedFirst, read, sectionOf } from './pages.ts';

type Node = typeof agentMachine.root;

const children = (node: Node): Node[] => Object.values(node.states) as Node[];
const page = read('docs/how-an-update-runs.md');
const drawing = fencesOf(page).find(({ language }) => language === 'mermaid')?.lines ?? [];

/** Reads the drawing: states by the state they stand in, and arrows. */
function readDrawing(): { inside: Map<string, Set<string>>; arrows: Set<string> } {
  const inside = new Map<string, Set<string>>([['', new Set()]]);
  const arrows = new Set<string>();
  let within = '';
  const add = (name: string) => name !== '[*]' && inside.get(within)?.add(name);
  for (const line of drawing.slice(1).map((text) => text.trim())) {
    const opened = /^state (\w+) \{$/.exec(line)?.[1];
    const [, from, to] = /^(\S+) --> (\w+)(?: : .+)?$/.exec(line) ?? [];
    if (opened !== undefined) {
      add(opened);
      within = opened;
      inside.set(opened, new Set());
    } else if (line === '}') within = '';
    else if (from !== undefined && to !== undefined) {
      add(from);
      add(to);
      arrows.add(`${from} --> ${to}`);
    } else if (/^\w+$/.test(line)) add(line);
    else throw new Error(`not understood: ${line}`);
  }
  return { inside, arrows };
}

/** The arrows of the chart, each drawn between the two states that stand side by side. */
function arrowsOfChart(): Set<string> {
  const arrows = new Set<string>();
  const start = (node: Node, name: string) => {
    const [initial] = node.initial.target ?? [];
    if (initial !== undefined) arrows.add(`[*] --> ${initial.key}${name}`);
  };
  const visit = (node: Node): void => {
    if (children(node).length > 0) start(node, '');
    // What the whole chart answers (a lost state) begins anywhere and is told below the drawing.
    const own = node === agentMachine.root ? [] : [...node.transitions.values()].flat();
    const transitions = own.concat(node.always ?? []);
    for (const target of transitions.flatMap((transition) => transition.target ?? [])) {
      const [from = '', ...fromInside] = node.path;
      const [to = '', ...toInside] = target.path;
      if (from !== to) arrows.add(`${from} --> ${to}`);
      else if (fromInside.join() !== toInside.join()) arrows.add(`${fromInside.at(-1)} --> ${toInside.at(-1)}`);
    }
    for (const child of children(node)) visit(child);
  };
  visit(agentMachine.root);
  return arrows;
}

const sorted = (names: Iterable<string>): string[] => [...names].sort();

test('the drawing has the states of the chart, each where it belongs', () => {
  const { inside } = readDrawing();
  expect(sorted(inside.get('') ?? [])).toEqual(sorted(Object.keys(agentMachine.states)));
  for (const node of children(agentMachine.root)) {
    expect(sorted(inside.get(node.key) ?? []), node.key).toEqual(sorted(Object.keys(node.states)));
  }
});

test('the drawing has the arrows of the chart, no more and no less', () => {
  expect(sorted(readDrawing().arrows)).toEqual(sorted(arrowsOfChart()));
});

const tagged = (tag: string): string[] => {
  const found: string[] = [];
  const visit = (node: Node): void => {
    if (node.tags.includes(tag as never)) found.push(node.key);
    for (const child of children(node)) visit(child);
  };
  visit(agentMachine.root);
  return found;
};

test('every resting state has a row that says what it waits for', () => {
  const rows = namedFirst(sectionOf(page, '## What each resting state waits for'));
  expect(tagged('resting').filter((name) => !rows.has(name))).toEqual([]);
});

test('every working state has a row that says what a crash and a reboot mean', () => {
  const rows = namedFirst(sectionOf(page, '## A wake, a crash, a reboot'));
  expect(tagged('working').filter((name) => !rows.has(name))).toEqual([]);
});
