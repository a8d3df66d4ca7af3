// What a run of the agent writes into status.json about itself, over a simulated Mac in the same process.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { build } from 'plist';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { withLimits } from '../../src/adapters/commands/limits.ts';
import { CredentialStore } from '../../src/adapters/credentials/credential-store.ts';
import { placesUnder } from '../../src/adapters/places.ts';
import { type AgentGround, runAgent } from '../../src/agent/run-agent.ts';
import { DAY_MS, HOUR_MS, SECOND_MS } from '../../src/domain/instant.ts';
import { UpkeepError } from '../../src/domain/problem.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { Status } from '../../src/machines/status.ts';
import { examine } from '../../src/policy/examine/examine.ts';
import type { Log } from '../../src/ports/log.ts';
import type { Door } from '../../src/simulator/mac/door.ts';
import type { MacSpecInput } from '../../src/simulator/mac/mac-spec.ts';
import type { VirtualMac } from '../../src/simulator/mac/virtual-mac.ts';
import { STORE_FILE } from '../../src/store/store.ts';
import { healthyFacts } from '../policy/examine/healthy-facts.ts';
import { MONDAY_NINE, macWith } from '../simulator/harness.ts';
import { canary } from '../support/canary.ts';

const KEPT = canary('kept');
const SET_BY_SERVER = canary('set_by_server');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'uk-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const places = () => placesUnder(folder);
const statusNow = () => JSON.parse(readFileSync(join(places().state, 'status.json'), 'utf8')) as Status;

const log: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {}, child: () => log };

type Before = { spec?: MacSpecInput; prepare?: (mac: VirtualMac, door: Door) => Promise<void> };

/** One run to its end, and the status it left; `at` is when the Mac of this run was started. */
async function ranAt(
  at: number,
  changes: Partial<AgentGround> = {},
  { spec = {}, prepare = async () => undefined }: Before = {},
): Promise<{ error: unknown; status: Status }> {
  const { mac } = macWith(spec, 1, at);
  const door = mac.door();
  let ended: { error: unknown } | null = null;
  const ground = {
    places: places(),
    clock: door.clock,
    commands: { ...door.commands, letGo: () => {} },
    wake: { arm: async () => {}, working: async () => {} },
    log,
    http: null,
    version: '0.1.0',
    stop: new AbortController().signal,
    ...changes,
  };
  const run = prepare(mac, door).then(() => runAgent(ground));
  run.then(
    () => {
      ended = { error: null };
    },
    (error: unknown) => {
      ended = { error };
    },
  );
  // Files are read in real time, in which the time of the Mac must not run away.
  for (let steps = 0; ended === null && steps < 5_000; steps += 1) {
    await new Promise((resolve) => setTimeout(resolve, 2));
    await mac.world.runUntil(mac.world.now() + SECOND_MS, () => ended !== null);
  }
  door.close();
  if (ended === null) throw new Error('the run did not end');
  return { ...(ended as { error: unknown }), status: statusNow() };
}

const healthCodes = ({ problems }: Status) =>
  problems.map(({ code }) => code).filter((code) => code.startsWith('health.'));

test('a run on a Mac that launchd does not start it on says so, and what else it knows', async () => {
  const { error, status } = await ranAt(MONDAY_NINE);
  expect(error).toBeNull();
  expect(status.health).toEqual({
    agent: { version: '0.1.0', pid: process.pid, run: 'resting', wokeAt: '2026-11-23T08:00:00Z' },
    launchd: { agentLoaded: false, wakeLoaded: true, nextWake: status.next?.at, armed: true },
    store: { tablesVersion: expect.any(Number), lastBackupAt: expect.any(String), recovered: null, aside: 0 },
    settings: { source: 'the defaults', problems: [] },
    inbox: { waiting: 0 },
    passwords: [],
  });
  expect(healthCodes(status)).toEqual(['health.agent-not-loaded']);
});

test('a wake that could not be armed is told in the status that is left', async () => {
  const arm = () => Promise.reject(new UpkeepError('wake.not-armed', 'it could not', { remedy: 'wait' }));
  const { error, status } = await ranAt(MONDAY_NINE, { wake: { arm, working: async () => {} } });
  expect(error).toMatchObject({ code: 'wake.not-armed' });
  expect(status.health?.launchd).toEqual({ agentLoaded: false, wakeLoaded: false, nextWake: null, armed: false });
  expect(healthCodes(status)).toContain('health.wake-not-armed');
  expect((await ranAt(MONDAY_NINE + HOUR_MS)).status.health?.launchd.armed).toBe(true);
});

test('a run that was told to stop says that it did not come to rest', async () => {
  const { error, status } = await ranAt(MONDAY_NINE, { stop: AbortSignal.abort() });
  expect(error).toMatchObject({ code: 'agent.stopped' });
  expect(status.health?.agent.run).toBe('stopped');
});

test('settings with mistakes are in the status one by one, and gone when they are mended', async () => {
  const file = places().managedPreferences;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, build({ scan: { everyHours: 'often' }, storage: { updateGB: -1 } } as never));
  const { error, status } = await ranAt(MONDAY_NINE);
  expect(error).toMatchObject({ code: 'settings.wrong' });
  expect(status.health?.settings.source).toBe('the managed preferences');
  expect(status.health?.settings.problems).toEqual([
    expect.stringMatching(/^storage\.updateGB -1 is too small\. /),
    expect.stringMatching(/^scan\.everyHours "often" is text, not a number\. /),
  ]);
  expect(healthCodes(status)).toContain('health.settings-wrong');
  rmSync(file);
  expect(healthCodes((await ranAt(MONDAY_NINE + HOUR_MS)).status)).not.toContain('health.settings-wrong');
});

test('a state that was lost is told for a week, and no longer', async () => {
  await ranAt(MONDAY_NINE);
  writeFileSync(join(places().state, STORE_FILE), 'hello'.repeat(2_000));
  const { status } = await ranAt(MONDAY_NINE + DAY_MS);
  expect(status.health?.store.recovered).toMatchObject({ at: '2026-11-24T08:00:00Z', how: 'backup' });
  const later = await ranAt(MONDAY_NINE + 5 * DAY_MS);
  expect(later.status.health?.store.recovered).toEqual(status.health?.store.recovered);
  expect(healthCodes(later.status)).toContain('health.store-recovered');
  expect((await ranAt(MONDAY_NINE + 9 * DAY_MS)).status.health?.store.recovered).toBeNull();
});

describe('a saved password of which a server changed only what logs in', () => {
  const itadmin = { name: 'itadmin', password: KEPT, admin: true, secureToken: true };
  const savedAndRotated = (appleSilicon: boolean): Before => ({
    spec: { appleSilicon, accounts: [itadmin] },
    prepare: async (mac, { commands: tools, clock }) => {
      const store = new CredentialStore({ commands: withLimits(tools, clock), clock, folder: places().state });
      const secret = new Secret(KEPT);
      const verifiedAt = clock.now() - 2 * DAY_MS;
      const rules = { replace: false, severalSaved: false };
      await store.save({ method: 'local-account', account: 'itadmin', uid: null, secret, verifiedAt }, rules);
      mac.rotatePassword('itadmin', SET_BY_SERVER);
    },
  });

  test('is found out by a run that has nothing to install, and stands in the status until it is saved anew', async () => {
    const told: string[] = [];
    const tells: Log = { ...log, warn: (text) => void told.push(text), child: () => tells };
    const { error, status } = await ranAt(MONDAY_NINE, { log: tells }, savedAndRotated(true));
    expect(error).toBeNull();
    expect(status.health?.passwords).toEqual([{ method: 'local-account', account: 'itadmin', trouble: 'drifted' }]);
    const [problem] = status.problems.filter(({ code }) => code === 'health.password-refused');
    expect(problem?.text).toMatch(/^The saved local account cannot be used: .* no longer the same \(“itadmin”\)\.$/);
    expect(problem?.remedy).toMatch(/Let “itadmin” change its password .* `sudo upkeep auth set`/);
    expect(told.join('\n')).toMatch(/Tried what is saved of “itadmin”: .*no longer the same\. Let “itadmin”/);
    for (const secret of [KEPT, SET_BY_SERVER]) expect(JSON.stringify([status, told])).not.toContain(secret);
    const own = { known: true as const, value: { writtenAt: status.writtenAt, problems: status.problems } };
    expect(examine(healthyFacts({ own })).find(({ code }) => code === 'upkeep.unwell')?.what).toMatch(/itadmin/);
    // Another run on the same state tries nothing, and says the same.
    const again = await ranAt(MONDAY_NINE + 3 * DAY_MS, {}, { spec: { accounts: [itadmin] } });
    expect(again.status.health?.passwords).toEqual(status.health?.passwords);
  });

  test('on Intel nothing depends on it, and nothing is tried', async () => {
    const { status } = await ranAt(MONDAY_NINE, {}, savedAndRotated(false));
    expect(status.health?.passwords).toEqual([]);
  });
});
