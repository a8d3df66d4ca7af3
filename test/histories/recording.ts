// Records what a version of upkeep did, as that version wrote it down, for all later ones to be held against.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Ledger } from '../../src/domain/ledger.ts';
import { CHECKPOINT_VERSION, type Checkpoint } from '../../src/machines/checkpoint.ts';
import type { AgentContext } from '../../src/machines/context.ts';
import { scheduleOf, stateName } from '../../src/machines/explain.ts';
import { replay, type Step } from '../../src/machines/replay.ts';
import { simulate } from '../../src/simulator/simulate.ts';
import { SCHEMA_VERSION } from '../../src/store/schema.ts';
import { Store } from '../../src/store/store.ts';
import { everyStatus } from '../support/every-status.ts';
import { root, usualStory } from '../support/lives.ts';
import { STORIES, type Story } from './stories.ts';

export const HISTORY_SCHEMA = 'upkeep.history/1';
export const HISTORIES = join(root, 'test/histories');

/** One life as a version of upkeep wrote it down. */
export type History = {
  schema: typeof HISTORY_SCHEMA;
  version: string;
  story: string;
  tablesVersion: number;
  final: { value: unknown; ledger: Ledger };
  /** Rows as they lay in the database, the first of each state; `after` counts events. */
  checkpoints: (Checkpoint & { after: number })[];
  events: { at: number; type: string; event: unknown; led: Led }[];
};

/** Where an event led: the state, the wake that was armed, and what people were promised and could read. */
export type Led = { to: unknown; wakeAt: number | null; promises: Promises };

export type Promises = {
  deferralCount: number;
  deferredUntil: number | null;
  scheduledAt: number | null;
  restartAt: number | null;
  pausedUntil: number | null;
  focus: number | null;
  soft: number | null;
  hard: number | null;
};

/** Writes `<version>/<story>.json` and `status/<version>.json`. What is there of that version is kept unless `again`. */
export async function record(
  directory: string,
  version: string,
  { again = false, stories = STORIES }: { again?: boolean; stories?: Record<string, Story> } = {},
): Promise<string[]> {
  const folder = join(directory, version);
  if (existsSync(folder)) {
    if (!again) throw new Error(`${version} is recorded already; a version that was released is never recorded again`);
    rmSync(folder, { recursive: true });
  }
  mkdirSync(folder, { recursive: true });
  mkdirSync(join(directory, 'status'), { recursive: true });
  const written: string[] = [];
  const write = (name: string, text: string): void => {
    writeFileSync(join(directory, name), text);
    written.push(name);
  };
  for (const [story, life] of Object.entries(stories)) {
    write(join(version, `${story}.json`), linesOf(await lived(version, story, life)));
  }
  const statuses = (await everyStatus()).map((status) => JSON.stringify(status));
  write(join('status', `${version}.json`), `[\n${statuses.join(',\n')}\n]\n`);
  return written;
}

/** Where the agent is after an event, as a history holds it. */
export function ledTo({ value, context }: Step['after']): Led {
  const { target, deferral, scheduled, warning, pause } = context.ledger;
  const deadlines = scheduleOf(context);
  return {
    to: value,
    wakeAt: context.wakeAt,
    promises: {
      deferralCount: target?.deferralCount ?? 0,
      deferredUntil: deferral?.until ?? null,
      scheduledAt: scheduled?.at ?? null,
      restartAt: warning?.told === true ? warning.restartAt : null,
      pausedUntil: pause?.until ?? null,
      focus: deadlines?.focus.at ?? null,
      soft: deadlines?.soft.at ?? null,
      hard: deadlines?.hard.at ?? null,
    },
  };
}

export function versionsIn(directory: string): string[] {
  return readdirSync(directory).filter((name) => /^\d+\.\d+\.\d+$/.test(name));
}

export function historiesOf(directory: string, version: string): History[] {
  return readdirSync(join(directory, version)).map(
    (file) => JSON.parse(readFileSync(join(directory, version, file), 'utf8')) as History,
  );
}

async function lived(version: string, story: string, life: Story): Promise<History> {
  const store = Store.inMemory();
  try {
    await simulate({ ...usualStory, ...life, store });
    const events: History['events'] = [];
    const checkpoints: History['checkpoints'] = [];
    let last: { value: unknown; context: AgentContext } | null = null;
    const seen = new Set<string>();
    let after = 0;
    for (const step of replay(store.journal())) {
      after += 1;
      last = step.after;
      events.push({ at: step.at, type: step.type, event: step.event, led: ledTo(last) });
      const state = stateName(last.value);
      if (seen.has(state)) continue;
      seen.add(state);
      checkpoints.push({ after, version: CHECKPOINT_VERSION, ...last });
    }
    const row = store.checkpoint();
    // What is recorded has to be what was saved, or the recording would hold later versions to a fiction.
    if (last === null || !isDeepStrictEqual(asJson({ version: CHECKPOINT_VERSION, ...last }), row)) {
      throw new Error(`the journal of ${story}, played again, does not lead to what was saved`);
    }
    const final = { value: last.value, ledger: last.context.ledger };
    return { schema: HISTORY_SCHEMA, version, story, tablesVersion: SCHEMA_VERSION, final, checkpoints, events };
  } finally {
    store.close();
  }
}

const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** One event, and one checkpoint, on each line: small, and a difference can be read. */
function linesOf({ checkpoints, events, ...rest }: History): string {
  const lines = (items: readonly unknown[]): string => items.map((item) => `  ${JSON.stringify(item)}`).join(',\n');
  const head = Object.entries(rest).map(([name, value]) => ` ${JSON.stringify(name)}: ${JSON.stringify(value)},`);
  return `{\n${head.join('\n')}\n "checkpoints": [\n${lines(checkpoints)}\n ],\n "events": [\n${lines(events)}\n ]\n}\n`;
}
