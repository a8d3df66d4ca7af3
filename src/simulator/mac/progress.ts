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

/** What softwareupdated says of a job in the log, in Apple's words. `portion` is from 0 to 1. */
export type ProgressMessage = { edge: 'start' | 'inter' | 'end'; phase: string; portion: number };

/** Where in the percentages each phase begins, as in captures of downloads by MDM. */
const PHASES: readonly (readonly [from: number, phase: string])[] = [
  [0, 'ACCEPTED'],
  [1, 'RELOADING_SU'],
  [2, 'RELOADING_SFR'],
  [4, 'RELOADING_UPDATE_BRAIN'],
  [5, 'DOWNLOADING_UPDATE_BRAIN'],
  [7, 'PREFLIGHT_WAKEUP'],
  [9, 'PREFLIGHT_PREREQUISITE'],
  [10, 'DOWNLOADING_SFR'],
  [18, 'DOWNLOADING_UPDATE'],
  [54.9, 'DOWNLOADED_UPDATE'],
  [55, 'PREFLIGHT_PERSONALIZE'],
  [60, 'PREFLIGHT_FDR_RECOVERY'],
  [61, 'PREPARING_UPDATE'],
  [99.9, 'PREPARED'],
  [100, 'COMPLETED'],
];
const ENDS: ReadonlySet<string> = new Set(['DOWNLOADED_UPDATE', 'PREPARED', 'COMPLETED']);
const IN_STEPS: ReadonlySet<string> = new Set(['DOWNLOADING_UPDATE', 'PREPARING_UPDATE']);

/** The message that belongs to a percentage of the display. */
export function progressAt(percent: number): ProgressMessage {
  const phase = PHASES.findLast(([from]) => percent >= from)?.[1] ?? 'ACCEPTED';
  const edge = ENDS.has(phase) ? 'end' : IN_STEPS.has(phase) ? 'inter' : 'start';
  return { edge, phase, portion: percent / 100 };
}

/** What is said at the beginning of a job whose bits are there already, by the time since. From then on it is prepared. */
export const FROM_STAGED: readonly { afterMs: number; at: ProgressMessage }[] = [
  { afterMs: 0, at: { edge: 'start', phase: 'ACCEPTED', portion: 0.001 } },
  { afterMs: 5, at: { edge: 'start', phase: 'PREFLIGHT_WAKEUP', portion: 0.01 } },
  { afterMs: 6_450, at: { edge: 'end', phase: 'PREFLIGHT_WAKEUP', portion: 0.079 } },
  { afterMs: 6_451, at: { edge: 'start', phase: 'PREFLIGHT_PREREQUISITE', portion: 0.08 } },
  { afterMs: 6_610, at: { edge: 'start', phase: 'PREFLIGHT_PERSONALIZE', portion: 0.15 } },
  { afterMs: 23_850, at: { edge: 'start', phase: 'PREFLIGHT_FDR_RECOVERY', portion: 0.22 } },
  { afterMs: 25_630, at: { edge: 'start', phase: 'PREPARING_UPDATE', portion: 0.29 } },
];

/** What is said of an accepted install just before the Mac goes down, by the time left. */
export const COMMITTING: readonly { beforeMs: number; at: ProgressMessage }[] = [
  { beforeMs: 7_400, at: { edge: 'start', phase: 'ACCEPTED', portion: 0.001 } },
  { beforeMs: 7_390, at: { edge: 'start', phase: 'PREPARED_COMMITTING_STASH', portion: 0.01 } },
  { beforeMs: 5_300, at: { edge: 'inter', phase: 'PREPARED_COMMITTING_STASH', portion: 0.5045 } },
  { beforeMs: 2_900, at: { edge: 'end', phase: 'PREPARED_COMMITTING_STASH', portion: 0.999 } },
  { beforeMs: 2_890, at: { edge: 'end', phase: 'COMPLETED', portion: 1 } },
  { beforeMs: 2_010, at: { edge: 'start', phase: 'ACCEPTED', portion: 0.001 } },
  { beforeMs: 2_000, at: { edge: 'start', phase: 'APPLYING', portion: 0.01 } },
];
