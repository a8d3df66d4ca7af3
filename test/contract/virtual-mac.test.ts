// The simulated Mac stands in for the tools alone, so it must have every tool the catalogue can call, in every release it
// plays, and say things the agent's own parsers can read. Where it were kinder than a real Mac, the captures and
// docs/simulated-mac.md are the judge (test/simulator/captures.test.ts); here it must at least be complete.
import { describe, expect, test } from 'vitest';
import { allCommands, catalogue } from '../../src/adapters/commands/catalogue.ts';
import { withLimits } from '../../src/adapters/commands/limits.ts';
import { runCommand } from '../../src/adapters/commands/run-command.ts';
import { Secret } from '../../src/domain/secret.ts';
import { macosOffer } from '../../src/simulator/mac/catalogue.ts';
import { defaultMacSpec, type MacSpec } from '../../src/simulator/mac/mac-spec.ts';
import { VirtualMac } from '../../src/simulator/mac/virtual-mac.ts';
import { VirtualClock } from '../../src/simulator/virtual-clock.ts';
import { MONDAY_NINE } from '../support/situations.ts';

const MACS = [
  { macOS: '13.5', build: '22G74', appleSilicon: false, next: macosOffer('13.6', '22G120', 594_108) },
  { macOS: '14.4', build: '23E214', appleSilicon: true, next: macosOffer('14.5', '23F79', 1_200_000) },
  { macOS: '15.2', build: '24C101', appleSilicon: false, next: macosOffer('15.3', '24D60', 2_478_898) },
  { macOS: '26.6', build: '25G72', appleSilicon: true, next: macosOffer('26.6.2', '25G83', 2_824_636) },
  { macOS: '27.0', build: '26A300', appleSilicon: true, next: macosOffer('27.1', '26B50', 3_000_000) },
];

function macLike({ macOS, build, appleSilicon, next }: (typeof MACS)[number], more: Partial<MacSpec> = {}) {
  const clock = new VirtualClock(MONDAY_NINE);
  const mac = new VirtualMac({ spec: { ...defaultMacSpec(), macOS, build, appleSilicon, ...more }, clock, seed: 1 });
  mac.publish([next]);
  const commands = withLimits(mac.commands, mac.clock);
  /** Runs one command to its end in virtual time. */
  const run = async <T>(started: Promise<T>): Promise<T | string> => {
    let result: { value: T | string } | null = null;
    started.then(
      (value) => {
        result = { value };
      },
      (error: unknown) => {
        result = { value: String(error) };
      },
    );
    await clock.runUntil(clock.now() + 12 * 3_600_000, () => result !== null);
    return (result as { value: T | string } | null)?.value ?? 'it never ended';
  };
  return { mac, commands, run, next };
}

describe.each(MACS)('macOS $macOS (Apple silicon: $appleSilicon)', (spec) => {
  const probes = [
    'softwareupdate.list',
    'softwareupdate.list-full-installers',
    'sw_vers',
    'sysctl.boottime',
    'sysctl.boot-session',
    'sysctl.arm64',
    'scutil.console-user',
    'ioreg.screen-lock',
    'ioreg.idle',
    'ioreg.hardware',
    'pmset.battery',
    'pmset.assertions',
    'pmset.settings',
    'df.root',
    'defaults.staged-update',
    'defaults.jamf-server',
    'plutil.declared-updates',
  ] as const;

  test.each(probes)('%s answers, and the agent can read it', async (name) => {
    const { commands, run } = macLike(spec);
    const answer = await run(runCommand<undefined, unknown>(commands, catalogue[name], undefined, {}));
    expect(typeof answer, String(answer)).toBe('object');
  });

  test('what it says of itself is what it is', async () => {
    const { commands, run, next } = macLike(spec);
    expect(await run(runCommand(commands, catalogue.sw_vers, undefined, {}))).toMatchObject({
      version: spec.macOS,
      build: spec.build,
    });
    expect(await run(runCommand(commands, catalogue['sysctl.arm64'], undefined, {}))).toEqual({
      appleSilicon: spec.appleSilicon,
    });
    expect(await run(runCommand(commands, catalogue['scutil.console-user'], undefined, {}))).toMatchObject({
      name: 'anna',
      uid: 501,
    });
    expect(await run(runCommand(commands, catalogue['defaults.staged-update'], undefined, {}))).toMatchObject({
      staged: null,
    });
    expect(await run(runCommand(commands, catalogue['softwareupdate.list'], undefined, {}))).toMatchObject({
      state: 'available',
      updates: [{ label: next.label, version: next.version, build: next.build, kind: 'macos' }],
    });
    expect(await run(runCommand(commands, catalogue['softwareupdate.list-cached'], undefined, {}))).toMatchObject({
      state: 'available',
    });
  });

  test('a download and an install go the way they go on that processor', async () => {
    const { mac, commands, run, next } = macLike(spec);
    await run(runCommand(commands, catalogue['softwareupdate.list'], undefined, {}));
    const downloaded = await run(runCommand(commands, catalogue['softwareupdate.download'], { label: next.label }, {}));
    expect(downloaded).toMatchObject({ kind: 'macos', downloaded: next.title });
    const staged = await run(runCommand(commands, catalogue['defaults.staged-update'], undefined, {}));
    const prepares = !spec.appleSilicon || spec.macOS.startsWith('13');
    expect(staged).toMatchObject({ staged: prepares ? { build: next.build } : null });
    const owner = spec.appleSilicon ? { name: 'anna', password: new Secret(mac.spec.password) } : null;
    const input = { label: next.label, consoleUser: { name: 'anna', uid: 501 }, owner };
    void run(runCommand(commands, catalogue['softwareupdate.install'], input, {}));
    await mac.world.runUntil(mac.world.now() + 3 * 3_600_000);
    expect(mac.release()).toMatchObject({ build: next.build });
  });
});

test('no command of the catalogue names a tool that a managed Mac does not have', async () => {
  const [spec] = MACS;
  if (spec === undefined) throw new Error('no Mac');
  const missing: string[] = [];
  for (const command of allCommands) {
    const { mac, run } = macLike(spec, { bootstrapToken: true });
    const { path = command.tool, args, stdin } = command.example;
    const call = {
      name: command.name,
      effect: command.effect,
      path,
      args,
      stdin,
      limits: command.limits,
      outlivesAgent: false,
    };
    await run(
      new Promise<void>((resolve) => {
        const watching = mac.commands.start(call).subscribe((event) => {
          if (event.kind === 'ended' && event.ending.spawnError !== null) missing.push(command.name);
          if (event.kind === 'ended') resolve();
        });
        mac.world.after(60_000, () => {
          watching.unsubscribe();
          resolve();
        });
      }),
    );
  }
  expect(missing).toEqual([]);
});

describe('jamf recon', () => {
  const [spec] = MACS;
  if (spec === undefined) throw new Error('no Mac');
  const sent = ({ commands, run }: Pick<ReturnType<typeof macLike>, 'commands' | 'run'>) =>
    run(runCommand(commands, catalogue['jamf.recon'], undefined, {}));

  test('is not there on a Mac that nobody manages', async () => {
    expect(await sent(macLike(spec))).toMatch(/jamf is not on this computer/);
  });

  test.each<[string, (mac: VirtualMac) => void, string | null]>([
    ['the server takes it', () => {}, '12'],
    [
      'nobody answers',
      (mac) => {
        mac.enrolment.takeInventory = null;
      },
      null,
    ],
    ['the server is down', (mac) => mac.faults.add({ name: 'mdm-server-down' }), null],
    ['there is no network', (mac) => mac.faults.add({ name: 'offline' }), null],
    ['the network goes on the way', (mac) => mac.faults.add({ name: 'offline', from: mac.world.now() + 20_000 }), null],
  ])('%s: it takes its time and ends well', async (_, arrange, computerId) => {
    const managed = macLike(spec, { bootstrapToken: true });
    const { mac } = managed;
    mac.enrolment.takeInventory = () => 12;
    arrange(mac);
    const began = mac.world.now();
    expect(await sent(managed)).toEqual({ computerId });
    expect(mac.world.now() - began).toBeLessThan(120_000);
    expect(mac.calls.at(-1)).toMatchObject({ name: 'jamf.recon', effect: 'act' });
  });
});
