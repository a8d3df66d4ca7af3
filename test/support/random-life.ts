// A whole life of a Mac from one seed: person, machine, policy, faults, and what the world does to it meanwhile. The
// options are part of every failure message, so that a seed tells the whole story again.
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/domain/instant.ts';
import type { Offer } from '../../src/domain/offer.ts';
import type { Settings } from '../../src/domain/settings.ts';
import type { Fault } from '../../src/simulator/mac/faults.ts';
import { defaultMacSpec } from '../../src/simulator/mac/mac-spec.ts';
import type { VirtualMac } from '../../src/simulator/mac/virtual-mac.ts';
import { type Random, random } from '../../src/simulator/random.ts';
import type { Cut, SimulationInput } from '../../src/simulator/simulate.ts';
import { canary } from './canary.ts';
import { threeWeeks } from './lives.ts';
import { berlin, offer } from './situations.ts';

export const nextRelease: Offer = {
  ...offer,
  label: 'macOS Tahoe 26.6.3-25G90',
  title: 'macOS Tahoe 26.6.3',
  version: '26.6.3',
  build: '25G90',
};

const START = berlin('2026-11-02T08:00');
const DAYS = 24;

export type RandomLife = Omit<SimulationInput, 'store'> & { told: string };

export function lifeFromSeed(seed: number): RandomLife {
  const dice = random(`life ${seed}`);
  const persona = dice.pick(['agreeable', 'procrastinator', 'absent', 'nine-to-five', 'forgetful'] as const);
  const faults = faultsFrom(dice);
  const settings = settingsFrom(dice);
  const cuts = cutsFrom(dice);
  const world = worldFrom(dice);
  const appleSilicon = dice.chance(0.5);
  const battery = dice.chance(0.2);
  const spec = {
    ...defaultMacSpec(),
    password: canary('anna'),
    appleSilicon,
    kind: appleSilicon || battery ? ('laptop' as const) : dice.pick(['laptop', 'desktop'] as const),
    power: battery ? ('battery' as const) : ('ac' as const),
    batteryPercent: dice.whole(20, 100),
    loggedIn: dice.chance(0.8),
    faults,
  };
  const told = JSON.stringify({
    seed,
    persona,
    appleSilicon,
    battery,
    faults,
    cuts,
    world: world.map(({ name }) => name),
    settings: settings.deadlines,
  });
  return {
    settings,
    spec,
    offers: [offer],
    persona,
    days: DAYS,
    start: START,
    seed,
    cuts,
    arrange: (mac) => {
      for (const { act } of world) act(mac);
    },
    told,
  };
}

function settingsFrom(dice: Random): Settings {
  const none = { count: null, days: null, date: null };
  const { deadlines } = threeWeeks;
  return {
    ...threeWeeks,
    activeHours: dice.chance(0.5) ? [] : threeWeeks.activeHours,
    unattended: { install: dice.pick(['always', 'after-soft-deadline', 'never'] as const) },
    deadlines: {
      ...deadlines,
      newTarget: dice.pick(['keep', 'restart'] as const),
      soft: dice.chance(0.2) ? none : deadlines.soft,
      hard: dice.chance(0.2) ? { ...none, count: 3 } : deadlines.hard,
    },
  };
}

function faultsFrom(dice: Random): Fault[] {
  const times = () => dice.whole(1, 3);
  const possible: Fault[] = [
    { name: 'offline', from: START + dice.whole(0, 10) * DAY_MS, until: START + dice.whole(11, 15) * DAY_MS },
    { name: 'slow', factor: dice.whole(2, 5) },
    { name: 'install-fails', times: times() },
    { name: 'queued-but-never-happens', times: times() },
    { name: 'dialog-crashes', times: times() },
    { name: 'list-hangs', times: times() },
    { name: 'list-garbage', times: times() },
    { name: 'list-fails', times: times() },
    { name: 'staged-vanishes', times: times() },
    { name: 'download-stalls', times: times() },
    { name: 'wake-missed', times: times() },
  ];
  return possible.filter(() => dice.chance(0.2));
}

function cutsFrom(dice: Random): Cut[] {
  if (!dice.chance(0.3)) return [];
  return Array.from({ length: dice.whole(1, 5) }, () => ({
    commit: dice.whole(1, 150),
    when: dice.pick(['before', 'after'] as const),
  }));
}

/** What happens to the Mac from outside: clocks, power, places, Apple, calls. */
function worldFrom(dice: Random): { name: string; act: (mac: VirtualMac) => void }[] {
  const when = () => dice.whole(1, 20 * 24) * HOUR_MS;
  const later = (name: string, act: (mac: VirtualMac) => void) => {
    const delayMs = when();
    return {
      name: `${name} after ${delayMs / HOUR_MS} h`,
      act: (mac: VirtualMac) => void mac.world.after(delayMs, () => act(mac)),
    };
  };
  const jumpMs = dice.pick([-DAY_MS, DAY_MS, HOUR_MS, -HOUR_MS, 20 * DAY_MS]);
  const zone = dice.pick(['America/New_York', 'Asia/Tokyo']);
  const callMinutes = dice.whole(10, 200);
  const possible = [
    later(`clock jumps ${jumpMs / HOUR_MS} h`, (mac) => mac.world.jumpWall(jumpMs)),
    later('power cut', (mac) => mac.cutPower(5 * MINUTE_MS)),
    later('power cut', (mac) => mac.cutPower(5 * MINUTE_MS)),
    later(`travels to ${zone}`, (mac) => mac.travel(zone)),
    later('the person restarts', (mac) => mac.restart('person')),
    later('Apple withdraws it', (mac) => mac.withdraw(offer.label)),
    later('Apple publishes the next', (mac) => mac.publish([nextRelease])),
    later(`a call of ${callMinutes} minutes`, (mac) => {
      mac.holdDisplay('zoom.us');
      mac.world.after(callMinutes * MINUTE_MS, () => mac.releaseDisplay('zoom.us'));
    }),
  ];
  return possible.filter(() => dice.chance(0.25));
}
