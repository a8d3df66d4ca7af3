// From `upkeep install` to `uninstall --purge` on a simulated Mac with real processes: launchd starts the real agent, the
// agent arms its next wake, launchd starts it again at that minute.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { AGENT_LABEL, plistFile, readPlist, stderrFile, WAKE_LABEL } from '../../src/adapters/launchd/plists.ts';
import { LogTail } from '../../src/adapters/log/log-tail.ts';
import { placesUnder } from '../../src/adapters/places.ts';
import { DAY_MS, HOUR_MS } from '../../src/domain/instant.ts';
import type { Status } from '../../src/machines/status.ts';
import { MacUnderRoot } from '../../src/simulator/door/mac-under-root.ts';
import { defaultMacSpec } from '../../src/simulator/mac/mac-spec.ts';
import { sharedBundle } from '../support/bundle.ts';
import { MONDAY_NINE } from '../support/situations.ts';

let entry = '';
beforeAll(async () => {
  entry = await sharedBundle();
});

let folder: string;
let mac: MacUnderRoot;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'uk-'));
  mac = new MacUnderRoot({ root: folder, spec: defaultMacSpec(), start: MONDAY_NINE, time: 'eager' });
  await mac.boot();
});
afterEach(async () => {
  await mac.shutDown();
  rmSync(folder, { recursive: true, force: true });
});

const upkeep = (...words: string[]) => mac.run([process.execPath, entry, ...words, '--root', mac.root]);

test('installed, the agent runs, arms its next wake and is started then; purged, nothing of it is left', async () => {
  const places = placesUnder(mac.root);
  expect(await upkeep('install')).toMatchObject({ exitCode: 0, stderr: '' });
  const wakeFile = plistFile(places, WAKE_LABEL);
  const times = () => readPlist(readFileSync(wakeFile, 'utf8'))?.times ?? [];
  expect(await mac.runUntil(() => times().length > 0 && mac.pidOf(AGENT_LABEL) === null, HOUR_MS)).toBe('stopped');
  const first = times();
  expect(await mac.runUntil(() => JSON.stringify(times()) !== JSON.stringify(first), DAY_MS)).toBe('stopped');
  await mac.runUntil(() => mac.pidOf(AGENT_LABEL) === null, HOUR_MS);
  const tail = new LogTail(places.logs);
  const runs = new Set(tail.read().lines.map((line) => (JSON.parse(line) as { run: string }).run));
  tail.close();
  expect(runs.size).toBeGreaterThan(1);
  expect(readFileSync(stderrFile(places), 'utf8')).toMatch(/^upkeep\[\d+\]: \S/);
  // Two hours of the Mac's own time, which has nothing to do with ours.
  const log = await upkeep('log', '--since', '2h', '--lines', '1');
  expect(log.stdout).toMatch(/^run \d+, upkeep \S+\n2026-11-02 \d\d:\d\d:\d\d {2}/);
  const status = JSON.parse((await upkeep('status', '--json')).stdout) as Status;
  expect(status.problems.filter(({ code }) => code.startsWith('health.'))).toEqual([]);
  expect(status.health).toMatchObject({
    agent: { run: 'resting' },
    launchd: { agentLoaded: true, wakeLoaded: true, nextWake: status.next?.at, armed: true },
    store: { recovered: null, aside: 0 },
    settings: { source: 'the defaults', problems: [] },
    inbox: { waiting: 0 },
  });
  expect(status.health?.store.lastBackupAt).toMatch(/^2026-11-0/);
  expect((await upkeep('status')).stdout).toMatch(/^Health {4}launchd armed for \w+ \d.*, backup of /m);
  expect(await upkeep('uninstall', '--purge')).toMatchObject({ exitCode: 0, stderr: '' });
  for (const label of [AGENT_LABEL, WAKE_LABEL]) expect(mac.mac.jobs.facts(label)).toBeNull();
  for (const path of [places.state, places.logs, places.doorbell, places.command, wakeFile])
    expect([path, existsSync(path)]).toEqual([path, false]);
});
