// Time as it misbehaves on real Macs: set back and forward by a year between wakes, another zone, a week of sleep. Promises
// hold all the same (the invariants of every life check warning, promise and deferral), and the update gets installed.
import { describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, type Instant, MINUTE_MS } from '../../src/domain/instant.ts';
import type { VirtualMac } from '../../src/simulator/mac/virtual-mac.ts';
import { intelMac, live } from '../support/lives.ts';
import { berlin } from '../support/situations.ts';

const START = berlin('2026-11-02T08:00');
const YEAR_MS = 365 * DAY_MS;

const at = (afterMs: number, act: (mac: VirtualMac) => void) => (mac: VirtualMac) =>
  void mac.world.after(afterMs, () => act(mac));

const restartsOf = (life: Awaited<ReturnType<typeof live>>) =>
  life.run.mac.happenings.filter((one) => one.kind === 'restart' && one.cause === 'softwareupdate');

type Story = { name: string; arrange: (mac: VirtualMac) => void; before?: Instant; days?: number };

const stories: Story[] = [
  // The hard deadline (16 Nov) is not put off by a year; whoever set the clock has the full time from then on, no more.
  { name: 'a clock set back by a year after a day', arrange: at(26 * HOUR_MS, (mac) => mac.world.jumpWall(-YEAR_MS)) },
  {
    name: 'a clock a year ahead when the update was found, and right again two days later',
    arrange: (mac) => {
      mac.world.jumpWall(YEAR_MS);
      at(50 * HOUR_MS, () => mac.world.jumpWall(-YEAR_MS))(mac);
    },
  },
  { name: 'a clock set forward by a year', arrange: at(26 * HOUR_MS, (mac) => mac.world.jumpWall(YEAR_MS)), days: 6 },
  {
    name: 'a clock forward by a year for an hour',
    arrange: (mac) => {
      at(26 * HOUR_MS, () => mac.world.jumpWall(YEAR_MS))(mac);
      at(27 * HOUR_MS, () => mac.world.jumpWall(-YEAR_MS))(mac);
    },
  },
  {
    name: 'a clock set back by a year while the warning stands there',
    arrange: (mac) => {
      mac.screen.onSeen((window) => {
        if (!String(window.shows.title).startsWith('This Mac restarts at') || mac.zone === 'UTC') return;
        mac.travel('UTC');
        mac.world.after(5 * MINUTE_MS, () => mac.world.jumpWall(-YEAR_MS));
      });
    },
    days: 40,
  },
  { name: 'a flight to Tokyo', arrange: at(4 * DAY_MS, (mac) => mac.travel('Asia/Tokyo')) },
  { name: 'a flight to Honolulu', arrange: at(4 * DAY_MS, (mac) => mac.travel('Pacific/Honolulu')) },
  {
    name: 'a week of sleep across the soft deadline',
    arrange: (mac) => {
      at(8 * DAY_MS, () => mac.sleep())(mac);
      at(15 * DAY_MS, () => mac.wakeUp())(mac);
    },
    days: 30,
  },
];

describe.each(['procrastinator', 'nine-to-five'] as const)('%s', (persona) => {
  test.each(stories)('$name: promises are kept and the update gets installed once', async ({ arrange, days = 24 }) => {
    const life = await live({ arrange, persona, days, spec: intelMac, start: START });
    expect(life.report.invariants.violated).toEqual([]);
    expect(restartsOf(life)).toHaveLength(1);
    expect(life.report.outcome).toBe('updated');
  });
});
