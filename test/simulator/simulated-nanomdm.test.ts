// The NanoMDM of a simulation, as one process on the Mac has it: what is taken for an order, and what becomes of it where the
// network, the server or the process goes away. What is the same for any server is tried with Jamf Pro.
import { describe, expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../src/domain/instant.ts';
import type { PushAction, PushMeans } from '../../src/domain/push.ts';
import type { PushService } from '../../src/ports/push-service.ts';
import { checkInvariants } from '../../src/simulator/invariants.ts';
import { macosOffer } from '../../src/simulator/mac/catalogue.ts';
import type { MacSpecInput } from '../../src/simulator/mac/mac-spec.ts';
import { mdmReport } from '../../src/simulator/mdm-report.ts';
import { type NanoMdmInput, SimulatedNanoMdm } from '../../src/simulator/simulated-nanomdm.ts';
import { canary } from '../support/canary.ts';
import { settings } from '../support/situations.ts';
import { macWith, run } from './harness.ts';

const DECLARED: PushAction = { kind: 'enforce', by: '2026-11-25T12:00:00' };

function office(input: Partial<NanoMdmInput> = {}, spec: MacSpecInput = {}) {
  const { clock, mac } = macWith({ bootstrapToken: true, ...spec });
  mac.publish([macosOffer('26.6.2', '25G83', 2_824_636)]);
  const mdm = new SimulatedNanoMdm(mac, { service: 'nanomdm', secret: canary('nano_simulated'), ...input }, 1);
  /** A process on the Mac, and what it has of the server. */
  const begin = async () => {
    const door = mac.door();
    const opened = await mdm.forAgent(door.clock).open();
    if ('refused' in opened) throw new Error(opened.refused);
    return { door, service: opened as PushService };
  };
  /** What comes of it; `pending` where nothing does. */
  const live = async <T>(promise: Promise<T>): Promise<T | 'pending'> => {
    let end: { value: T } | null = null;
    void promise.then((value) => {
      end = { value };
    });
    await clock.runUntil(clock.now() + HOUR_MS, () => end !== null);
    return end === null ? 'pending' : (end as { value: T }).value;
  };
  const order = (service: PushService, action: PushAction, version = '26.6.2') => {
    const means: PushMeans = action.kind === 'enforce' ? 'declaration' : 'raw-command';
    return live(service.push({ to: { version, build: null }, major: false, latest: false, action }, means));
  };
  const pass = (ms: number) => clock.runUntil(clock.now() + ms);
  const ordered = () => mdm.record.ordered.map(({ action }) => action);
  /** What the watcher finds in what happened so far. */
  const watched = (by = mdm) => {
    const rest = { status: null, wakes: 1, commits: 0, cutsMade: 0, restsWithoutWake: 0 };
    const all = { mac, mdm: by, journal: [], endedAt: clock.now(), ...rest };
    return checkInvariants(all, [], settings).violated.map(({ invariant }) => invariant);
  };
  return { clock, mac, mdm, begin, live, order, pass, ordered, watched };
}

describe('what is taken for an order', () => {
  test('a command, once, whether or not Apple took the notification', async () => {
    for (const faults of [[], [{ fault: { name: 'push-error' } }]] as const) {
      const world = office({ faults });
      const { service } = await world.begin();
      await world.order(service, { kind: 'download' });
      await world.order(service, { kind: 'install-and-restart' });
      await world.order(service, { kind: 'install-and-restart' });
      expect(world.ordered()).toEqual([{ kind: 'download' }, { kind: 'install-and-restart' }]);
    }
  });

  test('a declaration once it is the Mac’s, and another in its place', async () => {
    const world = office();
    const { service } = await world.begin();
    await world.order(service, DECLARED);
    await world.order(service, DECLARED);
    expect(world.ordered()).toEqual([DECLARED]);
    const later: PushAction = { kind: 'enforce', by: '2026-11-26T12:00:00' };
    await world.order(service, later);
    expect(world.ordered()).toEqual([DECLARED, later]);
    const { requests, orders } = mdmReport(world.mdm);
    expect([orders, requests.byCall['enrollment-sets-put']]).toEqual([2, 3]);
  });

  test('nothing that the server refused, and nothing that asks', async () => {
    const world = office({ faults: [{ fault: { name: 'command-error' } }, { fault: { name: 'kmfddm-absent' } }] });
    const { service } = await world.begin();
    await world.live(service.look());
    await world.order(service, { kind: 'install-and-restart' });
    await world.order(service, DECLARED);
    await world.live(service.nudge());
    expect([world.ordered(), world.mdm.record.requests.length > 3]).toEqual([[], true]);
  });
});

describe('a restart that the agent ordered without a warning breaks its promise', () => {
  test.each<[string, PushAction, string[]]>([
    ['by a command', { kind: 'install-and-restart' }, ['fair-warning']],
    ['by a declaration', { kind: 'enforce', by: '2026-11-23T21:00:00' }, ['fair-warning']],
    ['a download restarts nobody', { kind: 'download' }, []],
  ])('%s', async (_, action, broken) => {
    const world = office();
    const { service } = await world.begin();
    await world.order(service, action);
    await world.pass(30 * HOUR_MS);
    expect(world.mac.os.version).toBe(broken.length === 0 ? '26.6' : '26.6.2');
    expect(world.watched()).toEqual(broken);
  });
});

test.each<[string, (world: ReturnType<typeof office>) => void]>([
  ['no network', ({ mac }) => mac.setNetwork(false)],
  ['a server that is down', ({ mac }) => mac.faults.add({ name: 'mdm-server-down' })],
  ['a server that nobody reaches', ({ mdm }) => mdm.server.faults.add({ name: 'unreachable' })],
])('what cannot be reached: %s', async (_, goAway) => {
  const world = office();
  const { service } = await world.begin();
  goAway(world);
  expect(await world.live(service.look())).toHaveProperty('failed.trouble', 'server-unreachable');
});

test('a fault comes and goes by the hours that it is given', async () => {
  const world = office({ faults: [{ fault: { name: 'unauthorized' }, fromHour: 1, untilHour: 3 }] });
  const look = async () => world.live((await world.begin()).service.look());
  expect(await look()).toHaveProperty('means');
  await world.pass(2 * HOUR_MS);
  expect(await look()).toHaveProperty('failed.trouble', 'credential-refused');
  await world.pass(2 * HOUR_MS);
  expect(await look()).toHaveProperty('means');
});

test('a process that dies in the middle: what the server got is done, and the next finds it', async () => {
  const world = office();
  const { door, service } = await world.begin();
  const pushed = service.push(
    { to: { version: '26.6.2', build: null }, major: false, latest: false, action: DECLARED },
    'declaration',
  );
  await world.clock.runUntil(world.clock.now() + MINUTE_MS, () => world.ordered().length > 0);
  door.close();
  expect(await world.live(pushed)).toBe('pending');
  const next = await world.begin();
  expect(await world.live(next.service.current())).toHaveProperty('plan.means', 'declaration');
  expect(world.ordered()).toEqual([DECLARED]);
});

test('nothing is saved for it: it is not asked', async () => {
  const { mdm, mac } = office({ credential: null });
  expect(await mdm.forAgent(mac.clock).trouble()).toBe('not-set');
});

test('its key is a secret, which stands in no record and is found where it must not be', async () => {
  const world = office();
  const { service } = await world.begin();
  await world.order(service, DECLARED);
  const text = JSON.stringify(world.mdm.record);
  expect([...world.mdm.secrets()].filter((secret) => text.includes(secret))).toEqual([]);
  // One made for the run, for which this test’s own watch does not look.
  const mdm = new SimulatedNanoMdm(world.mac, { service: 'nanomdm' }, 1);
  const [key = ''] = mdm.secrets();
  await run(world.mac, '/usr/bin/sw_vers', [key]);
  expect(world.watched(mdm)).toEqual(['no-secret-in-the-open']);
});
