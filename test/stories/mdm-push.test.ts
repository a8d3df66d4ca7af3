// An administrator makes plans on a Jamf Pro server, and a Mac carries them out with nobody's help: no agent runs on it. Server
// and Mac know each other only by Apple's protocol. What the Mac says meanwhile in its log is read as the agent would read it.
import { describe, expect, test } from 'vitest';
import { withLimits } from '../../src/adapters/commands/limits.ts';
import { type Push, type PushPhase, pushPhases } from '../../src/adapters/mdm/push-phases.ts';
import { watchLog } from '../../src/adapters/unified-log/watch-log.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../src/domain/instant.ts';
import { macosOffer } from '../../src/simulator/mac/catalogue.ts';
import type { MacSpecInput } from '../../src/simulator/mac/mac-spec.ts';
import { JamfProServer } from '../../src/simulator/mdm/jamf-pro/server.ts';
import { macWith } from '../simulator/harness.ts';
import { canary } from '../support/canary.ts';

const PLANS = '/api/v1/managed-software-updates/plans';
const CLIENT = canary('admins_client');

type Config = Record<string, unknown>;
const NOW: Config = {
  updateAction: 'DOWNLOAD_INSTALL_RESTART',
  versionType: 'SPECIFIC_VERSION',
  specificVersion: '26.6.2',
};
const BY = (forceInstallLocalDateTime: string, specificVersion = '26.6.2'): Config => ({
  updateAction: 'DOWNLOAD_INSTALL_SCHEDULE',
  versionType: 'SPECIFIC_VERSION',
  specificVersion,
  forceInstallLocalDateTime,
});

const MANAGED: MacSpecInput = { bootstrapToken: true };

function office(spec: MacSpecInput = MANAGED, offer = macosOffer('26.6.2', '25G83', 2_824_636)) {
  const { clock, mac } = macWith(spec);
  mac.publish([offer]);
  const server = new JamfProServer({
    clock,
    latencyMs: [0, 0],
    available: { macOS: ['27.1', '26.6.2', '26.6'], iOS: [] },
  });
  const { id } = server.enrol(mac.mdm);
  const client = server.addClient({ id: 'admin', secret: CLIENT });

  const ask = (method: string, path: string, body?: unknown) => {
    const token = server.parts.tokens.forClient(client, client.roles).text;
    const answer = server.handle({
      method,
      path,
      query: new URLSearchParams(),
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: body === undefined ? '' : JSON.stringify(body),
    });
    if (answer.kind !== 'answer') throw new Error(answer.kind);
    return JSON.parse(answer.body);
  };
  const plan = (config: Config): string =>
    ask('POST', PLANS, { devices: [{ objectType: 'COMPUTER', deviceId: String(id) }], config }).plans[0].planId;
  const statusOf = (planId: string): { state: string; errorReasons: string[] } =>
    ask('GET', `${PLANS}/${planId}`).status;
  const isOver = (planId: string) => ['PlanCompleted', 'PlanFailed'].includes(statusOf(planId).state);
  /** Until the plan is over; what it came to. */
  const end = async (planId: string, withinMs = 2 * DAY_MS) => {
    await clock.runUntil(clock.now() + withinMs, () => isOver(planId));
    return statusOf(planId);
  };
  const pass = (ms: number) => clock.runUntil(clock.now() + ms);

  /** The phases, each with the second it was told in. */
  const watch = (push: Push = { by: 'commands', action: 'install' }) => {
    const began = clock.now();
    const told: { second: number; phase: PushPhase }[] = [];
    const commands = withLimits(mac.commands, mac.clock);
    watchLog(commands, mac.clock)
      .pipe(pushPhases(mac.clock, push))
      .subscribe((phase) => told.push({ second: (clock.now() - began) / SECOND_MS, phase }));
    return told;
  };
  const kinds = () => mac.happenings.map(({ kind }) => kind);
  const restarts = () => mac.happenings.filter((one) => one.kind === 'restart');
  return { clock, mac, server, id, ask, plan, statusOf, end, pass, watch, kinds, restarts };
}

const secondOf = (told: { second: number; phase: PushPhase }[], command: string): number =>
  told.find(({ phase }) => phase.phase === 'acknowledged' && phase.command === command)?.second ?? Number.NaN;

describe('by commands, on macOS 26', () => {
  test('the Mac looks, downloads, prepares and restarts, and the plan is completed', async () => {
    const world = office();
    const began = world.clock.now();
    const told = world.watch();
    expect(await world.end(world.plan(NOW))).toMatchObject({ state: 'PlanCompleted' });
    expect(world.mac.os).toMatchObject({ version: '26.6.2', build: '25G83' });
    expect(world.restarts()).toMatchObject([{ cause: 'softwareupdate', call: null, loggedIn: 'anna' }]);

    const names = told.map(({ phase }) => phase.phase);
    expect([...new Set(names)]).toEqual(['requested', 'acknowledged', 'preparing', 'prepared', 'restart-imminent']);
    const percents = told.flatMap(({ phase }) => (phase.phase === 'preparing' ? [phase.percent] : []));
    expect(percents).toEqual(percents.toSorted((a, b) => a - b));
    expect(percents.at(-1)).toBeGreaterThan(90);
    // The server waits five minutes between its scan and its question.
    const waited = secondOf(told, 'AvailableOSUpdates') - secondOf(told, 'ScheduleOSUpdateScan');
    expect(waited).toBeGreaterThan(300);
    expect(waited).toBeLessThan(315);
    // And the log says so before the Mac goes down.
    const wentDown = ((world.restarts()[0]?.at ?? 0) - began) / SECOND_MS;
    expect(wentDown - (told.at(-1)?.second ?? 0)).toBeGreaterThan(0);
    expect(wentDown - (told.at(-1)?.second ?? 0)).toBeLessThan(30);
  });

  test('what is only to be downloaded restarts nothing', async () => {
    const world = office();
    const told = world.watch({ by: 'commands', action: 'download' });
    expect(await world.end(world.plan({ ...NOW, updateAction: 'DOWNLOAD_ONLY' }))).toMatchObject({
      state: 'PlanCompleted',
    });
    await world.pass(HOUR_MS);
    expect(told.at(-1)?.phase).toEqual({ phase: 'prepared' });
    expect(world.mac.daemon.staged()).toMatchObject({ prepared: true });
    expect(world.restarts()).toEqual([]);
  });

  test('a Mac that nobody has the bootstrap token of is refused', async () => {
    const world = office({ bootstrapToken: 'none' });
    const planId = world.plan(NOW);
    expect(await world.end(planId)).toMatchObject({
      state: 'PlanFailed',
      errorReasons: ['APPLE_SILICON_NO_ESCROW_KEY'],
    });
    await world.pass(DAY_MS);
    expect(world.kinds()).not.toContain('restart');
  });

  test('a token that the server lost after it was asked: the order is taken, and nothing comes of it', async () => {
    const world = office();
    const told = world.watch();
    world.plan(NOW);
    await world.pass(2 * MINUTE_MS);
    const computer = world.server.parts.computers.byId(world.id);
    if (computer !== null) computer.bootstrapToken = null;
    await world.pass(HOUR_MS);
    expect(told.at(-1)?.phase).toMatchObject({ phase: 'failed', reason: 'no-progress' });
    expect(world.kinds()).toContain('install-failed');
    expect(world.restarts()).toEqual([]);
  });

  test('a sleeping Mac hears of it when it wakes, and puts it off at first', async () => {
    const world = office();
    world.mac.closeLid();
    world.plan(NOW);
    await world.pass(3 * HOUR_MS);
    expect(world.kinds()).not.toContain('download-begun');
    const told = world.watch();
    world.mac.openLid();
    await world.pass(2 * HOUR_MS);
    expect(told.map(({ phase }) => phase.phase)).toContain('put-off');
    expect(world.mac.os.version).toBe('26.6.2');
  });

  test('a log that ends is begun again', async () => {
    const world = office({ ...MANAGED, faults: [{ name: 'log-stream-ends', times: 3 }] });
    const told = world.watch();
    await world.end(world.plan(NOW));
    expect(told.at(-1)?.phase).toEqual({ phase: 'restart-imminent' });
    expect(world.mac.callCounts()['log.stream']).toBe(4);
  });
});

describe('macOS 27', () => {
  const NEWER: MacSpecInput = { ...MANAGED, macOS: '27.0', build: '26A300' };
  const offer = macosOffer('27.1', '26B50', 3_000_000);

  test('knows no commands', async () => {
    const world = office(NEWER, offer);
    const told = world.watch();
    expect(await world.end(world.plan({ ...NOW, specificVersion: '27.1' }))).toMatchObject({ state: 'PlanFailed' });
    expect(told.at(-1)?.phase).toEqual({ phase: 'failed', reason: 'refused', command: 'ScheduleOSUpdateScan' });
    expect(world.restarts()).toEqual([]);
  });

  test('enforces a declaration at its time, in the zone it is in', async () => {
    const world = office(NEWER, offer);
    const told = world.watch({ by: 'declaration', action: 'install' });
    const planId = world.plan(BY('2026-11-24T12:30:00', '27.1'));
    await world.pass(20 * HOUR_MS);
    expect(told.some(({ phase }) => phase.phase === 'acknowledged')).toBe(true);
    expect(world.mac.daemon.staged()).toMatchObject({ prepared: true });
    expect(world.restarts()).toEqual([]);
    expect(await world.end(planId)).toMatchObject({ state: 'PlanCompleted' });
    expect(world.mac.os.version).toBe('27.1');
    const [restart] = world.restarts();
    const late = (restart?.at ?? 0) - Date.UTC(2026, 10, 24, 11, 30);
    expect(late).toBeGreaterThanOrEqual(0);
    expect(late).toBeLessThan(5 * MINUTE_MS);
  });
});

describe('a declaration', () => {
  const DEADLINE = Date.UTC(2026, 10, 24, 11, 30);

  test('that was withdrawn is not enforced', async () => {
    const world = office();
    world.plan(BY('2026-11-24T12:30:00'));
    await world.pass(2 * HOUR_MS);
    const computer = world.server.parts.computers.byId(world.id);
    if (computer !== null) world.server.parts.computers.declare(computer, []);
    await world.pass(3 * DAY_MS);
    expect(world.restarts()).toEqual([]);
    expect(world.mac.os.version).toBe('26.6');
  });

  test('missed while the Mac was off gives an hour from its start', async () => {
    const world = office();
    world.plan(BY('2026-11-24T12:30:00'));
    await world.pass(2 * HOUR_MS);
    world.mac.cutPower(2 * DAY_MS);
    await world.clock.runUntil(DEADLINE + 5 * DAY_MS, () => world.mac.os.version === '26.6.2');
    const started = world.mac.happenings.find(({ kind }) => kind === 'booted')?.at ?? 0;
    const restart = world.restarts().at(-1);
    expect(started).toBeGreaterThan(DEADLINE);
    expect((restart?.at ?? 0) - started).toBeGreaterThanOrEqual(HOUR_MS);
    expect((restart?.at ?? 0) - started).toBeLessThan(HOUR_MS + 40 * MINUTE_MS);
  });

  test('makes the Mac deaf to commands', async () => {
    const world = office();
    world.plan(BY('2026-11-26T12:30:00'));
    await world.pass(HOUR_MS);
    const computer = world.server.parts.computers.byId(world.id);
    if (computer === null) throw new Error('no computer');
    const { computers } = world.server.parts;
    computers.send(computer, { RequestType: 'ScheduleOSUpdateScan', Force: false });
    await world.pass(5 * MINUTE_MS);
    const order = computers.send(computer, {
      RequestType: 'ScheduleOSUpdate',
      Updates: [{ ProductVersion: '26.6.2', InstallAction: 'InstallForceRestart' }],
    });
    await world.pass(HOUR_MS);
    expect(order.state).toBe('ACKNOWLEDGED');
    expect(world.restarts()).toEqual([]);
  });

  test('of a release that Apple does not offer fails', async () => {
    const world = office();
    expect(await world.end(world.plan(BY('2026-11-24T12:30:00', '27.1')))).toMatchObject({
      state: 'PlanFailed',
      errorReasons: ['DECLARATIVE_DEVICE_MANAGEMENT_STATUS_RESPONSE_FAILURE_REASON_RECEIVED'],
    });
    expect(world.restarts()).toEqual([]);
  });
});
