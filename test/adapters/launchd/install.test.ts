// Installing below a root of the test's own, with real files and a launchd that is a table.
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { probesOnly } from '../../../src/adapters/commands/dry-run.ts';
import { withLimits } from '../../../src/adapters/commands/limits.ts';
import { refuseWhatIsInTheWay } from '../../../src/adapters/launchd/in-the-way.ts';
import { installSteps } from '../../../src/adapters/launchd/install.ts';
import { launchdWake } from '../../../src/adapters/launchd/launchd-wake.ts';
import { AGENT_LABEL, plistFile, programFile, WAKE_LABEL } from '../../../src/adapters/launchd/plists.ts';
import { refuseUnsafe } from '../../../src/adapters/launchd/program.ts';
import { type Setup, supportFolder, takeSteps } from '../../../src/adapters/launchd/setup.ts';
import { uninstallSteps } from '../../../src/adapters/launchd/uninstall.ts';
import { type Places, placesUnder } from '../../../src/adapters/places.ts';
import { HOUR_MS, MINUTE_MS } from '../../../src/domain/instant.ts';
import { UpkeepError } from '../../../src/domain/problem.ts';
import { noLog } from '../../../src/ports/log.ts';
import { VirtualClock } from '../../../src/simulator/virtual-clock.ts';
import { berlin, MONDAY_NINE } from '../../support/situations.ts';
import { awakeClock } from '../scripted-commands.ts';
import { FakeLaunchctl } from './fake-launchctl.ts';

let root: string;
let places: Places;
let world: VirtualClock;
let launchctl: FakeLaunchctl;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'upkeep-install-'));
  // What every Mac has; /usr/local/bin is not among it.
  for (const folder of [
    'Library/LaunchDaemons',
    'Library/Logs',
    'Library/Application Support',
    'private/var/run',
    'usr',
  ])
    mkdirSync(join(root, folder), { recursive: true });
  symlinkSync('private/var', join(root, 'var'));
  places = placesUnder(root);
  world = new VirtualClock(MONDAY_NINE);
  launchctl = new FakeLaunchctl(awakeClock(world));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function setup(more: Partial<Setup> = {}): Setup {
  const clock = awakeClock(world);
  const commands = withLimits(launchctl, clock);
  return { places, clock, commands, program: { node: '/opt/n ode', entry: "/opt/it's.ts" }, owners: null, ...more };
}

/** Every path below the root with its kind, rights and content. */
function tree(): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of readdirSync(root, { recursive: true, encoding: 'utf8' }).sort()) {
    const path = join(root, name);
    const lies = lstatSync(path);
    const mode = (lies.mode & 0o7777).toString(8);
    if (lies.isSymbolicLink()) found[name] = `link to ${readlinkSync(path)}`;
    else found[name] = lies.isDirectory() ? `folder ${mode}` : `${mode} ${readFileSync(path, 'utf8')}`;
  }
  return found;
}

async function take(steps: Parameters<typeof takeSteps>[0], dryRun = false): Promise<string[]> {
  const told: string[] = [];
  const ending: { well?: true; error?: unknown } = {};
  takeSteps(steps, { dryRun, tell: (outcome, what) => told.push(`${outcome}: ${what.replaceAll(root, '')}`) }).then(
    () => {
      ending.well = true;
    },
    (error: unknown) => {
      ending.error = error;
    },
  );
  await world.runUntil(world.now() + 10 * MINUTE_MS, () => Object.keys(ending).length > 0);
  if (ending.well !== true) throw ending.error ?? new Error('it never ended');
  return told;
}

const install = (more: Partial<Setup> = {}) => {
  refuseWhatIsInTheWay(setup(more));
  return take(installSteps(setup(more)));
};
const uninstall = (purge = false) => take(uninstallSteps(setup(), { purge }));
const outcomes = (told: string[]) => [...new Set(told.map((line) => line.split(':')[0]))];

describe('installing', () => {
  test('makes folders, program, command and both jobs, and starts the agent last', async () => {
    const told = await install();
    expect(outcomes(told)).toEqual(['done']);
    expect(told.at(-1)).toBe('done: load the job org.upkeep.agent from /Library/LaunchDaemons/org.upkeep.agent.plist');
    const now = tree();
    expect(now).toMatchObject({
      'Library/Application Support/Upkeep': 'folder 755',
      'Library/Application Support/Upkeep/state': 'folder 755',
      'Library/Application Support/Upkeep/doorbell': 'folder 1733',
      'Library/Logs/Upkeep': 'folder 750',
      'private/var/run/upkeep': 'folder 755',
      'usr/local/bin/upkeep': `link to ${programFile(places)}`,
    });
    expect(now['Library/LaunchDaemons/org.upkeep.wake.plist']).toMatch(/^644 /);
    for (const label of [AGENT_LABEL, WAKE_LABEL])
      expect(launchctl.loaded.get(label)).toBe(readFileSync(plistFile(places, label), 'utf8'));
    expect(readFileSync(programFile(places), 'utf8')).toContain(
      `exec '/opt/n ode' --disable-sigusr1 '/opt/it'\\''s.ts' "$@"\n`,
    );
  });

  test('again changes nothing and only looks', async () => {
    await install();
    const before = tree();
    launchctl.calls.length = 0;
    expect(outcomes(await install())).toEqual(['already so']);
    expect(tree()).toEqual(before);
    expect(launchctl.calls).toEqual(['print', 'print']);
  });

  test('in a dry run says the same steps, writes nothing and runs only what looks', async () => {
    const before = tree();
    const looking = setup({ commands: probesOnly(withLimits(launchctl, awakeClock(world))) });
    const told = await take(installSteps(looking), true);
    expect(outcomes(told)).toEqual(['would']);
    expect(tree()).toEqual(before);
    expect(launchctl.calls.every((verb) => verb === 'print')).toBe(true);
    expect(told.map((line) => line.replace('would', 'done'))).toEqual(await install());
  });

  test('keeps the wake that is armed', async () => {
    await install();
    const clock = awakeClock(world);
    const armed = launchdWake({ ...setup(), clock, log: noLog }).arm(berlin('2026-11-03T20:00'));
    await world.runUntil(world.now() + HOUR_MS / 60);
    await armed;
    const file = readFileSync(plistFile(places, WAKE_LABEL), 'utf8');
    await install();
    expect(readFileSync(plistFile(places, WAKE_LABEL), 'utf8')).toBe(file);
    rmSync(plistFile(places, AGENT_LABEL));
    launchctl.loaded.clear();
    await install();
    expect(launchctl.loaded.get(WAKE_LABEL)).toBe(file);
    expect(file).toContain('<integer>20</integer>');
  });

  test('mends wrong rights, a missing folder, an old program, a job that is out or banned', async () => {
    await install();
    const wanted = tree();
    chmodSync(places.doorbell, 0o755);
    chmodSync(plistFile(places, AGENT_LABEL), 0o666);
    rmSync(places.sockets, { recursive: true });
    writeFileSync(programFile(places), readFileSync(programFile(places), 'utf8').replace('/opt', '/old'));
    launchctl.loaded.delete(WAKE_LABEL);
    launchctl.disabled.add(WAKE_LABEL);
    const told = await install();
    expect(told.filter((line) => line.startsWith('done'))).toHaveLength(5);
    expect(tree()).toEqual(wanted);
    expect([...launchctl.loaded.keys()].sort()).toEqual([AGENT_LABEL, WAKE_LABEL]);
  });

  test('interrupted after any step and begun again ends as in one go, and so does removing it then', async () => {
    const fresh = tree();
    await install();
    const wanted = tree();
    const count = installSteps(setup()).length;
    for (let steps = 0; steps <= count; steps += 1) {
      await uninstall(true);
      expect(tree()).toEqual(fresh);
      await take(installSteps(setup()).slice(0, steps));
      if (steps % 2 === 0) await install();
      if (steps % 2 === 0) expect(tree()).toEqual(wanted);
    }
  });

  test('does not claim what launchd did not do', async () => {
    launchctl.bootstrap = 'lies';
    await expect(install()).rejects.toMatchObject({ code: 'launchd.failed' });
  });
});

describe('something that is not upkeep’s', () => {
  test.each<[string, () => void]>([
    ['/usr/local/bin/upkeep', () => writeAt('usr/local/bin/upkeep', 'another program')],
    ['/usr/local', () => writeAt('usr/local', 'a file')],
    ['/Library/Logs/Upkeep', () => writeAt('Library/Logs/Upkeep', 'a file')],
    [
      '/Library/Application Support/Upkeep',
      () => symlinkSync('../Logs', join(root, 'Library/Application Support/Upkeep')),
    ],
    [
      '/Library/LaunchDaemons/org.upkeep.agent.plist',
      () =>
        writeAt(
          'Library/LaunchDaemons/org.upkeep.agent.plist',
          '<plist version="1.0"><dict><key>Label</key><string>com.example</string></dict></plist>',
        ),
    ],
    [
      '/Library/Application Support/Upkeep/upkeep',
      () => writeAt('Library/Application Support/Upkeep/upkeep', '#!/bin/sh\necho somebody else’s\n'),
    ],
  ])('at %s is refused, and nothing is changed', async (path, put) => {
    put();
    const before = tree();
    const refused = await Promise.resolve()
      .then(() => install())
      .catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(UpkeepError);
    expect(refused).toMatchObject({ code: 'install.in-the-way', message: expect.stringContaining(`${root}${path} `) });
    expect(tree()).toEqual(before);
    expect(launchctl.calls).toEqual([]);
  });

  test('is left alone by uninstalling, which says so', async () => {
    await install();
    rmSync(places.command);
    writeFileSync(places.command, 'another program');
    const told = await uninstall(true);
    expect(told).toContain('already so: remove the command /usr/local/bin/upkeep (left alone: it is not upkeep’s)');
    expect(readFileSync(places.command, 'utf8')).toBe('another program');
  });

  function writeAt(path: string, text: string): void {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), text);
  }
});

describe('uninstalling', () => {
  test('with --purge leaves the Mac as it was before, though folders had to be made', async () => {
    const before = tree();
    await install();
    leaveTraces();
    expect(outcomes(await uninstall(true))).toEqual(['done']);
    expect(tree()).toEqual(before);
    expect([...launchctl.loaded.keys()]).toEqual([]);
  });

  test('keeps state and logs otherwise, and a later install and purge still leave nothing behind', async () => {
    const before = tree();
    await install();
    leaveTraces();
    await uninstall();
    expect(existsSync(join(places.state, 'upkeep.db'))).toBe(true);
    expect(existsSync(join(places.logs, 'upkeep.log'))).toBe(true);
    for (const gone of [places.doorbell, places.sockets, programFile(places), join(root, 'usr/local')])
      expect([gone, existsSync(gone)]).toEqual([gone, false]);
    await install();
    await uninstall(true);
    expect(tree()).toEqual(before);
  });

  test('twice, or without anything there, is fine', async () => {
    const before = tree();
    expect(outcomes(await uninstall(true))).toEqual(['already so']);
    await install();
    await uninstall();
    expect(outcomes(await uninstall())).toEqual(['already so']);
    await uninstall(true);
    expect(outcomes(await uninstall(true))).toEqual(['already so']);
    expect(tree()).toEqual(before);
  });

  test('waits for an agent that takes its time to end', async () => {
    await install();
    launchctl.goesSlowlyMs = 9_000;
    await uninstall();
    expect([...launchctl.loaded.keys()]).toEqual([]);
  });

  test('stops with everything still there when launchd does not let go of a job', async () => {
    await install();
    const before = tree();
    launchctl.bootout = 'refuses';
    await expect(uninstall(true)).rejects.toMatchObject({ code: 'launchd.failed' });
    expect(tree()).toEqual(before);
  });

  test('in a dry run changes nothing', async () => {
    await install();
    const before = tree();
    const looking = setup({ commands: probesOnly(withLimits(launchctl, awakeClock(world))) });
    expect(outcomes(await take(uninstallSteps(looking, { purge: true }), true))).toEqual(['would']);
    expect(tree()).toEqual(before);
    expect([...launchctl.loaded.keys()].sort()).toEqual([AGENT_LABEL, WAKE_LABEL]);
  });

  test('a folder that was there before stays, empty or not', async () => {
    mkdirSync(join(root, 'usr/local/bin'), { recursive: true });
    await install();
    await uninstall(true);
    expect(existsSync(join(root, 'usr/local/bin'))).toBe(true);
  });

  function leaveTraces(): void {
    writeFileSync(join(places.state, 'upkeep.db'), 'state');
    writeFileSync(join(places.logs, 'upkeep.log'), '{}\n');
    writeFileSync(join(places.doorbell, 'ring'), '');
    mkdirSync(join(places.sockets, 'user/501'), { recursive: true });
  }
});

describe('what root is given to run', () => {
  const uid = process.getuid?.() ?? 0;

  test('is refused where somebody else may change it, or a folder above it', () => {
    const folder = join(supportFolder(places), 'open');
    mkdirSync(folder, { recursive: true });
    const entry = join(folder, 'main.ts');
    writeFileSync(entry, '', { mode: 0o644 });
    const unsafe = (path: string) =>
      expect(() => refuseUnsafe({ node: entry, entry }, uid)).toThrow(
        expect.objectContaining({ code: 'install.unsafe', facts: { file: entry, path } }),
      );
    chmodSync(folder, 0o777);
    unsafe(folder);
    chmodSync(folder, 0o755);
    chmodSync(entry, 0o664);
    unsafe(entry);
  });

  test('is refused where it belongs to somebody else', () => {
    expect(() => refuseUnsafe({ node: root, entry: root }, uid + 1)).toThrow(
      expect.objectContaining({ code: 'install.unsafe' }),
    );
  });

  test('is accepted where all of it is root’s', () => {
    if (lstatSync('/bin/sh').uid === 0) refuseUnsafe({ node: '/bin/sh', entry: '/bin/sh' });
  });
});
