// A Mac that NanoMDM and KMFDDM manage. What the client orders goes over Apple’s protocol to the Mac, which does the rest
// by itself: no agent runs on it.
import { describe, expect, test } from 'vitest';
import { withLimits } from '../../src/adapters/commands/limits.ts';
import { NanoMdm } from '../../src/adapters/mdm/nanomdm/nano-mdm.ts';
import { type Push, type PushPhase, pushPhases } from '../../src/adapters/mdm/push-phases.ts';
import { watchLog } from '../../src/adapters/unified-log/watch-log.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/domain/instant.ts';
import type { PushAction } from '../../src/domain/push.ts';
import { Secret } from '../../src/domain/secret.ts';
import { macosOffer } from '../../src/simulator/mac/catalogue.ts';
import type { MacSpecInput } from '../../src/simulator/mac/mac-spec.ts';
import type { CommandResult } from '../../src/simulator/mdm/nanomdm/enrollments.ts';
import { NanoMdmServer } from '../../src/simulator/mdm/nanomdm/server.ts';
import { NanoWitness } from '../contract/mdm/nano-pair.ts';
import { macWith } from '../simulator/harness.ts';
import { canary } from '../support/canary.ts';

const KEY = canary('nano_story');
const MANAGED: MacSpecInput = { bootstrapToken: true };
const ON_27: MacSpecInput = { ...MANAGED, macOS: '27.0', build: '26A300' };
const ON_15: MacSpecInput = { ...MANAGED, macOS: '15.7', build: '24G222' };

function office(spec: MacSpecInput, to: { version: string; build: string }) {
  const { clock, mac } = macWith(spec);
  mac.publish([macosOffer(to.version, to.build, 2_824_636)]);
  const results: CommandResult[] = [];
  const server = new NanoMdmServer({ clock, apiKey: KEY, onResult: (result) => results.push(result) });
  server.enrol(mac.mdm);
  const witness = new NanoWitness();
  /** A client of a new process, as after each start of the Mac. */
  const connect = () =>
    new NanoMdm({
      http: witness.over(server.http),
      clock: mac.clock,
      random: () => 0.5,
      address: 'https://mdm.example',
      declarationsAddress: null,
      credential: { kind: 'account', name: 'nanomdm', password: new Secret(KEY) },
      mac: { udid: mac.mdm.facts().udid },
    });
  const client = connect();
  const live = async <T>(answer: Promise<T>): Promise<T> => {
    const settled: T[] = [];
    const wait = answer.then((value) => void settled.push(value));
    const ended = await clock.runUntil(clock.now() + 2 * HOUR_MS, () => settled.length > 0);
    if (ended !== 'stopped') throw new Error('it was not answered within two hours');
    await wait;
    return settled[0] as T;
  };
  const order = async (action: PushAction) => {
    const means = action.kind === 'enforce' ? 'declaration' : 'raw-command';
    const made = await live(client.push({ to, major: false, latest: false, action }, means));
    if ('failed' in made) throw new Error(made.failed.detail);
    return made.plan;
  };
  const pass = (ms: number) => clock.runUntil(clock.now() + ms);
  const watch = (push: Push) => {
    const told: PushPhase[] = [];
    watchLog(withLimits(mac.commands, mac.clock), mac.clock)
      .pipe(pushPhases(mac.clock, push))
      .subscribe((phase) => told.push(phase));
    return told;
  };
  const restarts = () => mac.happenings.filter((one) => one.kind === 'restart');
  return { clock, mac, server, client, connect, results, witness, live, order, pass, watch, restarts };
}

const BY = '2026-11-24T12:30:00';
const DEADLINE = Date.UTC(2026, 10, 24, 11, 30);

describe.each([
  ['15', ON_15, { version: '15.7.2', build: '24G325' }],
  ['26', MANAGED, { version: '26.6.2', build: '25G83' }],
  ['27', ON_27, { version: '27.1', build: '26B50' }],
])('macOS %s', (_, spec, to) => {
  test('takes a declaration, stages the update, and installs it at its time', async () => {
    const world = office(spec, to);
    const told = world.watch({ by: 'declaration', action: 'install' });
    const plan = await world.order({ kind: 'enforce', by: BY });
    await world.pass(20 * HOUR_MS);
    expect(told.some(({ phase }) => phase === 'acknowledged')).toBe(true);
    expect(world.mac.daemon.staged()).toMatchObject({ prepared: true });
    expect(world.restarts()).toEqual([]);
    expect(await world.live(world.client.follow(plan))).toEqual({ state: 'scheduled', by: BY });
    await world.clock.runUntil(DEADLINE + DAY_MS, () => world.mac.os.version === to.version);
    await world.pass(10 * MINUTE_MS);
    const late = (world.restarts()[0]?.at ?? 0) - DEADLINE;
    expect([world.restarts().length, late >= 0, late < 5 * MINUTE_MS]).toEqual([1, true, true]);
    const later = world.connect();
    expect(await world.live(later.follow(plan))).toEqual({ state: 'completed' });
    expect(await world.live(later.current())).toBeNull();
    expect(world.witness.flaws).toEqual([]);
  });
});

describe('a command', () => {
  test('installs on macOS 15, and the Mac’s own log is all that tells', async () => {
    const world = office(ON_15, { version: '15.7.2', build: '24G325' });
    const told = world.watch({ by: 'commands', action: 'install' });
    const plan = await world.order({ kind: 'install-and-restart' });
    await world.clock.runUntil(world.clock.now() + DAY_MS, () => world.mac.os.version === '15.7.2');
    expect(world.mac.os.version).toBe('15.7.2');
    expect(world.restarts()).toHaveLength(1);
    expect(told.map(({ phase }) => phase)).toContain('preparing');
    expect(told.at(-1)).toEqual({ phase: 'restart-imminent' });
    expect(await world.live(world.client.follow(plan))).toMatchObject({ state: 'under-way' });
    expect(world.witness.flaws).toEqual([]);
  });

  test('that only downloads restarts nothing', async () => {
    const world = office(MANAGED, { version: '26.6.2', build: '25G83' });
    const told = world.watch({ by: 'commands', action: 'download' });
    await world.order({ kind: 'download' });
    await world.pass(3 * HOUR_MS);
    expect(told.at(-1)).toEqual({ phase: 'prepared' });
    expect(world.restarts()).toEqual([]);
  });

  test('is refused by macOS 27', async () => {
    const world = office(ON_27, { version: '27.1', build: '26B50' });
    const told = world.watch({ by: 'commands', action: 'install' });
    await world.order({ kind: 'install-and-restart' });
    await world.pass(DAY_MS);
    expect(told.at(-1)).toEqual({ phase: 'failed', reason: 'refused', command: 'ScheduleOSUpdate' });
    expect(world.results).toMatchObject([{ requestType: 'ScheduleOSUpdate', status: 'Error' }]);
    expect(world.restarts()).toEqual([]);
  });
});

describe('a declaration', () => {
  const to = { version: '26.6.2', build: '25G83' };

  test('that nothing activates is not acted on', async () => {
    const world = office(MANAGED, to);
    await world.order({ kind: 'enforce', by: BY });
    const { udid } = world.mac.mdm.facts();
    world.server.declarations.link('set', `org.upkeep.${udid}`, `org.upkeep.activation.${udid}`, false);
    world.server.notify([udid]);
    await world.pass(3 * DAY_MS);
    expect(world.restarts()).toEqual([]);
  });

  test('that the Mac was never told of is told by a nudge', async () => {
    const world = office(MANAGED, to);
    world.server.faults.add({ name: 'server-error', on: 'notify' });
    const plan = await world.order({ kind: 'enforce', by: BY });
    await world.pass(2 * HOUR_MS);
    expect(await world.live(world.client.follow(plan))).toEqual({
      state: 'under-way',
      phase: 'not taken by the Mac yet',
    });
    world.server.faults.clear();
    expect(await world.live(world.client.nudge())).toBeNull();
    await world.pass(4 * HOUR_MS);
    expect(await world.live(world.client.follow(plan))).toEqual({ state: 'scheduled', by: BY });
    // Once it knows, a nudge is nothing but a notification.
    const queued = world.results.length;
    expect(await world.live(world.client.nudge())).toBeNull();
    await world.pass(MINUTE_MS);
    expect(world.results).toHaveLength(queued);
  });

  test('of a release that Apple does not offer fails, and says so', async () => {
    const world = office(MANAGED, to);
    const made = await world.live(
      world.client.push(
        { to: { version: '26.9', build: null }, major: false, latest: false, action: { kind: 'enforce', by: BY } },
        'declaration',
      ),
    );
    await world.pass(HOUR_MS);
    expect('plan' in made && (await world.live(world.client.follow(made.plan)))).toEqual({
      state: 'failed',
      trouble: 'declaration-failed',
      detail: 'the Mac could not carry out the declaration: MADownloadNoMatchFound',
    });
  });
});
