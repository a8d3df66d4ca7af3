// Whole lives from seeds of Macs that are enrolled with a management server, whatever is wrong with that: the same must never
// happen as without one. A failing seed prints its options. UPKEEP_SEEDS=from-to runs others.
import { expect, test } from 'vitest';
import { live } from '../support/lives.ts';
import { lifeFromSeed } from '../support/random-life.ts';
import { nanoFromSeed, serverFromSeed } from '../support/random-server.ts';

const [from = 1, to = 8] = (process.env.UPKEEP_SEEDS ?? '1-8').split('-').map(Number);
const CHUNK = 8;
const chunks = Array.from({ length: Math.ceil((to - from + 1) / CHUNK) }, (_, index) => from + index * CHUNK);
const restartedBy = new Set<string>();

const runs = chunks.flatMap((first) => [
  ['Jamf Pro', first, serverFromSeed] as const,
  ['NanoMDM', first, nanoFromSeed] as const,
]);

test.each(runs)('with %s nothing that must not happen happens (8 seeds from %i)', async (_, first, serverFrom) => {
  for (let seed = first; seed < first + CHUNK && seed <= to; seed += 1) {
    const { told, ...life } = lifeFromSeed(seed);
    const server = serverFrom(seed);
    const { report } = await live({ ...life, mdm: server.mdm });
    expect(report.invariants.violated, `${told} ${server.told}`).toEqual([]);
    for (const { by } of report.restarts) restartedBy.add(by);
  }
});

test('the seeds really live: some Macs were restarted for their server', () => {
  expect([...restartedBy]).toContain('mdm');
});
