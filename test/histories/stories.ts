// The lives that are recorded for each release: short, and together through every state of the chart that a Mac reaches.
import { DAY_MS, HOUR_MS } from '../../src/domain/instant.ts';
import type { SimulationInput } from '../../src/simulator/simulate.ts';
import { intelMac, siliconMac, threeWeeks } from '../support/lives.ts';
import { berlin } from '../support/situations.ts';

export type Story = Partial<Omit<SimulationInput, 'store'>>;

const START = berlin('2026-11-02T08:00');
const admin = { kind: 'admin' } as const;

/** The same rules within a few days, so that a whole story stays readable. */
const fewDays = {
  ...threeWeeks,
  deadlines: {
    ...threeWeeks.deadlines,
    focus: { count: null, days: 1, date: null },
    soft: { count: 5, days: 2, date: null },
    hard: { count: null, days: 3, date: null },
  },
};

export const STORIES: Record<string, Story> = {
  'puts-off-until-the-hard-deadline': { settings: fewDays, days: 5 },
  'nobody-there': { settings: fewDays, persona: 'absent', days: 5 },
  'apple-silicon-password': { settings: fewDays, spec: siliconMac, persona: 'agreeable', days: 2, seed: 3 },
  'apple-silicon-wrong-password': { settings: fewDays, spec: siliconMac, persona: 'forgetful', days: 3, seed: 1 },
  'chooses-times': { persona: 'nine-to-five', days: 6, seed: 2 },
  'install-fails': {
    settings: { ...fewDays, budgets: { ...fewDays.budgets, installAttempts: 2 } },
    spec: {
      ...intelMac,
      faults: [{ name: 'install-fails', times: 3, text: 'Failed to personalize the software update', exitCode: 1 }],
    },
    persona: 'agreeable',
    days: 4,
  },
  requests: {
    days: 5,
    requests: [
      { afterMs: 2 * HOUR_MS, by: { kind: 'user', uid: 501 }, request: { kind: 'defer', minutes: 90 } },
      { afterMs: 3 * HOUR_MS, by: { kind: 'user', uid: 501 }, request: { kind: 'pause', until: 1 } },
      {
        afterMs: 4 * HOUR_MS,
        by: admin,
        request: { kind: 'pause', until: START + 3 * DAY_MS },
      },
      { afterMs: 12 * HOUR_MS, by: admin, request: { kind: 'resume' } },
      { afterMs: 26 * HOUR_MS, by: admin, request: { kind: 'install' } },
    ],
  },
};
