// Whole lives of a Mac for tests: what to simulate, and the report of it.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readSettingsFile } from '../../src/adapters/settings/read-settings-file.ts';
import type { Offer } from '../../src/domain/offer.ts';
import type { Settings } from '../../src/domain/settings.ts';
import { defaultMacSpec, type MacSpec, readMacSpec } from '../../src/simulator/mac/mac-spec.ts';
import { reportOn, type SimulationReport } from '../../src/simulator/report.ts';
import { type SimulationInput, type SimulationRun, simulate } from '../../src/simulator/simulate.ts';
import { Store } from '../../src/store/store.ts';
import { canary } from './canary.ts';
import { berlin, offer, ZONE } from './situations.ts';

export const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
export const THREE_WEEKS = join(root, 'examples/three-weeks.mobileconfig');

export const threeWeeks: Settings = (await readSettingsFile(THREE_WEEKS, { zone: ZONE })).settings;
export const intelMac: MacSpec = {
  ...defaultMacSpec(),
  password: canary('anna'),
  model: 'iMac20,1',
  appleSilicon: false,
  kind: 'desktop',
};
export const siliconMac: MacSpec = { ...defaultMacSpec(), password: canary('anna') };
/** A Mac as its JSON describes it. */
export function specWith(raw: object): MacSpec {
  const read = readMacSpec({ password: canary('anna'), ...raw });
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.spec;
}

export const commandLineTools: Offer = {
  ...offer,
  label: 'Command Line Tools for Xcode 26.6-26.6',
  title: 'Command Line Tools for Xcode 26.6',
  version: '26.6',
  build: null,
  restart: false,
  kind: 'clt',
};

/** What is lived where a test says nothing else: three weeks of an Intel Mac whose person puts everything off. */
export const usualStory = {
  settings: threeWeeks,
  spec: intelMac,
  offers: [commandLineTools, offer],
  persona: 'procrastinator',
  days: 21,
  start: berlin('2026-11-02T08:00'),
  seed: 11,
} satisfies Omit<SimulationInput, 'store'>;

export type Life = { run: SimulationRun; report: SimulationReport };

/** Lives one life in memory. */
export async function live(changes: Partial<Omit<SimulationInput, 'store'>> = {}): Promise<Life> {
  const store = Store.inMemory();
  try {
    const input: SimulationInput = { ...usualStory, ...changes, store };
    const run = await simulate(input);
    return { run, report: reportOn(input, run) };
  } finally {
    store.close();
  }
}
