// The management server of a simulation, as one process on the Mac has it: the real client over the network of the Mac, and
// what becomes of it where the network, the server, the Mac or the process itself goes away.
import { describe, expect, test } from 'vitest';
import { withLimits } from '../../src/adapters/commands/limits.ts';
import { dailyRecon } from '../../src/adapters/mdm/jamf-pro/recon.ts';
import { ReconFile } from '../../src/adapters/mdm/jamf-pro/recon-file.ts';
import { DAY_MS, HOUR_MS, localWords, MINUTE_MS, SECOND_MS } from '../../src/domain/instant.ts';
import type { PushOrder } from '../../src/domain/push.ts';
import type { PushService } from '../../src/ports/push-service.ts';
import { checkInvariants } from '../../src/simulator/invariants.ts';
import { macosOffer } from '../../src/simulator/mac/catalogue.ts';
import type { MacSpecInput } from '../../src/simulator/mac/mac-spec.ts';
import type { JamfFaultInput } from '../../src/simulator/mdm/jamf-pro/faults.ts';
import { filesIn } from '../../src/simulator/own-credentials.ts';
import { type JamfProInput, SimulatedJamfPro } from '../../src/simulator/simulated-jamf-pro.ts';
import { canary } from '../support/canary.ts';
import { settings } from '../support/situations.ts';
import { macWith, run } from './harness.ts';

const ORDER: PushOrder = {
  to: { version: '26.6.2', build: '25G83' },
  major: false,
  latest: false,
  action: { kind: 'install-and-restart' },
};

function office(input: Partial<JamfProInput> = {}, spec: MacSpecInput = {}) {
  const { clock, mac } = macWith({ bootstrapToken: true, ...spec });
  mac.publish([macosOffer('26.6.2', '25G83', 2_824_636)]);
  const mdm = new SimulatedJamfPro(mac, { service: 'jamf-pro', secret: canary('jamf'), ...input }, 1);
  const files = filesIn(new Map());
  /** A process on the Mac, and what it has of the server. */
  const begin = async () => {
    const door = mac.door();
    const parts = { commands: withLimits(door.commands, door.clock), clock: door.clock };
    const recon = dailyRecon(parts, new ReconFile('/state', files));
    const opened = await mdm.forAgent(door.clock, recon).open();
    if ('refused' in opened) throw new Error(opened.refused);
    return { door, service: opened as PushService };
  };
  /** What comes of it; `pending` where nothing does. */
  const live = async <T>(promise: Promise<T>, withinMs = HOUR_MS): Promise<T | 'pending'> => {
    let end: { value: T } | null = null;
    void promise.then((value) => {
      end = { value };
    });
    await clock.runUntil(clock.now() + withinMs, () => end !== null);
    return end === null ? 'pending' : (end as { value: T }).value;
  };
  const pass = (ms: number) => clock.runUntil(clock.now() + ms);
  const made = () => mdm.server.parts.plans.all();
  return { clock, mac, mdm, begin, live, pass, made };
}

test.each(['client', 'account'] as const)('a credential of kind %s is let in', async (credential) => {
  const { begin, live } = office({ credential });
  const { service } = await begin();
  expect(await live(service.look())).toMatchObject({ means: expect.arrayContaining(['plan']), lacks: null });
});

test('nothing is saved for it: it is not asked', async () => {
  const { mdm, mac } = office({ credential: null });
  expect(await mdm.forAgent(mac.clock).trouble()).toBe('not-set');
  expect(await mdm.forAgent(mac.clock).open()).toEqual({ refused: 'not-set' });
});

test('an order becomes a plan, the plan commands, and the commands an update; all of it is on record', async () => {
  const { begin, live, pass, mac, mdm } = office();
  const { service } = await begin();
  expect(await live(service.push(ORDER, 'plan'))).toMatchObject({ plan: { means: 'plan' } });
  await pass(2 * HOUR_MS);
  expect(mac.os.version).toBe('26.6.2');
  const { requests, ordered, told } = mdm.record;
  expect(requests.filter(({ route }) => route === 'plan-create')).toHaveLength(1);
  expect(ordered).toMatchObject([{ action: { kind: 'install-and-restart' } }]);
  const commands = told.flatMap((one) => (one.kind === 'command' ? [one] : []));
  expect([...new Set(commands.map(({ command }) => command))]).toEqual([
    'ScheduleOSUpdateScan',
    'AvailableOSUpdates',
    'ScheduleOSUpdate',
    'OSUpdateStatus',
    'DeviceInformation',
  ]);
  expect(commands.find(({ command }) => command === 'ScheduleOSUpdate')).toMatchObject({
    version: '26.6.2',
    action: 'InstallForceRestart',
  });
  const text = JSON.stringify(mdm.record);
  expect([...mdm.secrets()].filter((secret) => text.includes(secret))).toEqual([]);
});

test('a deadline is on record as the Mac read it', async () => {
  const { begin, live, pass, mdm } = office();
  const { service } = await begin();
  const order: PushOrder = { ...ORDER, action: { kind: 'enforce', by: '2026-11-25T12:00:00' } };
  expect(await live(service.push(order, 'declaration'))).toMatchObject({ plan: { means: 'declaration' } });
  await pass(HOUR_MS);
  expect(mdm.record.told).toContainEqual(
    expect.objectContaining({ kind: 'declarations', enforced: [{ version: '26.6.2', by: '2026-11-25T12:00:00' }] }),
  );
});

test('what the server offers is what Apple has on offer at that time', () => {
  const { mac, mdm } = office();
  expect(mdm.server.parts.base.settings.available.macOS).toEqual(['26.6.2']);
  mac.publish([macosOffer('27.0', '26A300', 9_000_000)]);
  expect(mdm.server.parts.base.settings.available.macOS).toEqual(['26.6.2', '27.0']);
});

describe('what cannot be reached', () => {
  test.each<[string, (world: ReturnType<typeof office>) => void]>([
    ['no network', ({ mac }) => mac.setNetwork(false)],
    ['a server that is down', ({ mac }) => mac.faults.add({ name: 'mdm-server-down' })],
    ['a server that nobody reaches', ({ mdm }) => mdm.server.faults.add({ name: 'unreachable' })],
  ])('%s', async (_, goAway) => {
    const world = office();
    const { service } = await world.begin();
    goAway(world);
    expect(await world.live(service.look())).toHaveProperty('failed.trouble', 'server-unreachable');
  });

  test('a day later it can be', async () => {
    const world = office({ faults: [{ fault: { name: 'unreachable' }, fromHour: 1, untilHour: 25 }] });
    const { service } = await world.begin();
    expect(await world.live(service.look())).toHaveProperty('means');
    await world.pass(2 * HOUR_MS);
    expect(await world.live(service.look())).toHaveProperty('failed.trouble', 'server-unreachable');
    await world.pass(DAY_MS);
    expect(await world.live(service.look())).toHaveProperty('means');
  });

  test('the network goes while the server is at it: the plan is made, and nobody here knows', async () => {
    const world = office({ faults: [{ fault: { name: 'slow', on: 'plan-create', seconds: 10 } }] });
    const { service } = await world.begin();
    const pushed = service.push(ORDER, 'plan');
    await world.clock.runUntil(world.clock.now() + MINUTE_MS, () => world.made().length > 0);
    world.mac.setNetwork(false);
    const end = await world.live(pushed);
    expect(end).toHaveProperty('failed.trouble', 'lost');
    expect(world.made()).toHaveLength(1);
  });

  test('the Mac sleeps through an answer: it looks for the plan and makes no second one', async () => {
    const world = office({ faults: [{ fault: { name: 'slow', on: 'plan-create', seconds: 10 } }] });
    const { service } = await world.begin();
    const pushed = service.push(ORDER, 'plan');
    await world.clock.runUntil(world.clock.now() + MINUTE_MS, () => world.made().length > 0);
    world.mac.closeLid();
    await world.pass(3 * HOUR_MS);
    world.mac.openLid();
    expect(await world.live(pushed)).toMatchObject({ plan: { id: world.made()[0]?.uuid } });
    const routes = world.mdm.record.requests.map(({ route }) => route);
    expect(routes.slice(routes.indexOf('plan-create'))).toContain('plans');
    expect(world.made()).toHaveLength(1);
  });
});

describe('the process dies', () => {
  test('in the middle of a request: what the server got is done, and nothing comes of it here', async () => {
    const world = office();
    const { door, service } = await world.begin();
    const pushed = service.push(ORDER, 'plan');
    await world.clock.runUntil(world.clock.now() + MINUTE_MS, () => world.made().length > 0);
    door.close();
    expect(await world.live(pushed)).toBe('pending');
    const sent = world.mdm.record.requests.length;
    await world.pass(DAY_MS);
    expect(world.mdm.record.requests).toHaveLength(sent);
    expect(world.made()).toHaveLength(1);
    // The next life finds it.
    const next = await world.begin();
    expect(world.mac.os.version).toBe('26.6.2');
    expect(await world.live(next.service.current())).toBeNull();
  });

  test('while it waits for its next question: none is asked', async () => {
    const world = office();
    const { door, service } = await world.begin();
    const made = await world.live(service.push(ORDER, 'plan'));
    if (made === 'pending' || 'failed' in made) throw new Error('no plan');
    await world.live(service.follow(made.plan));
    const followed = service.follow(made.plan);
    await world.pass(5 * SECOND_MS);
    door.close();
    const sent = world.mdm.record.requests.length;
    expect(await world.live(followed)).toBe('pending');
    expect(world.mdm.record.requests).toHaveLength(sent);
  });

  test('before anything was sent', async () => {
    const world = office();
    const { door, service } = await world.begin();
    const looked = service.look();
    door.close();
    expect(await world.live(looked)).toBe('pending');
    expect(world.mdm.record.requests).toEqual([]);
  });
});

describe('a restart for the server', () => {
  /** What the watcher finds in what happened so far, where nobody was told anything. */
  const watched = ({ mac, mdm, clock }: ReturnType<typeof office>) => {
    const rest = { status: null, wakes: 1, commits: 0, cutsMade: 0, restsWithoutWake: 0 };
    const { violated } = checkInvariants({ mac, mdm, journal: [], endedAt: clock.now(), ...rest }, [], settings);
    return violated.map(({ invariant }) => invariant);
  };

  /** Somebody is warned, a good hour before the order is made. */
  const warn = async ({ mac, clock, pass }: ReturnType<typeof office>) => {
    const time = Math.ceil((clock.now() + 61 * MINUTE_MS) / MINUTE_MS) * MINUTE_MS;
    const shows = { title: `This Mac restarts at ${localWords(time, mac.zone)}` };
    const there = { awake: true, screenUnlocked: true, somebodyThere: true };
    mac.note({ kind: 'dialog-opened', dialog: 1, call: 0, user: 'anna', shows, ...there });
    mac.note({ kind: 'dialog-visible', dialog: 1 });
    await pass(time - clock.now());
  };

  test.each<[string, Partial<JamfProInput>, string[]]>([
    ['soon after the time that a warning named', {}, []],
    ['hours after that time', fault({ name: 'plan-late', hours: 2 }), ['fair-warning']],
  ])('%s', async (_, input, broken) => {
    const world = office(input);
    await warn(world);
    const { service } = await world.begin();
    await world.live(service.push(ORDER, 'plan'));
    await world.pass(4 * HOUR_MS);
    expect(world.mac.os.version).toBe('26.6.2');
    expect(watched(world)).toEqual(broken);
  });

  test('that the agent ordered without a warning breaks its promise', async () => {
    const world = office();
    const { service } = await world.begin();
    await world.live(service.push(ORDER, 'plan'));
    await world.pass(2 * HOUR_MS);
    expect(world.mac.os.version).toBe('26.6.2');
    expect(watched(world)).toEqual(['fair-warning']);
  });

  test('that comes hours late breaks it as well: nobody expects it any more', async () => {
    const world = office({ faults: [{ fault: { name: 'plan-late', hours: 20 } }] });
    const { service } = await world.begin();
    await world.live(service.push(ORDER, 'plan'));
    await world.pass(DAY_MS);
    expect(watched(world)).toEqual(['fair-warning']);
  });

  test('with nobody logged in is nobody’s surprise', async () => {
    const world = office({}, { loggedIn: false });
    const { service } = await world.begin();
    await world.live(service.push(ORDER, 'plan'));
    await world.pass(2 * HOUR_MS);
    expect(world.mac.os.version).toBe('26.6.2');
    expect(watched(world)).toEqual([]);
  });

  test('at a deadline that the agent handed over, without a warning, breaks it', async () => {
    const world = office();
    const { service } = await world.begin();
    await world.live(service.push({ ...ORDER, action: { kind: 'enforce', by: '2026-11-25T12:00:00' } }, 'declaration'));
    await world.pass(3 * DAY_MS);
    expect(world.mac.os.version).toBe('26.6.2');
    expect(watched(world)).toEqual(['fair-warning']);
  });

  test('at an earlier deadline of somebody else is not the agent’s', async () => {
    const world = office({ faults: [{ fault: { name: 'declared-by-somebody', by: '2026-11-24T12:00:00' } }] });
    const { service } = await world.begin();
    await world.live(service.push({ ...ORDER, action: { kind: 'enforce', by: '2026-11-25T12:00:00' } }, 'declaration'));
    await world.pass(3 * DAY_MS);
    expect(world.mac.os.version).toBe('26.6.2');
    expect(watched(world)).toEqual([]);
  });

  test('a secret of the server in an argument is found, also one made for the run', async () => {
    const world = office();
    const mdm = new SimulatedJamfPro(world.mac, { service: 'jamf-pro' }, 1);
    const [secret = ''] = mdm.secrets();
    await run(world.mac, '/usr/bin/sw_vers', [secret]);
    expect(watched({ ...world, mdm })).toEqual(['no-secret-in-the-open']);
  });
});

describe('an order that is taken, and comes to nothing', () => {
  test.each<[string, Partial<JamfProInput>, MacSpecInput, string]>([
    ['the server gives back another bootstrap token', fault({ name: 'bootstrap-token-wrong' }), {}, 'install-failed'],
    ['softwareupdated does nothing about it', {}, ignored('mdm-update-ignored'), 'install-queued-for-nothing'],
    ['softwareupdated begins and never ends', {}, ignored('queued-but-never-happens'), 'install-queued-for-nothing'],
    ['the notification never arrives', fault({ name: 'push-lost' }), {}, ''],
  ])('%s', async (_, input, spec, shows) => {
    const world = office(input, spec);
    const { service } = await world.begin();
    const made = await world.live(service.push(ORDER, 'plan'));
    if (made === 'pending' || 'failed' in made) throw new Error('no plan');
    await world.pass(6 * HOUR_MS);
    expect(await world.live(service.follow(made.plan))).toMatchObject({ state: 'under-way' });
    expect(world.mac.os.version).toBe('26.6');
    const kinds = new Set<string>(world.mac.happenings.map(({ kind }) => kind));
    expect(kinds.has('restart')).toBe(false);
    expect(shows === '' || kinds.has(shows)).toBe(true);
  });

  test.each<[string, Partial<JamfProInput>, MacSpecInput]>([
    ['the Mac never sent one', {}, { bootstrapToken: 'none' }],
    ['an earlier server lost it', {}, { bootstrapToken: 'lost' }],
    ['it was made for another server', {}, { bootstrapToken: 'foreign' }],
    ['the server lost it', fault({ name: 'bootstrap-token-lost' }), {}],
  ])('no bootstrap token, for %s: the plan says so', async (_, input, spec) => {
    const world = office(input, spec);
    await world.pass(SECOND_MS);
    const { service } = await world.begin();
    const made = await world.live(service.push(ORDER, 'plan'));
    if (made === 'pending' || 'failed' in made) throw new Error('no plan');
    await world.pass(MINUTE_MS);
    expect(await world.live(service.follow(made.plan))).toMatchObject({ state: 'failed', trouble: 'bootstrap-token' });
  });
});

test('an id from a profile that is nobody’s any more: the Mac is found by its hardware', async () => {
  const world = office({ computerIdKnown: true, faults: [{ fault: { name: 're-enrolled' } }] });
  const { service } = await world.begin();
  expect(await world.live(service.push(ORDER, 'plan'))).toHaveProperty('plan');
  const filters = world.mdm.record.requests.filter(({ route }) => route === 'inventory');
  expect(filters.length).toBeGreaterThan(1);
  expect(world.made()[0]?.deviceId).not.toBe(12);
});

test('a Mac that the server has no record of sends its inventory last, by the program of Jamf, once a day', async () => {
  const world = office({ faults: [{ fault: { name: 'computer-unmatched', times: 1 } }] });
  const sent = () => world.mac.calls.filter(({ name }) => name === 'jamf.recon').length;
  const first = await world.begin();
  expect(await world.live(first.service.look())).toHaveProperty('means');
  expect(sent()).toBe(1);
  first.door.close();
  world.mdm.server.faults.add({ name: 'computer-unmatched' });
  // Another process knows of it all the same.
  const second = await world.begin();
  expect(await world.live(second.service.look())).toEqual({
    failed: { trouble: 'computer-unknown', detail: expect.stringContaining('within the last day') },
  });
  expect(sent()).toBe(1);
  await world.pass(DAY_MS);
  const third = await world.begin();
  expect(await world.live(third.service.look())).toHaveProperty('failed.trouble', 'computer-unknown');
  expect(sent()).toBe(2);
});

test('tokens that end on the way are renewed', async () => {
  const world = office({ tokenSeconds: 60 });
  const { service } = await world.begin();
  expect(await world.live(service.look())).toHaveProperty('means');
  await world.pass(10 * MINUTE_MS);
  expect(await world.live(service.current())).toBeNull();
  expect(world.mdm.record.requests.filter(({ route }) => route === 'oauth').length).toBeGreaterThan(1);
});

function fault(one: JamfFaultInput): Partial<JamfProInput> {
  return { faults: [{ fault: one }] };
}

function ignored(name: 'mdm-update-ignored' | 'queued-but-never-happens'): MacSpecInput {
  return { faults: [{ name }] };
}
