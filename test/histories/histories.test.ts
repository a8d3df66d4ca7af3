// What every released upkeep wrote down is read by this one, and leads where it led. A Mac may be updated in the middle
// of any of these stories: with a restart promised, a password typed, an install under way.
//   - The journal, played through today's chart, leads from event to event where it led, and ends with the same ledger:
//     nobody's deadline, deferral or restart time changes because upkeep was updated.
//   - Each saved place is revived as that place, and nothing in its ledger gets lost.
//   - What `status.json` told is still told: test/docs/status-schema.test.ts.
// A later version may add fields. One that changes the course of a story on purpose says so in CHANGED, with its reason;
// a recording itself is never touched once its version is out.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { revive } from '../../src/machines/checkpoint.ts';
import { explain, stateName } from '../../src/machines/explain.ts';
import { replay, type Step } from '../../src/machines/replay.ts';
import { SCHEMA_VERSION } from '../../src/store/schema.ts';
import { HISTORIES, HISTORY_SCHEMA, type History, historiesOf, ledTo, record, versionsIn } from './recording.ts';
import { STORIES } from './stories.ts';

/** Stories that a later version ends otherwise on purpose: `'0.1.0 nobody-there': 'why'`. */
const CHANGED: Record<string, string> = {};

const versions = versionsIn(HISTORIES);
const histories = versions.flatMap((version) => historiesOf(HISTORIES, version));
const named = histories.map((history) => [`${history.version} ${history.story}`, history] as const);

test('this version has its histories', () => {
  expect(versions).toContain(packageJson.version);
});

describe.each(named)('%s', (name, history) => {
  const otherwise = name in CHANGED ? `, or not: ${CHANGED[name]}` : '';

  test.skipIf(name in CHANGED)(`every event leads where it led, to the same promises${otherwise}`, () => {
    let index = 0;
    for (const step of replay(history.events)) {
      const recorded = history.events[index];
      index += 1;
      expect(ledTo(step.after), `after event ${index}, ${step.type}`).toMatchObject(recorded?.led ?? {});
    }
    expect(index).toBe(history.events.length);
  });

  test.skipIf(name in CHANGED)(`ends as it ended${otherwise}`, () => {
    const last = lastOf(history);
    expect(last?.after.value).toEqual(history.final.value);
    expect(last?.after.context.ledger).toMatchObject(history.final.ledger);
  });

  test('every place that was saved is revived as that place, with all that was promised', () => {
    expect(history.checkpoints.length).toBeGreaterThan(2);
    for (const { after, version, value, context } of history.checkpoints) {
      const { snapshot, unreadable } = revive({ version, value, context });
      const place = `after event ${after}, in ${stateName(value)}`;
      expect(unreadable, place).toBeNull();
      expect(snapshot.value, place).toEqual(value);
      const { ledger } = context as { ledger: Record<string, unknown> };
      expect(snapshot.context.ledger, place).toMatchObject(ledger);
      // Whoever looks at the Mac right after the update is told the same thing.
      expect(explain(snapshot.value, snapshot.context, 0).state, place).toBe(stateName(value));
    }
  });

  test('its form and its tables are ones this version knows', () => {
    expect(history.schema).toBe(HISTORY_SCHEMA);
    expect(history.tablesVersion).toBeLessThanOrEqual(SCHEMA_VERSION);
  });
});

describe('the stories together', () => {
  test('hold what matters most in the middle of an update', () => {
    const states = new Set(histories.flatMap(({ checkpoints }) => checkpoints.map(({ value }) => stateName(value))));
    for (const state of [
      'asking.choosing',
      'resting.deferred',
      'resting.scheduled',
      'resting.paused',
      'resting.halted',
      'warning',
      'authorizing.byPerson',
      'installing.bySoftwareupdate',
      'restarting',
    ]) {
      expect([...states]).toContain(state);
    }
  });
});

describe('recording', () => {
  const story = { 'one-day': { ...STORIES['apple-silicon-password'], days: 1 } };

  test('writes what can be played again, and nothing over a version that is there unless told to', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'upkeep-histories-'));
    try {
      expect(await record(directory, '9.9.9', { stories: story })).toEqual(['9.9.9/one-day.json', 'status/9.9.9.json']);
      const [history] = historiesOf(directory, '9.9.9');
      expect(history?.events.length).toBeGreaterThan(3);
      if (history !== undefined) expect(lastOf(history)?.after.value).toEqual(history.final.value);

      const file = join(directory, '9.9.9/one-day.json');
      const recorded = readFileSync(file, 'utf8');
      writeFileSync(file, 'released');
      await expect(record(directory, '9.9.9', { stories: story })).rejects.toThrow('9.9.9 is recorded already');
      expect(readFileSync(file, 'utf8')).toBe('released');
      await record(directory, '9.9.9', { stories: story, again: true });
      expect(readFileSync(file, 'utf8')).toBe(recorded);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
});

function lastOf({ events }: History): Step | undefined {
  return [...replay(events)].at(-1);
}
