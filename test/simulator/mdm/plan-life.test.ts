// A plan from its creation to its end: by commands, by a declaration, refused, and as each fault of plans has it.
import { describe, expect, test } from 'vitest';
import { DAY_MS, MINUTE_MS } from '../../../src/domain/instant.ts';
import { ERROR_REASONS } from '../../../src/simulator/mdm/jamf-pro/faults.ts';
import { availableMacOS } from '../../../src/simulator/mdm/scripted-mac.ts';
import { jamf, PLANS, type World } from './jamf-harness.ts';

const RESTART = {
  updateAction: 'DOWNLOAD_INSTALL_RESTART',
  versionType: 'SPECIFIC_VERSION',
  specificVersion: '26.6.2',
};
const SCHEDULE = {
  ...RESTART,
  updateAction: 'DOWNLOAD_INSTALL_SCHEDULE',
  forceInstallLocalDateTime: '2026-11-25T21:00:00',
};

/** Every state a plan is seen in, looked at each second. */
async function statesOf(world: World, planId: string, seconds: number): Promise<string[]> {
  const seen: string[] = [];
  for (let second = 0; second < seconds; second += 1) {
    const { state } = world.stateOf(planId);
    if (seen.at(-1) !== state) seen.push(state);
    await world.pass(1);
  }
  return seen;
}

const commandsOf = ({ mac }: World) => mac.record.map(({ what }) => what);

describe('by commands', () => {
  test('from the beginning to the order, in the order of the protocol', async () => {
    const world = jamf();
    const states = await statesOf(world, world.plan(), 345);
    expect(states).toEqual([
      'Init',
      'PendingPlanValidation',
      'AcceptingPlan',
      'ProcessingPlanType',
      'ProcessingPlanTypeMdm',
      'StartingPlan',
      'SchedulingScanForOSUpdates',
      'ProcessingScheduleOSUpdateScanResponse',
      'WaitingForScheduledOSUpdateScanToComplete',
      'CollectingAvailableOSUpdates',
      'ProcessingAvailableOSUpdatesResponse',
      'ProcessingSchedulingType',
      'SchedulingMDM',
      'MDMPlanScheduled',
      'SchedulingOSUpdate',
      'WaitingToCollectOSUpdateStatus',
    ]);
    expect(commandsOf(world)).toEqual([
      'ScheduleOSUpdateScan',
      'AvailableOSUpdates',
      'ScheduleOSUpdate',
      'downloads 26.6.2',
    ]);
  });

  test('nothing happens on the Mac for five minutes after the scan', async () => {
    const world = jamf();
    world.plan();
    await world.pass(600);
    const [scan, list] = world.mac.record;
    expect((list?.at ?? 0) - (scan?.at ?? 0)).toBeGreaterThan(5 * MINUTE_MS);
    expect((list?.at ?? 0) - (scan?.at ?? 0)).toBeLessThan(6 * MINUTE_MS);
  });

  test('it is completed once the Mac says that it runs the new version', async () => {
    const world = jamf();
    const planId = world.plan();
    await world.pass(3_600);
    expect(world.stateOf(planId)).toEqual({ state: 'PlanCompleted', errorReasons: [] });
    expect(world.mac.facts().version).toBe('26.6.2');
  });

  test('a download alone is completed with it, and nothing is installed', async () => {
    const world = jamf();
    const planId = world.plan({ ...RESTART, updateAction: 'DOWNLOAD_ONLY' });
    await world.pass(3_600);
    expect(world.stateOf(planId).state).toBe('PlanCompleted');
    expect(world.mac.facts().version).toBe('26.6');
    const { results } = world.ask('GET', `/api/v1/managed-software-updates/update-statuses/computers/${world.id}`).json;
    expect(results).toMatchObject([{ downloaded: true, downloadPercentComplete: 1, status: 'IDLE' }]);
  });

  test('NotNow puts it off, and the Mac asks again by itself', async () => {
    const world = jamf({}, { script: { notNow: 2 } });
    const planId = world.plan();
    await world.pass(540);
    expect(world.stateOf(planId).state).toBe('SchedulingScanForOSUpdates');
    await world.pass(360);
    expect(world.stateOf(planId).state).not.toBe('SchedulingScanForOSUpdates');
  });

  test.each([
    ['ScheduleOSUpdateScan', 'QUEUE_SCHEDULED_OS_UPDATE_SCAN_FAILURE'],
    ['AvailableOSUpdates', 'QUEUE_AVAILABLE_OS_UPDATE_COMMAND_FAILURE'],
    ['ScheduleOSUpdate', 'QUEUE_SCHEDULE_OS_UPDATE_FAILURE'],
    ['OSUpdateStatus', 'QUEUE_OS_UPDATE_STATUS_COMMAND_FAILURE'],
  ] as const)('a Mac that answers %s with an error fails it', async (command, reason) => {
    const world = jamf({}, { script: { refuses: [command] } });
    const planId = world.plan();
    await world.pass(1_800);
    expect(world.stateOf(planId)).toEqual({ state: 'PlanFailed', errorReasons: [reason] });
  });

  test('macOS 27 knows none of the commands', async () => {
    const offered = [availableMacOS('27.1', '26B50')];
    const world = jamf(
      { available: { macOS: ['27.1'], iOS: [] } },
      { facts: { version: '27.0' }, script: { offered } },
    );
    const planId = world.plan({ ...RESTART, versionType: 'LATEST_MINOR', specificVersion: undefined });
    await world.pass(120);
    expect(world.stateOf(planId)).toEqual({
      state: 'PlanFailed',
      errorReasons: ['QUEUE_SCHEDULED_OS_UPDATE_SCAN_FAILURE'],
    });
    const filter = encodeURIComponent(`clientManagementId==${world.managementId};status==ERROR`);
    const { results } = world.ask('GET', `/api/v2/mdm/commands?filter=${filter}`).json;
    expect(results).toMatchObject([{ commandType: 'SCHEDULE_OS_UPDATE_SCAN', commandError: { errorCode: 12_021 } }]);
  });

  test('a full disk fails it', async () => {
    const world = jamf({}, { script: { ends: 'no space' } });
    const planId = world.plan();
    await world.pass(600);
    expect(world.stateOf(planId)).toEqual({ state: 'PlanFailed', errorReasons: ['NO_DISK_SPACE'] });
  });

  test('a Mac that never gets further fails it after days, not before', async () => {
    const world = jamf({}, { script: { ends: 'never' } });
    const planId = world.plan();
    await world.pass((2 * DAY_MS) / 1_000);
    expect(world.stateOf(planId).state).toBe('WaitingToCollectOSUpdateStatus');
    await world.pass((2 * DAY_MS) / 1_000);
    expect(world.stateOf(planId)).toEqual({ state: 'PlanFailed', errorReasons: ['STILL_IN_PROGRESS_FAILURE'] });
  });

  test('a major update is asked for in the way that works for one', async () => {
    const offered = [availableMacOS('26.6.2', '25G83', true)];
    const world = jamf({}, { facts: { version: '15.7.6', build: '24G630' }, script: { offered } });
    world.plan({ updateAction: 'DOWNLOAD_INSTALL_RESTART', versionType: 'LATEST_MAJOR' });
    await world.pass(600);
    const sent = world.server.parts.computers.byId(world.id)?.commands.map(({ command }) => command);
    expect(sent).toContainEqual(
      expect.objectContaining({
        RequestType: 'ScheduleOSUpdate',
        Updates: [expect.objectContaining({ InstallAction: 'InstallASAP', ProductVersion: '26.6.2' })],
      }),
    );
  });

  test('the latest minor one stays within the major version, whatever else is offered', async () => {
    const offered = [availableMacOS('26.6.2', '25G83', true), availableMacOS('15.7.7', '24G720')];
    const world = jamf({}, { facts: { version: '15.7.6', build: '24G630' }, script: { offered } });
    world.plan({ updateAction: 'DOWNLOAD_INSTALL', versionType: 'LATEST_MINOR' });
    await world.pass(600);
    expect(commandsOf(world).at(-1)).toBe('downloads 15.7.7');
  });
});

describe('by a declaration', () => {
  test('the Mac gets a deadline, keeps it in its own zone, and reports', async () => {
    const world = jamf();
    const planId = world.plan(SCHEDULE);
    await world.pass(60);
    expect(world.stateOf(planId).state).toBe('WaitingToStartDDMUpdate');
    const { declarations } = world.ask('GET', `${PLANS}/${planId}/declarations`).json;
    expect(declarations.map(({ type, group }: { type: string; group: string }) => [type, group])).toEqual([
      ['com.apple.configuration.softwareupdate.enforcement.specific', 'CONFIGURATION'],
      ['com.apple.activation.simple', 'ACTIVATION'],
    ]);
    expect(JSON.parse(declarations[0].payloadJson)).toEqual({
      TargetOSVersion: '26.6.2',
      TargetLocalDateTime: '2026-11-25T21:00:00',
    });
    // Wednesday 20:59 in Berlin.
    await world.clock.runUntil(Date.UTC(2026, 10, 25, 19, 59));
    expect(world.mac.facts().version).toBe('26.6');
    expect(world.stateOf(planId).state).toBe('WaitingToStartDDMUpdate');
    const items = () => world.ask('GET', `/api/v1/ddm/${world.managementId}/status-items`).json.statusItems;
    expect(items()).toContainEqual(expect.objectContaining({ key: 'softwareupdate.install-state', value: 'prepared' }));
    await world.pass(1_800);
    expect(world.mac.facts().version).toBe('26.6.2');
    expect(world.stateOf(planId)).toEqual({ state: 'PlanCompleted', errorReasons: [] });
    expect(items()).toContainEqual(expect.objectContaining({ key: 'softwareupdate.install-state', value: 'none' }));
    expect(commandsOf(world).filter((what) => what === 'ScheduleOSUpdate')).toEqual([]);
  });

  test('a failed install is reported and fails it', async () => {
    const world = jamf({}, { script: { ends: 'failed' } });
    const planId = world.plan(SCHEDULE);
    await world.clock.runUntil(Date.UTC(2026, 10, 25, 21));
    expect(world.stateOf(planId)).toEqual({
      state: 'PlanFailed',
      errorReasons: ['DECLARATIVE_DEVICE_MANAGEMENT_STATUS_RESPONSE_FAILURE_REASON_RECEIVED'],
    });
  });

  test('a declaration the Mac cannot take fails it', async () => {
    const world = jamf({ available: { macOS: ['26.7'], iOS: [] } });
    const planId = world.plan({ ...SCHEDULE, specificVersion: '26.7' });
    await world.pass(60);
    expect(world.stateOf(planId).errorReasons).toEqual(['INVALID_CONFIGURATION_DECLARATION']);
  });

  test('a Mac that is never heard of fails it some time after the deadline', async () => {
    const world = jamf();
    const planId = world.plan(SCHEDULE);
    world.mac.script.online = false;
    await world.clock.runUntil(Date.UTC(2026, 10, 26, 21));
    expect(world.stateOf(planId).state).toBe('WaitingToStartDDMUpdate');
    await world.clock.runUntil(Date.UTC(2026, 10, 28));
    expect(world.stateOf(planId).errorReasons).toEqual(['NO_DEVICE_STATUS_BY_GRACE_PERIOD']);
  });

  test('macOS 27 takes it', async () => {
    const offered = [availableMacOS('27.1', '26B50')];
    const world = jamf(
      { available: { macOS: ['27.1'], iOS: [] } },
      { facts: { version: '27.0' }, script: { offered } },
    );
    const planId = world.plan({ ...SCHEDULE, specificVersion: '27.1' });
    await world.clock.runUntil(Date.UTC(2026, 10, 25, 22));
    expect(world.stateOf(planId).state).toBe('PlanCompleted');
  });

  test('commands-by-declaration: a plan for commands is served by one, at once', async () => {
    const world = jamf();
    world.server.faults.add({ name: 'commands-by-declaration' });
    const planId = world.plan();
    await world.pass(2 * 3_600);
    expect(commandsOf(world).filter((what) => what.includes('OSUpdate'))).toEqual([]);
    expect(world.stateOf(planId).state).toBe('PlanCompleted');
  });
});

describe('201 is not success', () => {
  const failing: [string, Parameters<typeof jamf>, Record<string, unknown>, string][] = [
    ['no bootstrap token', [{}, { bootstrapToken: null }], RESTART, 'APPLE_SILICON_NO_ESCROW_KEY'],
    ['not supervised', [{}, { facts: { supervised: false } }], RESTART, 'NOT_SUPERVISED'],
    ['a version nobody offers', [], { ...RESTART, specificVersion: '26.9' }, 'SPECIFIC_VERSION_UNAVAILABLE'],
    ['no version', [], { ...RESTART, specificVersion: undefined }, 'SPECIFIC_VERSION_UNAVAILABLE'],
    ['the version it runs', [], { ...RESTART, specificVersion: '26.6' }, 'DOWNGRADE_NOT_SUPPORTED'],
    [
      'nothing newer',
      [{}, { facts: { version: '26.6.2' } }],
      { updateAction: 'DOWNLOAD_ONLY', versionType: 'LATEST_MINOR' },
      'NO_UPDATES_AVAILABLE',
    ],
    [
      'a deadline on macOS 13',
      [{}, { facts: { version: '13.7' } }],
      SCHEDULE,
      'DECLARATIVE_DEVICE_MANAGEMENT_SOFTWARE_UPDATES_NOT_SUPPORTED_FOR_DEVICE_OS_VERSION',
    ],
    [
      'a deadline without declarative management',
      [{}, { facts: { declarative: false } }],
      SCHEDULE,
      'DECLARATIVE_SERVICE_ERROR',
    ],
    [
      'a deadline without a date',
      [],
      { ...SCHEDULE, forceInstallLocalDateTime: undefined },
      'INVALID_CONFIGURATION_DECLARATION',
    ],
    ['a word nobody knows', [], { ...RESTART, updateAction: 'DOWNLOAD_INSTALL_RESTRT' }, 'ILLEGAL_ARGUMENT_EXCEPTION'],
  ];
  test.each(failing)('%s', async (_, of, config, reason) => {
    const world = jamf(...of);
    const planId = world.plan(config);
    await world.pass(5);
    expect(world.stateOf(planId).state).toBe('PendingPlanValidation');
    await world.pass(20);
    expect(world.stateOf(planId)).toEqual({ state: 'PlanFailed', errorReasons: [reason] });
    expect(commandsOf(world)).toEqual([]);
  });

  test('an Intel Mac needs no bootstrap token', async () => {
    const world = jamf({}, { facts: { appleSilicon: false }, bootstrapToken: null });
    const planId = world.plan();
    await world.pass(60);
    expect(world.stateOf(planId).state).not.toBe('PlanFailed');
  });

  test('a second plan for a Mac is made, and fails; the first goes on', async () => {
    const world = jamf();
    const first = world.plan();
    await world.pass(120);
    const second = world.createPlan();
    expect(second.status).toBe(201);
    await world.pass(40);
    expect(world.stateOf(second.json.plans[0].planId)).toEqual({
      state: 'PlanFailed',
      errorReasons: ['EXISTING_PLAN_FOR_DEVICE_IN_PROGRESS'],
    });
    expect(world.stateOf(first).state).toBe('WaitingForScheduledOSUpdateScanToComplete');
  });

  test.each(ERROR_REASONS)('plan-fails: %s', async (reason) => {
    const world = jamf();
    world.server.faults.add({ name: 'plan-fails', reason, times: 1 });
    const planId = world.plan();
    await world.pass(25);
    expect(world.stateOf(planId)).toEqual({ state: 'PlanFailed', errorReasons: [reason] });
    const next = world.plan();
    await world.pass(25);
    expect(world.stateOf(next).state).not.toBe('PlanFailed');
  });

  test('plan-fails: a plan that is over already stays as it ended', async () => {
    const world = jamf();
    world.server.faults.add({ name: 'plan-fails', reason: 'MDM_EXCEPTION', afterSeconds: 7_200 });
    const planId = world.plan();
    await world.pass(3 * 3_600);
    expect(world.stateOf(planId)).toEqual({ state: 'PlanCompleted', errorReasons: [] });
  });

  test('plan-fails, late: the Mac goes on and gets there', async () => {
    const world = jamf();
    world.server.faults.add({ name: 'plan-fails', reason: 'MDM_EXCEPTION', late: true });
    const planId = world.plan();
    await world.pass(3_600);
    expect(world.stateOf(planId)).toEqual({ state: 'PlanFailed', errorReasons: ['MDM_EXCEPTION'] });
    expect(world.mac.facts().version).toBe('26.6.2');
  });
});

describe('a plan that says something else than the Mac', () => {
  test('plan-completes-unseen: completed, and the Mac was never asked', async () => {
    const world = jamf();
    world.server.faults.add({ name: 'plan-completes-unseen' });
    const planId = world.plan();
    await world.pass(120);
    expect(world.stateOf(planId).state).toBe('PlanCompleted');
    expect(world.mac.record).toEqual([]);
  });

  test('plan-stuck: the Mac is done, and the plan is not', async () => {
    const world = jamf();
    world.server.faults.add({ name: 'plan-stuck' });
    const planId = world.plan();
    await world.pass(DAY_MS / 1_000);
    expect(world.stateOf(planId).state).toBe('WaitingToCollectOSUpdateStatus');
    expect(world.mac.facts().version).toBe('26.6.2');
  });

  test('plan-state-unknown: a state nobody has heard of, until the end', async () => {
    const world = jamf();
    world.server.faults.add({ name: 'plan-state-unknown', state: 'PlanUnderTheMoon' });
    const planId = world.plan();
    expect((await statesOf(world, planId, 60)).every((state) => state === 'PlanUnderTheMoon')).toBe(true);
    await world.pass(3_600);
    expect(world.stateOf(planId).state).toBe('PlanCompleted');
  });

  test('plan-in-progress: somebody’s plan stands in the way of every other', async () => {
    const world = jamf();
    world.server.faults.add({ name: 'plan-in-progress' });
    const planId = world.plan();
    const found = world.ask('GET', `${PLANS}?filter=${encodeURIComponent(`device.deviceId==${world.id}`)}`).json;
    expect(found.totalCount).toBe(2);
    await world.pass(30);
    expect(world.stateOf(planId).errorReasons).toEqual(['EXISTING_PLAN_FOR_DEVICE_IN_PROGRESS']);
  });
});

describe('when a plan can be seen', () => {
  test('plan-lags: not in the first seconds, neither by its id nor in the list', async () => {
    const world = jamf();
    world.server.faults.add({ name: 'plan-lags', seconds: 10 });
    const planId = world.plan();
    await world.pass(9);
    expect(world.ask('GET', `${PLANS}/${planId}`).status).toBe(404);
    expect(world.ask('GET', PLANS).json.totalCount).toBe(0);
    await world.pass(1);
    expect(world.ask('GET', `${PLANS}/${planId}`).status).toBe(200);
    expect(world.ask('GET', PLANS).json.totalCount).toBe(1);
  });

  test('cluster: the node that made it knows it at once, the other a minute later', async () => {
    const world = jamf();
    world.server.faults.add({ name: 'cluster', seconds: 60 });
    const made = world.createPlan();
    const cookie = made.cookies[0]?.split(';')[0] ?? '';
    const path = `${PLANS}/${made.json.plans[0].planId}`;
    const withCookie = () => world.ask('GET', path, { cookie }).status;
    const without = () => [world.ask('GET', path).status, world.ask('GET', path).status].sort();
    expect([withCookie(), withCookie(), ...without()]).toEqual([200, 200, 200, 404]);
    await world.pass(60);
    expect(without()).toEqual([200, 200]);
  });

  test('events: a string with JSON in it, an array, or nothing', async () => {
    const world = jamf();
    const planId = world.plan();
    await world.pass(400);
    const events = () => world.ask('GET', `${PLANS}/${planId}/events`).json.events;
    const types = (list: { type: string }[]) => list.map(({ type }) => type);
    const expected = [
      '.PlanCreatedEvent',
      '.PlanAcceptedEvent',
      '.StartPlanEvent',
      '.QueueAvailableOsUpdatesCommand',
      '.AvailableOsUpdateRequestCompletedEvent',
    ];
    const list = JSON.parse(events()).events;
    expect(types(list)).toEqual(expected);
    expect(list[3].availableOSUpdateDelay).toBe(300);
    expect(list[4].availableOSUpdatesDto.availableOsUpdates).toMatchObject([{ version: '26.6.2', build: '25G83' }]);
    world.server.faults.add({ name: 'events-shape', shape: 'array' });
    expect(types(events())).toEqual(expected);
    world.server.faults.clear();
    world.server.faults.add({ name: 'events-shape', shape: 'empty' });
    expect(events()).toBe('');
  });
});
