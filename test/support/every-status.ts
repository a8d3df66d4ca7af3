// Statuses of this version: every state of the chart, at the beginning and out of lives, with health and without.

import { type Health, unknownHealth } from '../../src/domain/health.ts';
import { DAY_MS, isoOf } from '../../src/domain/instant.ts';
import { emptyLedger } from '../../src/domain/ledger.ts';
import { agentMachine } from '../../src/machines/agent.machine.ts';
import { type AgentContext, firstContext } from '../../src/machines/context.ts';
import { explain, stateName } from '../../src/machines/explain.ts';
import { replay } from '../../src/machines/replay.ts';
import type { Status } from '../../src/machines/status.ts';
import { statusWith } from '../../src/machines/status-health.ts';
import { live } from './lives.ts';
import { BOOT, MONDAY_NINE } from './situations.ts';

const at = MONDAY_NINE;

/** Every field known, and everything wrong that can be. */
export const poorHealth: Health = {
  agent: { version: '0.1.0', pid: 4711, run: 'resting', wokeAt: isoOf(at) },
  launchd: { agentLoaded: false, wakeLoaded: true, nextWake: isoOf(at + DAY_MS), armed: false },
  store: {
    tablesVersion: 2,
    lastBackupAt: isoOf(at - 30 * DAY_MS),
    recovered: { at: isoOf(at - DAY_MS), how: 'backup', why: 'the file is not a database' },
    aside: 1,
  },
  settings: { source: 'the managed preferences', problems: ['deadlines.soft.days "many" is not a number.'] },
  inbox: { waiting: 2 },
  passwords: [{ method: 'local-account', account: 'itadmin', trouble: 'drifted' }],
};

/** All that a ledger may have of wishes and promises. */
const eventful: AgentContext = {
  ...firstContext,
  wakeAt: at + DAY_MS,
  ledger: {
    ...emptyLedger,
    boot: BOOT,
    pause: { since: at, until: at + DAY_MS },
    order: { at },
    lastRequest: {
      kind: 'defer',
      by: { kind: 'user', uid: 501 },
      at,
      accepted: false,
      words: 'it is too late for that',
    },
    lastUpdate: { from: { version: '26.5', build: null }, to: { version: '26.6', build: '25G72' }, at },
    warning: {
      promptId: 3,
      restartAt: at + DAY_MS,
      why: 'deadline',
      openedAt: at,
      openedMonotonicMs: 0,
      seen: 'unlocked',
      boot: BOOT,
      uid: 501,
      told: true,
    },
  },
};

type Node = typeof agentMachine.root;

/** The dotted names of all states in which the agent can stand. */
export function stateNames(node: Node = agentMachine.root): string[] {
  const children = Object.values(node.states) as Node[];
  return children.length === 0 ? [node.path.join('.')] : children.flatMap((child) => stateNames(child));
}

export async function everyStatus(): Promise<Status[]> {
  const statuses: Status[] = [];
  for (const state of stateNames()) {
    for (const context of [firstContext, eventful]) {
      const status = explain(state, context, at);
      statuses.push(status, statusWith(status, poorHealth), statusWith(status, unknownHealth));
    }
  }
  const seen = new Set<string>();
  for (const persona of ['procrastinator', 'absent', 'agreeable'] as const) {
    const { run } = await live({ persona });
    for (const { after, at: when } of replay(run.journal)) {
      const status = explain(after.value, after.context, when);
      const form = `${stateName(after.value)} ${status.problems.map(({ code }) => code).join()} ${status.later === null}`;
      if (!seen.has(form)) statuses.push(status);
      seen.add(form);
    }
  }
  return statuses;
}
