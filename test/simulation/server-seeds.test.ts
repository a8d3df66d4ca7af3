// Whole lives from seeds of Macs that are enrolled with a management server, whatever is wrong with that: the same must never
// happen as without one. Every fourth is a NanoMDM, the others are Jamf Pro. A failing seed prints its options. UPKEEP_SEEDS=from-to runs others.
import { expect, test } from 'vitest';
import { live } from '../support/lives.ts';
import { lifeFromSeed } from '../support/random-life.ts';
import { nanoFromSeed, serverFromSeed } from '../support/random-server.ts';

const [from = 1, to = 8] = (process.env.UPKEEP_SEEDS ?? '1-8').split('-').map(Number);
const CHUNK = 8;
const chunks = Array.from({ length: Math.ceil((to - from + 1) / CHUNK) }, (_, index) => from + index * CHUNK);
const restartedBy = new Set<string>();

test.each(chunks)('nothing that must not happen happens (8 seeds from %i)', async (first) => {
  for (let seed = first; seed < first + CHUNK && seed <= to; seed += 1) {
    const { told, ...life } = lifeFromSeed(seed);
    const server = seed % 4 === 0 ? nanoFromSeed(seed) : serverFromSeed(seed);
    const { report } = await live({ ...life, mdm: server.mdm });
    expect(report.invariants.violated, `${told} ${server.told}`).toEqual([]);
    for (const { by } of report.restarts) restartedBy.add(by);
  }
});

test('the seeds really live: some Macs were restarted for their server', () => {
  expect([...restartedBy]).toContain('mdm');
});
