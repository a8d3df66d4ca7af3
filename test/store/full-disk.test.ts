// A disk without room, and one that cannot be written to. The disks are real, small ones in memory; only root can make
// them, and only where the system lets it.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openForAgent } from '../../src/store/open-for-agent.ts';
import { readPromises } from '../../src/store/promises.ts';
import type { Commit } from '../../src/store/store.ts';
import { MONDAY_NINE } from '../support/situations.ts';

const disk = mkdtempSync(join(tmpdir(), 'upkeep-disk-'));
const canMount = mounts();

function mounts(): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1500k', 'tmpfs', disk], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const step = (n: number): Commit => ({
  at: MONDAY_NINE + n,
  monotonicMs: n,
  type: 'step',
  event: { n, padding: 'x'.repeat(20_000) },
  checkpoint: { version: 2, value: 'assessing', context: { n } },
  because: [],
  wakeAt: null,
  started: [{ id: 'assess', name: 'gatherFacts', recovery: 'probe', input: {} }],
  ended: [],
  heard: [],
  promises: { n },
});

describe.skipIf(!canMount)('a disk of its own (skipped where no disk in memory can be mounted)', () => {
  afterAll(() => {
    execFileSync('umount', [disk]);
    rmSync(disk, { recursive: true, force: true });
  });

  test('that is full: the commit throws and says so, nothing of it is there, and with room again all goes on', () => {
    const directory = join(disk, 'state');
    const { store } = openForAgent(directory, MONDAY_NINE);
    let n = 0;
    let thrown: unknown = null;
    while (thrown === null && n < 500) {
      n += 1;
      try {
        store.commit(step(n));
      } catch (error) {
        thrown = error;
      }
    }
    expect(thrown).toMatchObject({ code: 'store.unusable', message: expect.stringContaining('the disk is full') });
    expect(store.lastSeq()).toBe(n - 1);
    expect(store.openEffects()).toHaveLength(n - 1);
    expect(store.checkpoint()?.context).toEqual({ n: n - 1 });
    expect(() => store.append({ id: 'x', at: 1, by: { kind: 'admin' }, request: { kind: 'check' } })).toThrow();
    store.close();
    // The promises are those of the last commit, or of the one that did not get in: never older, never half.
    const kept = readPromises(directory)?.promises as { n: number } | undefined;
    expect([n - 1, n]).toContain(kept?.n);

    execFileSync('mount', ['-o', 'remount,size=20m', disk]);
    const again = openForAgent(directory, MONDAY_NINE);
    expect(again.found).toBeNull();
    expect(again.store.checkpoint()?.context).toEqual({ n: n - 1 });
    again.store.commit(step(n));
    expect(again.store.lastSeq()).toBe(n);
    again.store.closeCleanly();
  });

  test('that is read-only: the agent does not begin, says so, and moves nothing', () => {
    const directory = join(disk, 'state');
    writeFileSync(join(disk, 'marker'), '');
    execFileSync('mount', ['-o', 'remount,ro', disk]);
    try {
      expect(() => openForAgent(directory, MONDAY_NINE)).toThrow(
        expect.objectContaining({
          code: 'store.unusable',
          message: expect.stringMatching(/read-only|not allowed|unable to open/),
        }),
      );
    } finally {
      execFileSync('mount', ['-o', 'remount,rw', disk]);
    }
    const again = openForAgent(directory, MONDAY_NINE);
    expect(again.found).toBeNull();
    again.store.closeCleanly();
  });
});
