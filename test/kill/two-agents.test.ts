// Two agents started at once, as by launchd and by a hand: one works, the other leaves at once with exit code 75.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { plistFile } from '../../src/adapters/launchd/plists.ts';
import { placesUnder } from '../../src/adapters/places.ts';
import { canBeCalled } from '../../src/simulator/door/layout.ts';
import { MacUnderRoot } from '../../src/simulator/door/mac-under-root.ts';
import { LOCK_FILE, lockAgent } from '../../src/store/lock.ts';
import { isThere } from '../support/processes.ts';
import { AGENT, bundledAgent, prepare } from './lives.ts';
import { deferredThenAccepted } from './stories.ts';

const TIMES = 50;
/** So often whoever works is let come to its end; after that it is killed, which is quicker. */
const TO_THE_END = 5;

describe.skipIf(!canBeCalled())('two agents at once (skipped where there is no /usr/bin/perl)', () => {
  let agent: Awaited<ReturnType<typeof bundledAgent>>;
  beforeAll(async () => {
    agent = await bundledAgent();
  });
  afterAll(() => agent?.remove());

  /** A Mac on which nobody but the test starts the agent. */
  async function withMac(story: (mac: MacUnderRoot, start: () => Started) => Promise<void>): Promise<void> {
    const folder = mkdtempSync(join(tmpdir(), 'ua-'));
    const mac = new MacUnderRoot({ ...deferredThenAccepted, root: folder, time: 'eager' });
    try {
      const places = placesUnder(mac.root);
      prepare(mac, places, agent.program, deferredThenAccepted);
      rmSync(plistFile(places, AGENT));
      await mac.boot();
      await story(mac, () => mac.start([process.execPath, agent.program, 'run', '--root', mac.root]));
    } finally {
      await mac.shutDown();
      rmSync(folder, { recursive: true, force: true });
    }
  }

  test(`${TIMES} times: exactly one works, the other leaves at once`, { timeout: 600_000 }, () =>
    withMac(async (mac, start) => {
      for (let time = 0; time < TIMES; time += 1) {
        const two = [start(), start()];
        // Time stands while nobody drives: whoever works cannot come to its end before the other has left.
        const first = await Promise.race(two.map(({ ended }) => ended));
        expect(first).toMatchObject({ exitCode: 75, stderr: expect.stringContaining('(agent.locked)') });
        expect(() => lockAgent(placesUnder(mac.root).state)).toThrow(expect.objectContaining({ code: 'agent.locked' }));
        const ends = Promise.all(two.map(({ ended }) => ended));
        if (time < TO_THE_END) {
          let codes: (number | null)[] | null = null;
          void ends.then((all) => {
            codes = all.map(({ exitCode }) => exitCode);
          });
          await mac.runUntil(() => codes !== null);
          expect([...(codes ?? [])].sort()).toEqual([0, 75]);
        } else {
          const working = two.find(({ pid }) => isThere(pid));
          await mac.kill(working?.pid ?? -1, { tools: true });
          expect((await ends).map(({ signal }) => signal).sort()).toEqual([null, 'SIGKILL'].sort());
        }
      }
    }),
  );

  test('the lock of an agent that is killed is free at once', () =>
    withMac(async (mac, start) => {
      const { pid, ended } = start();
      const { state } = placesUnder(mac.root);
      await expect.poll(() => isFree(state), { timeout: 20_000 }).toBe(false);
      await mac.kill(pid, { tools: true });
      expect(await ended).toMatchObject({ signal: 'SIGKILL' });
      expect(isFree(state)).toBe(true);
    }));
});

type Started = ReturnType<MacUnderRoot['start']>;

function isFree(state: string): boolean {
  if (!existsSync(join(state, LOCK_FILE))) return true;
  try {
    lockAgent(state).release();
    return true;
  } catch {
    return false;
  }
}
