// The Mac's side of an MDM by itself, with a server that only notes what it is told; and the log in which it stands.
import { parse } from 'plist';
import { describe, expect, test } from 'vitest';
import { catalogue } from '../../src/adapters/commands/catalogue.ts';
import { runCommand } from '../../src/adapters/commands/run-command.ts';
import { readLogLine } from '../../src/adapters/unified-log/read-line.ts';
import { HOUR_MS, MINUTE_MS } from '../../src/domain/instant.ts';
import { macosOffer } from '../../src/simulator/mac/catalogue.ts';
import type { MacSpecInput } from '../../src/simulator/mac/mac-spec.ts';
import type { VirtualMac } from '../../src/simulator/mac/virtual-mac.ts';
import type { Declaration, MdmChannel, MdmCommand, MdmReport } from '../../src/simulator/mdm/managed-mac.ts';
import { macWith, run, toolCall } from './harness.ts';

const ENFORCEMENT = 'com.apple.configuration.softwareupdate.enforcement.specific';
const MDM = 'subsystem == "com.apple.ManagedClient" AND category == "HTTPUtil"';
const PROGRESS = 'process == "softwareupdated" AND eventMessage CONTAINS[c] "reported PROGRESS"';

function managed(spec: MacSpecInput = {}) {
  const { clock, mac } = macWith({ bootstrapToken: true, ...spec });
  mac.publish([macosOffer('26.6.2', '25G83', 2_824_636)]);
  const queue: { uuid: string; command: MdmCommand }[] = [];
  const reports: MdmReport[] = [];
  const states: unknown[] = [];
  let declared: Declaration[] = [];
  let token: string | null = null;
  const hooks = { connected: () => {} };
  const channel: MdmChannel = {
    connect: (report) => {
      reports.push(report);
      hooks.connected();
      if (report.Status !== 'Idle' && report.Status !== 'NotNow') queue.shift();
      const next = report.Status === 'NotNow' ? undefined : queue[0];
      if (next === undefined) return { kind: 'nothing' };
      return { kind: 'command', command: { CommandUUID: next.uuid, Command: next.command } };
    },
    declarations: () => declared,
    reportStatus: ({ StatusItems }) => {
      const items = StatusItems.softwareupdate as Record<string, unknown> | undefined;
      if (items !== undefined) states.push(items['install-state']);
      return 'taken';
    },
    setBootstrapToken: (given) => {
      token = given;
      return 'taken';
    },
    bootstrapToken: () => ({ token }),
  };
  mac.mdm.enrolled(channel);
  const pass = (ms: number) => clock.runUntil(clock.now() + ms);
  /** Sends a command; its answer, if one came in time. */
  const send = async (command: MdmCommand, withinMs = MINUTE_MS): Promise<MdmReport | undefined> => {
    reports.length = 0;
    queue.push({ uuid: `C${queue.length}`, command });
    mac.mdm.notify();
    await pass(withinMs);
    return reports.findLast(({ Status }) => Status !== 'Idle');
  };
  const declare = (TargetLocalDateTime: string, TargetOSVersion = '26.6.2', more: Declaration['Payload'] = {}) => {
    declared = [
      {
        Type: ENFORCEMENT,
        Identifier: 'one',
        ServerToken: '1',
        Payload: { TargetOSVersion, TargetLocalDateTime, ...more },
      },
    ];
    return send({ RequestType: 'DeclarativeManagement' });
  };
  const withdraw = () => {
    declared = [];
    return send({ RequestType: 'DeclarativeManagement' });
  };
  return { clock, mac, send, declare, withdraw, pass, reports, states, hooks };
}

const STATE = '/private/var/db/softwareupdate/SoftwareUpdateDDMStatePersistence.plist';
const stateOf = (mac: VirtualMac, file = STATE) => run(mac, '/usr/bin/plutil', ['-convert', 'xml1', '-o', '-', file]);

const order = (more: object): MdmCommand => ({
  RequestType: 'ScheduleOSUpdate',
  Updates: [{ ProductVersion: '26.6.2', InstallAction: 'InstallForceRestart', ...more }],
});
const SCAN: MdmCommand = { RequestType: 'ScheduleOSUpdateScan', Force: false };

test('it sends its bootstrap token as it is enrolled', async () => {
  const { mac } = managed();
  expect(mac.enrolment.tokenWorks()).toBe(true);
});

test('what it has found it lists, and nothing before it has looked', async () => {
  const { send, pass } = managed();
  expect(await send({ RequestType: 'AvailableOSUpdates' })).toMatchObject({ AvailableOSUpdates: [] });
  expect(await send(SCAN)).toMatchObject({ Status: 'Acknowledged', ScanInitiated: true });
  await pass(2 * MINUTE_MS);
  expect(await send({ RequestType: 'AvailableOSUpdates' })).toMatchObject({
    AvailableOSUpdates: [{ Version: '26.6.2', ProductKey: 'MSU_UPDATE_25G83_patch_26.6.2_minor' }],
  });
});

test.each([
  ['macOS 27', { macOS: '27.0', build: '26A300' }, 12_021],
  ['not supervised', { enrolment: { supervised: false } }, 12_034],
] as const)('%s: no updates by commands', async (_, spec, ErrorCode) => {
  const { send } = managed(spec);
  expect(await send(SCAN)).toMatchObject({ Status: 'Error', ErrorChain: [{ ErrorCode }] });
  expect(await send({ RequestType: 'SecurityInfo' })).toMatchObject({
    SecurityInfo: { BootstrapTokenAllowedForAuthentication: 'allowed' },
  });
});

test('power that goes in the middle of a conversation: it begins another after the start', async () => {
  const { mac, send, hooks } = managed();
  let cuts = 0;
  hooks.connected = () => {
    cuts += 1;
    if (cuts === 1) mac.cutPower(MINUTE_MS);
  };
  expect(await send(SCAN, 5 * MINUTE_MS)).toMatchObject({ Status: 'Acknowledged' });
});

describe('an order', () => {
  test.each([
    [{ ProductVersion: '26.9' }, {}, 'Idle'],
    [{}, { diskFreeGB: 3 }, 'DownloadInsufficientSpace'],
    [{}, { power: 'battery', batteryPercent: 12 }, 'InstallInsufficientPower'],
  ] as const)('%j on %j is refused', async (more, spec, Status) => {
    const { send, mac, pass } = managed(spec);
    await send(SCAN, 3 * MINUTE_MS);
    expect(await send(order(more))).toMatchObject({ UpdateResults: [{ InstallAction: 'Error', Status }] });
    await pass(HOUR_MS);
    expect(mac.happenings.filter(({ kind }) => kind === 'download-begun')).toEqual([]);
  });

  test('mdm-update-ignored: is acknowledged, and nothing comes of it', async () => {
    const { send, pass, mac } = managed({ faults: [{ name: 'mdm-update-ignored', times: 1 }] });
    await send(SCAN, 3 * MINUTE_MS);
    expect(await send(order({}))).toMatchObject({
      Status: 'Acknowledged',
      UpdateResults: [{ InstallAction: 'InstallForceRestart', Status: 'Downloading' }],
    });
    await pass(12 * HOUR_MS);
    expect(await send({ RequestType: 'OSUpdateStatus' })).toMatchObject({ OSUpdateStatus: [] });
    expect(mac.happenings.filter(({ kind }) => kind === 'download-begun')).toEqual([]);
    // The next one is taken.
    await send(order({}));
    await pass(2 * HOUR_MS);
    expect(mac.os.version).toBe('26.6.2');
  });

  test('is put off so many times, and asked for again', async () => {
    const { send, reports } = managed({ faults: [{ name: 'mdm-not-now', times: 2 }] });
    await send(SCAN, 11 * MINUTE_MS);
    expect(reports.map(({ Status }) => Status).filter((one) => one !== 'Idle')).toEqual([
      'NotNow',
      'NotNow',
      'Acknowledged',
    ]);
  });

  test('tells how far it is, and nothing when it is done', async () => {
    const { send, pass, mac } = managed();
    await send(SCAN, 3 * MINUTE_MS);
    await send(order({}), 3 * MINUTE_MS);
    expect(await send({ RequestType: 'OSUpdateStatus' })).toMatchObject({
      OSUpdateStatus: [{ ProductKey: 'MSU_UPDATE_25G83_patch_26.6.2_minor', IsDownloaded: false }],
    });
    await pass(2 * HOUR_MS);
    expect(mac.os.version).toBe('26.6.2');
    expect(await send({ RequestType: 'OSUpdateStatus' })).toMatchObject({ OSUpdateStatus: [] });
  });
});

test('a declaration: what the Mac reports on the way', async () => {
  const { declare, pass, states } = managed();
  await declare('2026-11-23T12:00:00');
  await pass(5 * HOUR_MS);
  expect(states).toEqual(['downloading', 'prepared', 'installing', 'none']);
});

test('a deadline that passed before the Mac heard of it gives an hour', async () => {
  const { clock, declare, pass, mac } = managed();
  const heard = clock.now();
  await declare('2026-11-20T12:00:00');
  await pass(3 * HOUR_MS);
  const restart = mac.happenings.find(({ kind }) => kind === 'restart');
  expect((restart?.at ?? 0) - heard).toBeGreaterThanOrEqual(HOUR_MS);
  expect(mac.os.version).toBe('26.6.2');
});

describe('log stream', () => {
  test.each(['ndjson', 'compact', 'default'])(
    '%s can be read, and what was not asked for is not there',
    async (style) => {
      const { mac, pass, send } = managed();
      let text = '';
      const args = ['stream', '--style', style, '--predicate', `(${MDM}) OR ${PROGRESS}`];
      mac.commands.start(toolCall('/usr/bin/log', args)).subscribe((event) => {
        if (event.kind === 'output') text += event.text;
      });
      await pass(1_000);
      mac.systemLog.write({
        subsystem: 'x',
        category: 'y',
        process: '/z',
        pid: 1,
        thread: 1,
        message: 'Reported progress',
      });
      await send(SCAN, 3 * MINUTE_MS);
      await send(order({ InstallAction: 'DownloadOnly' }), 2 * HOUR_MS);
      const [first, ...lines] = text.trimEnd().split('\n');
      expect(first).toMatch(/^Filtering the log data using "/);
      const seen = lines.slice(style === 'ndjson' ? 0 : 1).map(readLogLine);
      expect(seen).not.toContain(null);
      const phases = seen.flatMap((one) => (one?.kind === 'progress' ? [one.phase] : []));
      expect([...new Set(phases)]).toEqual(
        expect.arrayContaining(['DOWNLOADING_UPDATE', 'PREPARING_UPDATE', 'PREPARED']),
      );
      expect(seen).toContainEqual({ kind: 'answered', status: 200, message: { kind: 'bootstrap-token' } });
    },
  );

  test.each([
    [['stream', '--predicate', 'colour == "red"'], 'Bad predicate'],
    [['stream', '--predicate', `(${MDM}`], 'Bad predicate'],
    [['stream', '--style', 'baroque'], 'usage'],
    [['show'], 'usage'],
  ])('%j is refused', async (args, text) => {
    const ran = await run(managed().mac, '/usr/bin/log', args);
    expect(ran).toMatchObject({ stdout: '', ending: { exitCode: 64 } });
    expect(ran.stderr).toContain(text);
  });
});

describe('the file in which softwareupdated keeps what is declared', () => {
  const declarationsIn = (text: string) =>
    (parse(text) as { SUCorePersistedStatePolicyFields?: { Declarations?: unknown } }).SUCorePersistedStatePolicyFields
      ?.Declarations;

  test('has what was declared, after a start too, and no longer what was withdrawn', async () => {
    const { mac, declare, withdraw, pass } = managed();
    expect(declarationsIn((await stateOf(mac)).stdout)).toEqual({});
    await declare('2026-11-30T13:00:00');
    const one = {
      RMStoreDeclarationKey: 'one',
      TargetOSVersion: '26.6.2',
      TargetLocalDateTime: '2026-11-30T13:00:00',
    };
    expect(declarationsIn((await stateOf(mac)).stdout)).toEqual({ one });
    mac.restart('mdm', null);
    await pass(HOUR_MS);
    expect(declarationsIn((await stateOf(mac)).stdout)).toEqual({ one });
    await withdraw();
    expect(declarationsIn((await stateOf(mac)).stdout)).toEqual({});
  });

  test('has the build where one was declared', async () => {
    const { mac, declare } = managed();
    await declare('2026-11-30T13:00:00', '26.6.2', { TargetBuildVersion: '25G83' });
    expect(declarationsIn((await stateOf(mac)).stdout)).toMatchObject({ one: { TargetBuildVersion: '25G83' } });
  });

  test('is read by the agent', async () => {
    const { mac, declare, pass } = managed();
    await declare('2026-11-30T13:00:00');
    let read: unknown;
    void runCommand(mac.commands, catalogue['plutil.declared-updates'], undefined, {}).then((answer) => {
      read = answer;
    });
    await pass(MINUTE_MS);
    expect(read).toEqual({ declared: [{ version: '26.6.2', build: null, by: '2026-11-30T13:00:00' }] });
  });

  test.each([
    ['before macOS 14', () => managed({ macOS: '13.6', build: '22G120' }), STATE],
    ['on a Mac that nobody manages', () => macWith({ enrolment: null, bootstrapToken: false }), STATE],
    ['under another name', () => managed(), '/private/var/db/softwareupdate/Other.plist'],
  ])('is not there %s', async (_story, make, file) => {
    const { ending, stdout, stderr } = await stateOf(make().mac, file);
    expect([ending?.exitCode, stdout]).toEqual([1, '']);
    expect(stderr).toContain('Code=260 ');
  });

  test('is for root alone', async () => {
    const { mac } = managed();
    const args = ['-u', 'anna', '/usr/bin/plutil', '-convert', 'xml1', '-o', '-', STATE];
    const { ending, stdout, stderr } = await run(mac, '/usr/bin/sudo', args);
    expect([ending?.exitCode, stdout]).toEqual([1, '']);
    expect(stderr).toContain('Code=257 ');
  });
});
