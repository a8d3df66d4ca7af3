// The stories that the agent is killed in, short enough to be lived some hundred times.
import { HOUR_MS, MINUTE_MS } from '../../src/domain/instant.ts';
import { intelMac } from '../support/lives.ts';
import { berlin, offer } from '../support/situations.ts';
import type { Story } from './lives.ts';

const START = berlin('2026-11-02T08:30');

/** Somebody puts it off for an hour, is asked again and agrees; an administrator had asked to look meanwhile. */
export const deferredThenAccepted: Story = {
  name: 'put off, then accepted',
  settings: { deadlines: { hard: { date: '2026-11-09' } } },
  spec: intelMac,
  offers: [offer],
  persona: 'agreeable',
  start: START,
  seed: 3,
  requests: [{ afterMs: 100 * MINUTE_MS, request: { kind: 'check' } }],
};

/** Nobody gives in before the hard deadline: warned, and installed at the time that was named. */
export const hardDeadline: Story = {
  name: 'the hard deadline',
  settings: {
    deferral: { menuMinutes: [240], defaultMinutes: 240 },
    deadlines: { timeOfDay: '15:00', hard: { date: '2026-11-02T15:00' } },
  },
  spec: intelMac,
  offers: [offer],
  persona: 'procrastinator',
  start: START,
  seed: 11,
  requests: [],
};

/** The first install fails; the second, after waiting and asking again, succeeds. */
export const installFailsOnce: Story = {
  name: 'the install fails once',
  settings: { deadlines: { hard: { date: '2026-11-09' } } },
  spec: { ...intelMac, faults: [{ name: 'install-fails', times: 1 }] },
  offers: [offer],
  persona: 'agreeable',
  start: START,
  seed: 5,
  requests: [{ afterMs: 2 * HOUR_MS, request: { kind: 'check' } }],
};

export const STORIES = [deferredThenAccepted, hardDeadline, installFailsOnce];
