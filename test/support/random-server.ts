// A management server from one seed: what it is like, and what is wrong with it when.

import type { JamfFaultInput } from '../../src/simulator/mdm/jamf-pro/faults.ts';
import type { NanoFaultInput } from '../../src/simulator/mdm/nanomdm/faults.ts';
import { type Random, random } from '../../src/simulator/random.ts';
import type { TimedFault } from '../../src/simulator/simulated-server.ts';
import type { ServerInput } from '../../src/simulator/simulated-servers.ts';
import { canary } from './canary.ts';

const HOURS = 20 * 24;

export function serverFromSeed(seed: number): { mdm: ServerInput; told: string } {
  const dice = random(`server ${seed}`);
  const faults = faultsFrom(dice);
  const server = {
    version: dice.pick(['10.49', '11.17', '11.27.1', '11.30.1']),
    featureOn: dice.chance(0.8),
    credential: dice.pick(['client', 'client', 'account'] as const),
    tokenSeconds: dice.pick([60, 600, 1_800]),
    computerIdKnown: dice.chance(0.5),
  };
  return {
    mdm: { service: 'jamf-pro', secret: canary('jamf'), ...server, faults },
    told: JSON.stringify({ ...server, faults }),
  };
}

/** A NanoMDM, likewise. */
export function nanoFromSeed(seed: number): { mdm: ServerInput; told: string } {
  const dice = random(`nanomdm ${seed}`);
  const faults = timed(dice, [...connectionFaults(dice), ...nanoFaults(dice)]);
  return { mdm: { service: 'nanomdm', secret: canary('nano'), faults }, told: JSON.stringify({ faults }) };
}

function nanoFaults(dice: Random): NanoFaultInput[] {
  const times = () => dice.whole(1, 3);
  return [
    { name: 'unauthorized', by: dice.pick(['nanomdm', 'kmfddm']), times: times() },
    { name: 'kmfddm-absent' },
    { name: 'command-error', times: times() },
    { name: 'push-error', times: times() },
    { name: 'partial', times: times() },
    { name: 'declaration-invalid', times: times() },
    { name: 'declarations-lost' },
    { name: 'codes-reversed' },
  ];
}

function connectionFaults(dice: Random) {
  const times = () => dice.whole(1, 3);
  return [
    { name: 'unreachable' },
    { name: 'rate-limited', times: times(), retryAfter: dice.whole(1, 600) },
    { name: 'server-error', times: times() },
    { name: 'answer-lost', times: times() },
    { name: 'cut-off', times: times() },
    { name: 'slow', times: times(), seconds: dice.whole(1, 90) },
    { name: 'push-lost', times: times() },
  ] as const;
}

function timed<Fault>(dice: Random, possible: readonly Fault[]): TimedFault<Fault>[] {
  return possible
    .filter(() => dice.chance(0.12))
    .map((fault) => {
      const fromHour = dice.whole(0, HOURS);
      return { fault, fromHour, ...(dice.chance(0.5) ? { untilHour: fromHour + dice.whole(1, 100) } : {}) };
    });
}

function faultsFrom(dice: Random): TimedFault<JamfFaultInput>[] {
  const times = () => dice.whole(1, 3);
  const day = () => String(dice.whole(4, 20)).padStart(2, '0');
  const reason = dice.pick([
    'NO_DISK_SPACE',
    'NO_UPDATES_AVAILABLE',
    'EXISTING_PLAN_FOR_DEVICE_IN_PROGRESS',
    'MDM_CLIENT_EXCEPTION',
    'UNKNOWN',
  ] as const);
  const possible: JamfFaultInput[] = [
    ...connectionFaults(dice),
    { name: 'maintenance', times: times() },
    { name: 'privilege-denied', privilege: 'Create Managed Software Updates', times: times() },
    { name: 'token-ends', times: times() },
    { name: 'feature-off' },
    { name: 'feature-cycled', times: 1, minutes: dice.whole(1, 600) },
    { name: 're-enrolled' },
    { name: 'computer-unmatched', times: times() },
    { name: 'bootstrap-token-lost' },
    { name: 'bootstrap-token-wrong' },
    { name: 'plan-fails', reason, times: times(), late: dice.chance(0.5) },
    { name: 'plan-in-progress', minutes: dice.whole(10, 5_000) },
    { name: 'plan-stuck', times: times() },
    { name: 'plan-lags', seconds: dice.whole(1, 300) },
    { name: 'plan-late', times: times(), hours: dice.whole(1, 40) },
    { name: 'declared-by-somebody', by: `2026-11-${day()}T${dice.pick(['03', '12', '19'])}:00:00` },
    { name: 'declaration-withdrawn', times: times(), hours: dice.whole(1, 100) },
    { name: 'blank-push-refused', times: times() },
  ];
  return timed(dice, possible);
}
