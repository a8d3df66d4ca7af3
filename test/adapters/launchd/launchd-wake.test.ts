// Arming the next wake with a launchd that answers as the real one does: late, wrongly, or not at all. Files are real,
// time is virtual.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { withLimits } from '../../../src/adapters/commands/limits.ts';
import { launchdWake } from '../../../src/adapters/launchd/launchd-wake.ts';
import { plistFile, readPlist, WAKE_LABEL } from '../../../src/adapters/launchd/plists.ts';
import { placesUnder } from '../../../src/adapters/places.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../src/domain/instant.ts';
import { UpkeepError } from '../../../src/domain/problem.ts';
import { noLog } from '../../../src/ports/log.ts';
import { VirtualClock } from '../../../src/simulator/virtual-clock.ts';
import { berlin, MONDAY_NINE } from '../../support/situations.ts';
import { awakeClock } from '../scripted-commands.ts';
import { FakeLaunchctl } from './fake-launchctl.ts';

let root: string;
let world: VirtualClock;
let launchctl: FakeLaunchctl;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'upkeep-wake-'));
  mkdirSync(placesUnder(root).launchDaemons, { recursive: true });
  world = new VirtualClock(MONDAY_NINE);
  launchctl = new FakeLaunchctl(awakeClock(world));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const file = () => plistFile(placesUnder(root), WAKE_LABEL);
const loaded = () => launchctl.loaded.get(WAKE_LABEL);
const timesOf = (text: string | undefined) => readPlist(text ?? '')?.times;
const names = () => readdirSync(placesUnder(root).launchDaemons);

function wake() {
  const clock = awakeClock(world);
  return launchdWake({ commands: withLimits(launchctl, clock), clock, places: placesUnder(root), log: noLog });
}

/** Lives on until the promise is settled, ten minutes at most. */
async function ended(promise: Promise<void>): Promise<'armed' | 'never' | UpkeepError> {
  let result: 'armed' | 'never' | UpkeepError = 'never';
  promise.then(
    () => {
      result = 'armed';
    },
    (error: unknown) => {
      if (!(error instanceof UpkeepError)) throw error;
      result = error;
    },
  );
  await world.runUntil(world.now() + 10 * MINUTE_MS, () => result !== 'never');
  return result;
}

const TEN = { Month: 11, Day: 2, Hour: 10, Minute: 0 };
const TWELVE = { Month: 11, Day: 2, Hour: 12, Minute: 0 };
/** Should the agent die before it could do anything, it is started once more five minutes later. */
const withSpare = (time: typeof TEN) => [time, { ...time, Minute: time.Minute + 5 }];
const ten = berlin('2026-11-02T10:00');
const twelve = berlin('2026-11-02T12:00');

describe('arming', () => {
  test('puts the time into the file, for all to read, and loads the job', async () => {
    expect(await ended(wake().arm(ten))).toBe('armed');
    expect(timesOf(loaded())).toEqual(withSpare(TEN));
    expect(readFileSync(file(), 'utf8')).toBe(loaded());
    expect((statSync(file()).mode & 0o777).toString(8)).toBe('644');
    expect(names()).toEqual(['org.upkeep.wake.plist']);
  });

  test('anew replaces the time', async () => {
    await ended(wake().arm(ten));
    expect(await ended(wake().arm(twelve))).toBe('armed');
    expect(timesOf(loaded())).toEqual(withSpare(TWELVE));
    expect(readFileSync(file(), 'utf8')).toBe(loaded());
  });

  test('the same time again costs one look and no writing', async () => {
    await ended(wake().arm(ten));
    const before = statSync(file()).ino;
    launchctl.calls.length = 0;
    expect(await ended(wake().arm(ten))).toBe('armed');
    expect(launchctl.calls).toEqual(['print']);
    expect(statSync(file()).ino).toBe(before);
  });

  test('loads a job that somebody has taken out, though its file is as it should be', async () => {
    await ended(wake().arm(ten));
    launchctl.loaded.clear();
    expect(await ended(wake().arm(ten))).toBe('armed');
    expect(timesOf(loaded())).toEqual(withSpare(TEN));
  });

  test('a file that somebody broke is written anew', async () => {
    writeFileSync(file(), 'no plist');
    expect(await ended(wake().arm(ten))).toBe('armed');
    expect(timesOf(loaded())).toEqual(withSpare(TEN));
  });
});

describe('while the agent works', () => {
  test('the job comes every five minutes as well, and keeps the time armed last', async () => {
    await ended(wake().arm(ten));
    expect(await ended(wake().working())).toBe('armed');
    expect(timesOf(loaded())).toEqual(withSpare(TEN));
    expect(loaded()).toContain('<key>StartInterval</key>\n    <integer>300</integer>');
  });

  test('and no longer once it rests', async () => {
    await ended(wake().working());
    await ended(wake().arm(twelve));
    expect(timesOf(loaded())).toEqual(withSpare(TWELVE));
    expect(loaded()).not.toContain('StartInterval');
  });

  test('without any time before, the five minutes alone', async () => {
    expect(await ended(wake().working())).toBe('armed');
    expect(timesOf(loaded())).toEqual([]);
    expect(loaded()).toContain('StartInterval');
  });
});

describe('a launchd that is slow or says the wrong thing', () => {
  test('bootout under way for some seconds is waited for', async () => {
    await ended(wake().arm(ten));
    launchctl.goesSlowlyMs = 7 * SECOND_MS;
    expect(await ended(wake().arm(twelve))).toBe('armed');
    expect(timesOf(loaded())).toEqual(withSpare(TWELVE));
  });

  test.each(['false alarm', 'refuses once', 'slow'] as const)('bootstrap: %s', async (how) => {
    await ended(wake().arm(ten));
    launchctl.bootstrap = how;
    expect(await ended(wake().arm(twelve))).toBe('armed');
    expect(timesOf(loaded())).toEqual(withSpare(TWELVE));
  });

  test('so slow that the minute has begun: the next one is taken, and not this one in a year', async () => {
    await ended(wake().arm(twelve));
    launchctl.goesSlowlyMs = 15 * SECOND_MS;
    await world.runUntil(berlin('2026-11-02T09:00') + 50 * SECOND_MS);
    const due = world.now() + 5 * SECOND_MS;
    expect(await ended(wake().arm(due))).toBe('armed');
    const [time] = timesOf(loaded()) ?? [];
    expect(time).toEqual({ Month: 11, Day: 2, Hour: 9, Minute: 2 });
    expect(world.now()).toBeLessThan(berlin('2026-11-02T09:02'));
  });
});

describe('a wake that cannot be armed', () => {
  const notArmed = { code: 'wake.not-armed', facts: { safetyNet: '2026-11-02T10:17:00Z' } };

  test('names the time at which the safety net comes', async () => {
    launchctl.bootstrap = 'refuses';
    const error = await ended(wake().arm(ten));
    expect(error).toMatchObject(notArmed);
    expect(error).toMatchObject({
      message: expect.stringContaining('Mon 2 Nov 2026, 10:00'),
      remedy: expect.stringContaining('Mon 2 Nov 2026, 11:17'),
    });
  });

  test('is noticed though launchd says that all is well', async () => {
    launchctl.bootstrap = 'lies';
    expect(await ended(wake().arm(ten))).toMatchObject(notArmed);
  });

  test('while launchd keeps the old job leaves file and job as they were', async () => {
    await ended(wake().arm(ten));
    launchctl.bootout = 'refuses';
    expect(await ended(wake().arm(twelve))).toMatchObject(notArmed);
    expect(timesOf(loaded())).toEqual(withSpare(TEN));
    expect(readFileSync(file(), 'utf8')).toBe(loaded());
    expect(names()).toEqual(['org.upkeep.wake.plist']);
  });

  test('while launchd takes no new one puts the old one back', async () => {
    await ended(wake().arm(ten));
    launchctl.bootstrap = 'refuses';
    const failing = ended(wake().arm(twelve));
    // Two attempts of five seconds; after that launchd is well again, too late for the new time.
    await world.runUntil(world.now() + 1);
    world.after(11 * SECOND_MS, () => {
      launchctl.bootstrap = 'works';
    });
    expect(await failing).toMatchObject(notArmed);
    expect(timesOf(loaded())).toEqual(withSpare(TEN));
    expect(readFileSync(file(), 'utf8')).toBe(loaded());
  });

  test('because a tool hangs fails within two minutes', async () => {
    await ended(wake().arm(ten));
    for (const verb of ['print', 'bootout', 'bootstrap']) {
      launchctl.hangs = verb;
      const before = world.now();
      expect(await ended(wake().arm(twelve))).toMatchObject(notArmed);
      expect(world.now() - before).toBeLessThan(2 * MINUTE_MS);
    }
  });

  test('because the disk takes no file leaves the old job alone', async () => {
    await ended(wake().arm(ten));
    mkdirSync(`${file()}.new`);
    writeFileSync(join(`${file()}.new`, 'in the way'), '');
    expect(await ended(wake().arm(twelve))).toMatchObject(notArmed);
    expect(timesOf(loaded())).toEqual(withSpare(TEN));
  });
});

test('killed at any of its calls, the next arming brings file and job together', async () => {
  await ended(wake().arm(ten));
  const whole = launchctl.calls.length;
  await ended(wake().arm(twelve));
  const calls = launchctl.calls.length - whole;
  expect(calls).toBeGreaterThan(3);
  for (let dead = 0; dead < calls; dead += 1) {
    await ended(wake().arm(ten));
    launchctl.deadFrom = launchctl.calls.length + dead;
    // Not `ended`: the process is gone, and nobody is left to notice a limit.
    void wake()
      .arm(twelve)
      .catch(() => undefined);
    await world.runUntil(world.now() + SECOND_MS);
    launchctl.deadFrom = Number.POSITIVE_INFINITY;
    expect(existsSync(file())).toBe(true);
    if (loaded() !== undefined) expect(loaded()).toBe(readFileSync(file(), 'utf8'));
    const resumed = wake();
    launchctl.calls.length = 0;
    expect(await ended(resumed.arm(twelve))).toBe('armed');
    expect(timesOf(loaded())).toEqual(withSpare(TWELVE));
    expect(readFileSync(file(), 'utf8')).toBe(loaded());
    world = new VirtualClock(world.now() + HOUR_MS / 60);
    const table = new Map(launchctl.loaded);
    launchctl = new FakeLaunchctl(awakeClock(world));
    for (const [label, text] of table) launchctl.loaded.set(label, text);
  }
});
