import type { Random } from '../random.ts';

/** One reading of the progress display and the wait before it. */
export type Reading = { percent: number; afterMs: number };

/**
 * How the percentage of one download moves: quick steps up to 16, silence while the server is asked, the bits up to 60,
 * silence, then preparation up to 98.51, a last long silence, and the jump to 100. Without preparation the second half
 * passes in a moment. The lengths of the silences stay below what callers must bear (docs/simulated-mac.md).
 */
export function readings(random: Random, options: { downloadMs: number; prepareMs: number }): Reading[] {
  const list: Reading[] = PREFLIGHT.map((percent) => ({ percent, afterMs: random.whole(300, 4_000) }));
  list.push(...stretch(random, 18.25, 54.9, 28, options.downloadMs, random.whole(15_000, 100_000)));
  list.push({ percent: 55, afterMs: random.whole(500, 4_000) }, { percent: 60, afterMs: random.whole(500, 4_000) });
  const silence = Math.min(8 * 60_000, options.prepareMs * 0.25);
  list.push(...stretch(random, 61.2, 98.41, 22, options.prepareMs - 2 * silence, silence));
  list.push({ percent: 98.51, afterMs: 500 }, { percent: 99.9, afterMs: silence }, { percent: 100, afterMs: 700 });
  return list;
}

const PREFLIGHT = [0.1, 1, 1.9, 3, 3.9, 4, 6.9, 7, 8.9, 9, 9.9, 10, 16] as const;

function stretch(random: Random, from: number, to: number, steps: number, ms: number, firstMs: number): Reading[] {
  const list: Reading[] = [];
  for (let step = 0; step < steps; step += 1) {
    const even = from + ((to - from) * step) / (steps - 1);
    const percent = step === 0 || step === steps - 1 ? even : even + random.between(-0.2, 0.2);
    const wait = (Math.max(0, ms) / steps) * random.between(0.6, 1.4);
    list.push({ percent: Math.round(percent * 100) / 100, afterMs: Math.round(wait + (step === 0 ? firstMs : 0)) });
  }
  return list;
}
