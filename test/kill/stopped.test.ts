// SIGTERM, as launchd sends it at a shutdown or `launchctl bootout`: the agent takes its dialog back, ends what may be
// ended, leaves an install alone, and goes on at its next wake as if nothing had been.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { placesUnder } from '../../src/adapters/places.ts';
import { readStatus } from '../../src/agent/status-file.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../src/domain/instant.ts';
import { canBeCalled } from '../../src/simulator/door/layout.ts';
import { MacUnderRoot } from '../../src/simulator/door/mac-under-root.ts';
import { signalTo } from '../../src/simulator/door/signal.ts';
import { Store } from '../../src/store/store.ts';
import { isThere } from '../support/processes.ts';
import { AGENT, bundledAgent, prepare } from './lives.ts';
import { deferredThenAccepted } from './stories.ts';

describe.skipIf(!canBeCalled())('stopped with SIGTERM (skipped where there is no /usr/bin/perl)', () => {
  let agent: Awaited<ReturnType<typeof bundledAgent>>;
  beforeAll(async () => {
    agent = await bundledAgent();
  });
  afterAll(() => agent?.remove());

  async function withMac(persona: 'agreeable' | null, story: (mac: MacUnderRoot) => Promise<void>): Promise<void> {
    const folder = mkdtempSync(join(tmpdir(), 'us-'));
    const mac = new MacUnderRoot({ ...deferredThenAccepted, persona, root: folder, time: 'eager' });
    try {
      prepare(mac, placesUnder(mac.root), agent.program, deferredThenAccepted);
      await mac.boot();
      await story(mac);
    } finally {
      await mac.shutDown();
      rmSync(folder, { recursive: true, force: true });
    }
  }

  /** Asks the agent to end; time stands meanwhile, so whatever it waited for would not come. */
  async function terminate(mac: MacUnderRoot): Promise<void> {
    const pid = mac.pidOf(AGENT);
    if (pid === null) throw new Error('the agent does not run');
    mac.hold();
    signalTo(pid, 'SIGTERM');
    await expect.poll(() => isThere(pid), { timeout: 30_000 }).toBe(false);
    mac.release();
    await mac.runUntil(() => mac.pidOf(AGENT) !== pid, SECOND_MS);
  }

  const isAsking = (mac: MacUnderRoot) => mac.mac.screen.windows().length > 0;
  const state = (mac: MacUnderRoot) => placesUnder(mac.root).state;

  test('with a dialog open: it is taken back, and shown again at the next wake', { timeout: 120_000 }, () =>
    withMac(null, async (mac) => {
      expect(await mac.runUntil(() => isAsking(mac), DAY_MS)).toBe('stopped');
      const before = readStatus(state(mac));
      await terminate(mac);
      expect(isAsking(mac)).toBe(false);
      expect(mac.mac.jobs.facts(AGENT)).toMatchObject({ lastExitCode: 75 });
      expect(readStatus(state(mac))).toMatchObject({ health: { agent: { run: 'stopped' } } });
      expect(await mac.runUntil(() => isAsking(mac), 10 * MINUTE_MS)).toBe('stopped');
      expect(readStatus(state(mac))).toMatchObject({ deadlines: before.deadlines, deferralCount: 0 });
    }),
  );

  test(
    'with an install under way: it goes on, is not ordered again, and what came of it is found out',
    {
      timeout: 240_000,
    },
    () =>
      withMac('agreeable', async (mac) => {
        const installs = () => mac.mac.calls.filter((call) => call.args.includes('--install')).length;
        expect(await mac.runUntil(() => installs() > 0, 2 * DAY_MS)).toBe('stopped');
        await terminate(mac);
        const isUpToDate = () => readStatus(state(mac)).state === 'resting.upToDate' && mac.pidOf(AGENT) === null;
        expect(await mac.runUntil(isUpToDate, 6 * HOUR_MS)).toBe('stopped');
        expect(installs()).toBe(1);
        expect(mac.mac.os.version).toBe('26.6.2');
        expect(mac.mac.happenings.filter(({ kind }) => kind === 'restart')).toHaveLength(1);
        const store = Store.openReadOnly(state(mac));
        expect(store.openEffects()).toEqual([]);
        store.close();
      }),
  );
});
