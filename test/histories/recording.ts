// Records what a version of upkeep did, as that version wrote it down, for all later ones to be held against.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Ledger } from '../../src/domain/ledger.ts';
import { CHECKPOINT_VERSION, type Checkpoint } from '../../src/machines/checkpoint.ts';
import type { AgentContext } from '../../src/machines/context.ts';
import { explain, type Status, stateName } from '../../src/machines/explain.ts';
import { replay } from '../../src/machines/replay.ts';
import { simulate } from '../../src/simulator/simulate.ts';
import { SCHEMA_VERSION } from '../../src/store/schema.ts';
import { Store } from '../../src/store/store.ts';
import { commandLineTools, intelMac, root, threeWeeks } from '../support/lives.ts';
import { berlin, offer } from '../support/situations.ts';
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
  events: { at: number; type: string; event: unknown }[];
};

/** Every state of a version's chart that the stories reach, with the status that was told there. */
export type Statuses = Record<string, Status>;

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
  const statuses: Statuses = {};
  const written: string[] = [];
  const write = (name: string, text: string): void => {
    writeFileSync(join(directory, name), text);
    written.push(name);
  };
  for (const [story, life] of Object.entries(stories)) {
    write(join(version, `${story}.json`), linesOf(await lived(version, story, life, statuses)));
  }
  write(join('status', `${version}.json`), `${JSON.stringify(statuses, null, 1)}\n`);
  return written;
}

export function versionsIn(directory: string): string[] {
  return readdirSync(directory).filter((name) => /^\d+\.\d+\.\d+$/.test(name));
}

export function historiesOf(directory: string, version: string): History[] {
  return readdirSync(join(directory, version)).map(
    (file) => JSON.parse(readFileSync(join(directory, version, file), 'utf8')) as History,
  );
}

export function statusesOf(directory: string, version: string): Statuses {
  return JSON.parse(readFileSync(join(directory, 'status', `${version}.json`), 'utf8')) as Statuses;
}

async function lived(version: string, story: string, life: Story, statuses: Statuses): Promise<History> {
  const store = Store.inMemory();
  try {
    await simulate({
      settings: threeWeeks,
      spec: intelMac,
      offers: [commandLineTools, offer],
      persona: 'procrastinator',
      days: 21,
      start: berlin('2026-11-02T08:00'),
      seed: 11,
      ...life,
      store,
    });
    const events = store.journal().map(({ at, type, event }) => ({ at, type, event }));
    const checkpoints: History['checkpoints'] = [];
    let last: { value: unknown; context: AgentContext } | null = null;
    const seen = new Set<string>();
    let after = 0;
    for (const step of replay(events)) {
      after += 1;
      last = step.after;
      const state = stateName(last.value);
      statuses[state] ??= explain(last.value, last.context, step.at);
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
