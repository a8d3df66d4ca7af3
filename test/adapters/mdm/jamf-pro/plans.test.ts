// Plans: what is written into one, what is done about plans that are there already, and how one is followed.
import { describe, expect, test } from 'vitest';
import type { PushAction, PushOrder, PushState, PushTrouble } from '../../../../src/domain/push.ts';
import { apiError, broken, type FakePlan, fakeJamf, PLANS, page, type Reply, record, somePlan } from './fake-jamf.ts';

const LIST = `GET ${PLANS}`;
const MAKE = `POST ${PLANS}`;
const BY = '2026-12-25T21:09:31';
const install: PushAction = { kind: 'install-and-restart' };
const enforce: PushAction = { kind: 'enforce', by: BY };
const order = (rest: Partial<PushOrder> = {}): PushOrder => ({
  to: { version: '26.1', build: '25B78' },
  major: false,
  latest: false,
  action: install,
  ...rest,
});
const bodies = (jamf: ReturnType<typeof fakeJamf>) =>
  jamf.got.filter(({ key }) => key === MAKE).map(({ body }) => JSON.parse(body));

describe('a new plan', () => {
  test.each<[string, PushOrder, object]>([
    [
      'a minor update with a restart',
      order(),
      { updateAction: 'DOWNLOAD_INSTALL_RESTART', versionType: 'SPECIFIC_VERSION', specificVersion: '26.1' },
    ],
    [
      'a major one, for which no forced restart works',
      order({ major: true }),
      { updateAction: 'DOWNLOAD_INSTALL', versionType: 'SPECIFIC_VERSION', specificVersion: '26.1' },
    ],
    [
      'a download',
      order({ action: { kind: 'download' } }),
      { updateAction: 'DOWNLOAD_ONLY', versionType: 'SPECIFIC_VERSION', specificVersion: '26.1' },
    ],
    [
      'the newest minor',
      order({ latest: true }),
      { updateAction: 'DOWNLOAD_INSTALL_RESTART', versionType: 'LATEST_MINOR' },
    ],
    [
      'the newest major',
      order({ latest: true, major: true }),
      { updateAction: 'DOWNLOAD_INSTALL', versionType: 'LATEST_MAJOR' },
    ],
    [
      'a version in another spelling is written as the server has it',
      order({ to: { version: '26.1.0', build: null } }),
      { updateAction: 'DOWNLOAD_INSTALL_RESTART', versionType: 'SPECIFIC_VERSION', specificVersion: '26.1' },
    ],
    [
      'a build that the server does not offer',
      order({ to: { version: '26.2', build: '25C99' } }),
      {
        updateAction: 'DOWNLOAD_INSTALL_RESTART',
        versionType: 'CUSTOM_VERSION',
        specificVersion: '26.2',
        buildVersion: '25C99',
      },
    ],
  ])('%s', async (_, ordered, config) => {
    const jamf = fakeJamf();
    expect(await jamf.client.push(ordered, 'plan')).toEqual({ plan: { means: 'plan', id: 'NEW-1' } });
    expect(bodies(jamf)).toEqual([{ devices: [{ objectType: 'COMPUTER', deviceId: '12' }], config }]);
  });

  test('with a deadline, as a declaration', async () => {
    const jamf = fakeJamf();
    expect(await jamf.client.push(order({ action: enforce }), 'declaration')).toEqual({
      plan: { means: 'declaration', id: 'NEW-1' },
    });
    expect(bodies(jamf)[0].config).toEqual({
      updateAction: 'DOWNLOAD_INSTALL_SCHEDULE',
      versionType: 'SPECIFIC_VERSION',
      specificVersion: '26.1',
      forceInstallLocalDateTime: BY,
    });
  });

  test('of a version in doubt, where the server does not say what it offers', async () => {
    for (const reply of [apiError(403), { status: 200, body: { availableUpdates: {} } }]) {
      const jamf = fakeJamf();
      jamf.server.toggle.customVersionEnabled = false;
      jamf.always('GET /api/v1/managed-software-updates/available-updates', reply);
      await jamf.client.push(order(), 'plan');
      expect(bodies(jamf)[0].config).toMatchObject({ versionType: 'SPECIFIC_VERSION', specificVersion: '26.1' });
    }
  });

  const none = (jamf: ReturnType<typeof fakeJamf>) => expect(jamf.count(MAKE)).toBe(0);
  test('is not made of a version that the server does not have', async () => {
    const jamf = fakeJamf();
    jamf.server.toggle.customVersionEnabled = false;
    expect(await jamf.client.push(order({ to: { version: '26.2', build: '25C99' } }), 'plan')).toEqual({
      failed: {
        trouble: 'version-unavailable',
        detail: 'it does not offer macOS 26.2; its newest are 26.1, 26.0.1, 15.7.2',
      },
    });
    none(jamf);
  });

  test.each<[string, Partial<PushOrder>, 'plan' | 'declaration' | 'raw-command' | 'legacy-command', PushTrouble]>([
    ['a deadline by a command', { action: enforce }, 'plan', 'not-supported'],
    ['a command as a declaration', {}, 'declaration', 'not-supported'],
    ['a raw command', {}, 'raw-command', 'not-supported'],
    ['a deadline by the older call', { action: enforce }, 'legacy-command', 'not-supported'],
    ['a moment that is none', { action: { kind: 'enforce', by: '2026-12-25' } }, 'declaration', 'not-understood'],
  ])('is not made of %s', async (_, rest, means, trouble) => {
    const jamf = fakeJamf();
    expect(await jamf.client.push(order(rest), means)).toHaveProperty('failed.trouble', trouble);
    none(jamf);
  });

  test.each<[string, Record<string, unknown>, unknown, 'plan' | 'declaration', PushTrouble]>([
    ['off', { toggle: false }, {}, 'plan', 'feature-off'],
    ['being turned off', { toggle: true }, { toggleOff: { state: 'RUNNING' } }, 'plan', 'feature-switching'],
    ['without local dates', { toggle: true, dssEnabled: true }, {}, 'declaration', 'not-supported'],
  ])('is not made while the feature is %s', async (_, toggle, toggleStatus, means, trouble) => {
    const jamf = fakeJamf();
    Object.assign(jamf.server, { toggle, toggleStatus });
    const ordered = order(means === 'declaration' ? { action: enforce } : {});
    expect(await jamf.client.push(ordered, means)).toHaveProperty('failed.trouble', trouble);
    none(jamf);
  });

  test('is not made where the plans that are there cannot be seen', async () => {
    for (const reply of [
      apiError(403),
      apiError(500),
      broken('timeout'),
      { status: 200, body: { results: [{ no: 'id' }] } },
    ]) {
      const jamf = fakeJamf();
      jamf.always(LIST, reply);
      expect(await jamf.client.push(order(), 'plan')).toHaveProperty('failed');
      none(jamf);
    }
  });

  test('is not made where they cannot be seen whole', async () => {
    const jamf = fakeJamf();
    const many = Array.from({ length: 150 }, (_, n) =>
      somePlan({ planUuid: `P-${n}`, status: { state: 'PlanCompleted', errorReasons: null } }),
    );
    jamf.always(LIST, { status: 200, body: { totalCount: 150, results: many.slice(0, 100) } });
    expect(await jamf.client.push(order(), 'plan')).toHaveProperty('failed.trouble', 'not-understood');
    expect(jamf.count(LIST)).toBe(2);
    none(jamf);
  });

  test('is not made after it was taken back', async () => {
    const jamf = fakeJamf();
    const stop = new AbortController();
    jamf.always(LIST, () => {
      stop.abort();
      return null;
    });
    expect(await jamf.client.push(order(), 'plan', stop.signal)).toHaveProperty('failed.trouble', 'server-unreachable');
    none(jamf);
  });
});

describe('a plan that is under way', () => {
  test.each<[string, Partial<FakePlan>]>([
    ['the same', {}],
    ['the same, with a number for an id', { device: { deviceId: 12, objectType: 'COMPUTER' } }],
    ['the same, with its build named too', { versionType: 'CUSTOM_VERSION', buildVersion: '25B78' }],
    ['the same, in a state never heard of', { status: { state: 'PonderingPlan', errorReasons: null } }],
    [
      'the same, whose reasons mean nothing yet',
      { status: { state: 'SchedulingMDM', errorReasons: ['NOT_SUPERVISED'] } },
    ],
  ])('%s is had instead of a new one', async (_, rest) => {
    const jamf = fakeJamf();
    jamf.server.plans = [somePlan(rest)];
    expect(await jamf.client.push(order(), 'plan')).toEqual({ plan: { means: 'plan', id: 'AAAA-1' } });
    expect(jamf.count(MAKE)).toBe(0);
  });

  test('the same declaration, its moment written with more', async () => {
    const jamf = fakeJamf();
    jamf.server.plans = [
      somePlan({ updateAction: 'DOWNLOAD_INSTALL_SCHEDULE', forceInstallLocalDateTime: `${BY}.000Z` }),
    ];
    expect(await jamf.client.push(order({ action: enforce }), 'declaration')).toHaveProperty('plan.id', 'AAAA-1');
  });

  test.each<[string, Partial<FakePlan>]>([
    ['for another version', { specificVersion: '26.0.1' }],
    ['for whatever is newest', { versionType: 'LATEST_ANY' }],
    ['that only downloads', { updateAction: 'DOWNLOAD_ONLY' }],
    ['with a deadline', { updateAction: 'DOWNLOAD_INSTALL_SCHEDULE', forceInstallLocalDateTime: BY }],
  ])('%s is in the way', async (_, rest) => {
    const jamf = fakeJamf();
    jamf.server.plans = [somePlan(rest)];
    const result = await jamf.client.push(order(), 'plan');
    expect(result).toHaveProperty('failed.trouble', 'plan-in-progress');
    expect(result).toHaveProperty('failed.detail', expect.stringContaining('AAAA-1'));
    expect(jamf.count(MAKE)).toBe(0);
  });

  test('with another moment is in the way of a declaration', async () => {
    const jamf = fakeJamf();
    jamf.server.plans = [
      somePlan({ updateAction: 'DOWNLOAD_INSTALL_SCHEDULE', forceInstallLocalDateTime: '2026-12-24T21:09:31' }),
    ];
    expect(await jamf.client.push(order({ action: enforce }), 'declaration')).toHaveProperty(
      'failed.trouble',
      'plan-in-progress',
    );
  });

  test('that does not say whose it is counts as ours', async () => {
    const jamf = fakeJamf();
    const { device: _, ...nobodys } = somePlan();
    jamf.always(LIST, { status: 200, body: { totalCount: 1, results: [nobodys] } });
    expect(await jamf.client.push(order(), 'plan')).toHaveProperty('plan.id', 'AAAA-1');
    expect(jamf.count(MAKE)).toBe(0);
  });

  test('of another computer, or over, is none', async () => {
    const jamf = fakeJamf();
    const ended = ['PlanCompleted', 'PlanFailed', 'PlanCanceled', 'PlanException'];
    jamf.server.plans = [
      somePlan({ device: { deviceId: '13', objectType: 'COMPUTER' } }),
      somePlan({ planUuid: 'B', device: { deviceId: '12', objectType: 'MOBILE_DEVICE' } }),
      ...ended.map((state) => somePlan({ planUuid: state, status: { state, errorReasons: [] } })),
    ];
    expect(await jamf.client.current()).toBeNull();
    expect(await jamf.client.push(order(), 'plan')).toHaveProperty('plan.id', 'NEW-1');
  });

  test('is found among many pages', async () => {
    const jamf = fakeJamf();
    const over = { state: 'PlanCompleted', errorReasons: null };
    jamf.server.plans = Array.from({ length: 250 }, (_, n) =>
      somePlan({ planUuid: `P-${n}`, ...(n === 249 ? {} : { status: over }) }),
    );
    expect(await jamf.client.current()).toHaveProperty('plan.id', 'P-249');
    expect(jamf.count(LIST)).toBe(3);
  });

  test.each<[string, Partial<FakePlan>, object | null]>([
    ['a restart', {}, order({ to: { version: '26.1', build: null } })],
    ['a build', { versionType: 'CUSTOM_VERSION', buildVersion: '25B78' }, order()],
    [
      'a major download',
      { updateAction: 'DOWNLOAD_ONLY', specificVersion: '27.0' },
      order({ to: { version: '27.0', build: null }, major: true, action: { kind: 'download' } }),
    ],
    [
      'a deadline',
      { updateAction: 'DOWNLOAD_INSTALL_SCHEDULE', forceInstallLocalDateTime: BY },
      order({ to: { version: '26.1', build: null }, action: enforce }),
    ],
    ['whatever is newest', { versionType: 'LATEST_MINOR', specificVersion: 'NO_SPECIFIC_VERSION' }, null],
    ['what we never order', { updateAction: 'DOWNLOAD_INSTALL_ALLOW_DEFERRAL' }, null],
    ['what nobody has heard of', { updateAction: 'PONDER' }, null],
  ])('is told as the order it amounts to: %s', async (_, rest, expected) => {
    const jamf = fakeJamf();
    jamf.server.plans = [somePlan(rest)];
    const means = rest.updateAction === 'DOWNLOAD_INSTALL_SCHEDULE' ? 'declaration' : 'plan';
    expect(await jamf.client.current()).toEqual({ plan: { means, id: 'AAAA-1' }, order: expected });
  });

  test('is no order where it is not known what runs on the Mac', async () => {
    const jamf = fakeJamf();
    jamf.server.computers = [record({ operatingSystem: null })];
    jamf.server.plans = [somePlan()];
    expect(await jamf.client.current()).toMatchObject({ plan: { id: 'AAAA-1' }, order: null });
  });
});

describe('an answer to a new plan that leaves doubt', () => {
  const doubts: [string, Reply][] = [
    ['lost', broken('cut-off')],
    ['late', broken('timeout')],
    ['too large', broken('too-large')],
    ['500', apiError(500)],
    ['502', page(502)],
    ['503 of a proxy', page(503)],
    ['504', page(504)],
    ['408', { status: 408 }],
    ['a page that says it worked', page(201)],
    ['of no plan', { status: 201, body: { plans: [] } }],
    ['of a plan for another computer', { status: 201, body: { plans: [{ planId: 'X', device: { deviceId: '99' } }] } }],
  ];
  test.each(doubts)('%s: the plan that was made is found, though late', async (_, reply) => {
    const jamf = fakeJamf();
    jamf.always(MAKE, (got) => {
      jamf.ordinary(MAKE, got);
      return reply;
    });
    // One node of the cluster has not heard of it yet.
    let looks = 0;
    jamf.always(LIST, () => {
      looks += 1;
      return looks > 1 && looks < 4 ? { status: 200, body: { totalCount: 0, results: [] } } : null;
    });
    expect(await jamf.client.push(order(), 'plan')).toEqual({ plan: { means: 'plan', id: 'NEW-1' } });
    expect(jamf.count(MAKE)).toBe(1);
    expect(jamf.waits.slice(-3)).toEqual([2_250, 9_000, 22_500]);
  });

  test.each(doubts)('%s: and no plan is to be seen', async (_, reply) => {
    const jamf = fakeJamf();
    jamf.always(MAKE, reply);
    expect(await jamf.client.push(order(), 'plan')).toMatchObject({
      failed: { trouble: 'lost', detail: expect.stringContaining('it is not known whether it made a plan: ') },
    });
    expect(jamf.count(MAKE)).toBe(1);
    expect(jamf.waits).toHaveLength(4);
  });

  test('the plan that was made is had by a later order, even one that has failed by then', async () => {
    const jamf = fakeJamf();
    let hidden = true;
    jamf.always(MAKE, (got) => {
      jamf.ordinary(MAKE, got);
      return broken('timeout');
    });
    jamf.always(LIST, () => (hidden && jamf.server.made > 0 ? apiError(500) : null));
    expect(await jamf.client.push(order(), 'plan')).toHaveProperty('failed.trouble', 'lost');
    hidden = false;
    for (const plan of jamf.server.plans) plan.status = { state: 'PlanFailed', errorReasons: ['NO_DISK_SPACE'] };
    expect(await jamf.client.push(order(), 'plan')).toHaveProperty('plan.id', 'NEW-1');
    expect(jamf.count(MAKE)).toBe(1);
  });

  test('an order taken back while it was sent waits before the next is made', async () => {
    const jamf = fakeJamf();
    const stop = new AbortController();
    const made = jamf.clock.monotonicMs;
    jamf.always(MAKE, (got) => {
      if (stop.signal.aborted) return null;
      jamf.ordinary(MAKE, got);
      stop.abort();
      return broken('aborted');
    });
    const start = made();
    jamf.always(LIST, () => (made() - start < 70_000 ? { status: 200, body: { totalCount: 0, results: [] } } : null));
    expect(await jamf.client.push(order(), 'plan', stop.signal)).toHaveProperty('failed.trouble', 'lost');
    expect(await jamf.client.push(order(), 'plan')).toHaveProperty('plan.id', 'NEW-1');
    expect(jamf.server.made).toBe(1);
  });

  test.each<[string, Reply, PushTrouble]>([
    ['400', apiError(400, 'INVALID_FIELD'), 'not-understood'],
    ['403', apiError(403, 'INVALID_PRIVILEGE'), 'privilege-missing'],
    ['429', { ...apiError(429), headers: { 'retry-after': '5' } } as Reply, 'server-busy'],
    ['nobody', broken('unreachable'), 'server-unreachable'],
  ])('leaves none where it surely was not acted on (%s): no looking, and no second try', async (_, reply, trouble) => {
    const jamf = fakeJamf();
    jamf.always(MAKE, reply);
    expect(await jamf.client.push(order(), 'plan')).toHaveProperty('failed.trouble', trouble);
    expect(jamf.count(MAKE)).toBe(1);
    expect(jamf.waits).toEqual([]);
  });

  test('leaves none where only the token was refused, which is renewed once', async () => {
    const jamf = fakeJamf();
    await jamf.client.look();
    jamf.once(MAKE, apiError(401));
    expect(await jamf.client.push(order(), 'plan')).toHaveProperty('plan.id', 'NEW-1');
    expect(jamf.server.made).toBe(1);
  });

  test('leaves none where no new token was to be had', async () => {
    const jamf = fakeJamf();
    await jamf.client.look();
    jamf.once(MAKE, apiError(401));
    jamf.always('POST /api/oauth/token', broken('timeout'));
    expect(await jamf.client.push(order(), 'plan')).toHaveProperty('failed.trouble', 'server-unreachable');
    expect(jamf.count(LIST)).toBe(2);
  });

  test('is none of two orders at once: the second has the plan of the first', async () => {
    const jamf = fakeJamf();
    const [first, second] = await Promise.all([jamf.client.push(order(), 'plan'), jamf.client.push(order(), 'plan')]);
    expect([first, second]).toEqual([
      { plan: { means: 'plan', id: 'NEW-1' } },
      { plan: { means: 'plan', id: 'NEW-1' } },
    ]);
    expect(jamf.server.made).toBe(1);
  });
});

describe('a plan that is followed', () => {
  const plan = { means: 'plan' as const, id: 'AAAA-1' };
  const follow = async (status: FakePlan['status'], rest: Partial<FakePlan> = {}) => {
    const jamf = fakeJamf();
    jamf.server.plans = [somePlan({ status, ...rest })];
    return jamf.client.follow(plan);
  };

  test.each([
    'Init',
    'PendingPlanValidation',
    'AcceptingPlan',
    'RejectingPlan',
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
    'ProcessingScheduleOSUpdateResponse',
    'CollectingOSUpdateStatus',
    'ProcessingOSUpdateStatusResponse',
    'WaitingToCollectOSUpdateStatus',
    'SchedulingDDM',
    'CollectingDDMStatus',
    'ProcessingDDMStatusResponse',
    'VerifyingInstallation',
    'ProcessingInstallationVerification',
    'Unknown',
    'NeverHeardOf',
  ])('%s is under way', async (state) => {
    expect(await follow({ state, errorReasons: ['NO_DISK_SPACE'] })).toEqual({ state: 'under-way', phase: state });
  });

  test.each<[string, PushState]>([
    ['PlanCompleted', { state: 'completed' }],
    ['PlanCanceled', { state: 'failed', trouble: 'command-failed', detail: 'the plan was cancelled' }],
    [
      'PlanException',
      { state: 'failed', trouble: 'server-failed', detail: 'the server could not go on with the plan' },
    ],
  ])('%s is an end', async (state, expected) => expect(await follow({ state, errorReasons: null })).toEqual(expected));

  test.each<[string[], PushTrouble]>([
    [['APPLE_SILICON_NO_ESCROW_KEY'], 'bootstrap-token'],
    [['NOT_SUPERVISED'], 'not-supervised'],
    [['NOT_MANAGED'], 'not-managed'],
    [['NO_DISK_SPACE'], 'no-disk-space'],
    [['ACTION_NOT_SUPPORTED_FOR_DEVICE_TYPE'], 'not-supported'],
    [['DECLARATIVE_DEVICE_MANAGEMENT_SOFTWARE_UPDATES_NOT_SUPPORTED_FOR_DEVICE_OS_VERSION'], 'not-supported'],
    [['DECLARATIVE_DEVICE_MANAGEMENT_SOFTWARE_UPDATES_NOT_SUPPORTED_FOR_DEVICE_TYPE'], 'not-supported'],
    [['DOWNGRADE_NOT_SUPPORTED'], 'version-unavailable'],
    [['NO_UPDATES_AVAILABLE'], 'version-unavailable'],
    [['SPECIFIC_VERSION_UNAVAILABLE'], 'version-unavailable'],
    [['SPECIFIC_VERSION_UNAVAILABLE_FOR_DEVICE_MODEL'], 'version-unavailable'],
    [['APPLE_SOFTWARE_LOOKUP_SERVICE_ERROR'], 'server-failed'],
    [['EXISTING_PLAN_FOR_DEVICE_IN_PROGRESS'], 'plan-in-progress'],
    [['PLAN_NOT_FOUND'], 'lost'],
    [['START_PLAN_FAILURE'], 'server-failed'],
    [['MDM_CLIENT_EXCEPTION'], 'command-failed'],
    [['QUEUE_SCHEDULE_OS_UPDATE_FAILURE'], 'command-failed'],
    [['VERIFY_INSTALLATION_FAILURE'], 'command-failed'],
    [['DECLARATIVE_SERVICE_ERROR'], 'declaration-failed'],
    [['NO_DEVICE_STATUS_BY_GRACE_PERIOD'], 'declaration-failed'],
    [['START_PLAN_FAILURE', 'APPLE_SILICON_NO_ESCROW_KEY'], 'bootstrap-token'],
    [['SOMETHING_NEW'], 'not-understood'],
    [['UNKNOWN'], 'not-understood'],
  ])('failed by %j is %s', async (errorReasons, trouble) => {
    expect(await follow({ state: 'PlanFailed', errorReasons })).toEqual({
      state: 'failed',
      trouble,
      detail: `the plan failed: ${errorReasons.join(', ')}`,
    });
  });

  test.each<[string, unknown]>([
    [
      'a text with JSON in it',
      JSON.stringify({
        events: [{ type: '.PlanCreatedEvent', eventReceivedEpoch: 1 }, { type: '.PlanRejectedEvent' }],
      }),
    ],
    [
      'a list',
      [{ type: '.PlanCreatedEvent' }, { id: 3, type: '.PlanRejectedEvent', eventSentEpoch: 5 }, { no: 'type' }],
    ],
    ['an object', { events: [{ type: '.PlanRejectedEvent' }] }],
  ])('failed without a reason is told by its last event, from %s', async (_, events) => {
    const jamf = fakeJamf();
    jamf.server.plans = [somePlan({ status: { state: 'PlanFailed', errorReasons: [] } })];
    jamf.always(`GET ${PLANS}/AAAA-1/events`, { status: 200, body: { events } });
    expect(await jamf.client.follow(plan)).toEqual({
      state: 'failed',
      trouble: 'not-understood',
      detail: 'the plan failed; its last event is .PlanRejectedEvent',
    });
  });

  test.each<[string, Reply]>([
    ['empty', { status: 200, body: { events: '' } }],
    ['null', { status: 200, body: { events: null } }],
    ['of nonsense', { status: 200, body: { events: 'nonsense' } }],
    ['without end', { status: 200, body: { events: '{"events":"MARK"}' } }],
    ['refused', apiError(403)],
  ])('failed without a reason, and the events are %s', async (_, reply) => {
    const jamf = fakeJamf();
    jamf.server.plans = [somePlan({ status: { state: 'PlanFailed', errorReasons: [] } })];
    jamf.always(`GET ${PLANS}/AAAA-1/events`, reply);
    expect(await jamf.client.follow(plan)).toEqual({
      state: 'failed',
      trouble: 'not-understood',
      detail: 'the plan failed',
    });
  });

  const type = 'com.apple.configuration.softwareupdate.enforcement.specific';
  const payload = { TargetOSVersion: '26.1', TargetLocalDateTime: BY };
  const declared = (payloadJson: unknown): Reply => ({
    status: 200,
    body: {
      declarations: [
        { uuid: 'x', type: 'com.apple.activation.simple', payloadJson: {} },
        { type, payloadJson, group: 'CONFIGURATION' },
      ],
    },
  });
  test.each<[string, Reply, string | null]>([
    ['a text with JSON in it', declared(JSON.stringify(payload)), BY],
    ['an object', declared(payload), BY],
    ['null', declared(null), null],
    ['nonsense', declared('{'), null],
    ['not there', { status: 200, body: { declarations: [] } }, null],
    ['refused', apiError(403), null],
  ])('scheduled, and the payload of its declaration is %s', async (_, reply, by) => {
    for (const state of ['DDMPlanScheduled', 'WaitingToStartDDMUpdate']) {
      const jamf = fakeJamf();
      jamf.server.plans = [somePlan({ status: { state, errorReasons: null } })];
      jamf.always(`GET ${PLANS}/AAAA-1/declarations`, reply);
      expect(await jamf.client.follow(plan)).toEqual({ state: 'scheduled', by });
    }
  });

  test('scheduled, and the plan itself says for when', async () => {
    const jamf = fakeJamf();
    jamf.server.plans = [
      somePlan({ status: { state: 'DDMPlanScheduled', errorReasons: null }, forceInstallLocalDateTime: BY }),
    ];
    expect(await jamf.client.follow(plan)).toEqual({ state: 'scheduled', by: BY });
    expect(jamf.count(`GET ${PLANS}/AAAA-1/declarations`)).toBe(0);
  });

  test('that says next to nothing is under way', async () => {
    const jamf = fakeJamf();
    jamf.always(`GET ${PLANS}/AAAA-1`, { status: 200, body: { planUuid: 'AAAA-1' } });
    expect(await jamf.client.follow(plan)).toEqual({ state: 'under-way', phase: 'Unknown' });
  });

  test('that no node knows is lost only after they had the time to agree', async () => {
    const jamf = fakeJamf();
    const states = [];
    for (let n = 0; n < 3; n += 1) states.push(await jamf.client.follow(plan));
    expect(states).toEqual([
      { state: 'under-way', phase: 'not to be seen yet' },
      { state: 'under-way', phase: 'not to be seen yet' },
      { state: 'failed', trouble: 'lost', detail: 'it no longer knows the plan' },
    ]);
  });

  test.each<[string, Reply, PushTrouble]>([
    ['busy', page(503), 'server-busy'],
    ['not to be reached', broken('unreachable'), 'server-unreachable'],
    ['refusing', apiError(403), 'privilege-missing'],
  ])('says nothing of the plan where the server is %s', async (_, reply, trouble) => {
    const jamf = fakeJamf();
    jamf.always(`GET ${PLANS}/AAAA-1`, reply);
    expect(await jamf.client.follow(plan)).toHaveProperty('failed.trouble', trouble);
    expect(jamf.count(`GET ${PLANS}/AAAA-1`)).toBe(1);
  });

  test('is asked about once a minute, whoever asks and whatever comes', async () => {
    const jamf = fakeJamf();
    jamf.server.plans = [somePlan(), somePlan({ planUuid: 'BBBB-2' })];
    jamf.once(`GET ${PLANS}/AAAA-1`, apiError(500), apiError(429), broken('timeout'));
    await Promise.all(Array.from({ length: 3 }, () => jamf.client.follow(plan)));
    for (let n = 0; n < 4; n += 1) await jamf.client.follow({ ...plan, id: n % 2 === 0 ? 'AAAA-1' : 'BBBB-2' });
    const asked = jamf.got.filter(({ key }) => /-[12]$/.test(key)).map(({ atMs }) => atMs);
    expect(asked).toHaveLength(7);
    for (const [index, atMs] of asked.entries())
      if (index > 0) expect(atMs - (asked[index - 1] ?? 0)).toBeGreaterThanOrEqual(60_000);
  });

  test('whose id is none, or not known to the server at all, is not asked about', async () => {
    const jamf = fakeJamf();
    expect(await jamf.client.follow({ means: 'legacy-command', id: null })).toHaveProperty('state', 'under-way');
    expect(await jamf.client.follow({ means: 'plan', id: '../feature-toggle' })).toHaveProperty(
      'failed.trouble',
      'not-understood',
    );
    expect(jamf.got).toEqual([]);
  });
});
