// What happens to a server, or is done on it by others, while a Mac waits for its update.
import { describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../src/domain/instant.ts';
import { jamf, PASSWORD, PLANS, type World } from './jamf-harness.ts';

const SCHEDULE = {
  updateAction: 'DOWNLOAD_INSTALL_SCHEDULE',
  versionType: 'SPECIFIC_VERSION',
  specificVersion: '26.6.2',
  forceInstallLocalDateTime: '2026-11-25T21:00:00',
};
const computerOf = (world: World) => {
  const computer = world.server.parts.computers.byId(world.id);
  if (computer === null) throw new Error('no computer');
  return computer;
};
const enforced = (world: World): unknown[] =>
  computerOf(world).declarations.flatMap(({ Payload }) => Payload.TargetLocalDateTime ?? []);
const commandsOf = ({ mac }: World) => mac.record.map(({ what }) => what);

test('token-short: tokens of either kind live so long, and say so', async () => {
  const world = jamf();
  world.server.faults.add({ name: 'token-short', seconds: 15 });
  const { access_token: token, expires_in } = world.oauth().json;
  expect(expires_in).toBeLessThanOrEqual(15);
  const { expires } = world.ask('POST', '/api/v1/auth/token', { token: null, basic: `upkeep:${PASSWORD}` }).json;
  expect(Temporal.Instant.from(expires).epochMilliseconds - world.clock.now()).toBe(15 * SECOND_MS);
  expect(world.ask('GET', PLANS, { token }).status).toBe(200);
  await world.pass(15);
  expect(world.ask('GET', PLANS, { token }).status).toBe(401);
});

test('feature-cycled: off and on again behind a plan, which is gone with all others', async () => {
  const world = jamf({ switchingSeconds: 30 });
  world.server.faults.add({ name: 'feature-cycled', minutes: 5, times: 1 });
  const planId = world.plan();
  await world.pass(75);
  const { toggleOff } = world.ask('GET', `${PLANS}/feature-toggle/status`).json;
  expect(toggleOff.state).toBe('RUNNING');
  expect(world.ask('GET', `${PLANS}/${planId}`).status).toBe(200);
  await world.pass(30);
  expect(world.ask('GET', `${PLANS}/${planId}`).status).toBe(503);
  await world.pass(6 * 60);
  expect(world.ask('GET', `${PLANS}/${planId}`).status).toBe(404);
  // And that was it.
  const second = world.plan();
  await world.pass(600);
  expect(world.ask('GET', `${PLANS}/${second}`).status).toBe(200);
});

describe('the bootstrap token', () => {
  test('bootstrap-token-lost: the server forgets what it has, and keeps what comes after', async () => {
    const world = jamf();
    expect(computerOf(world).bootstrapToken).not.toBeNull();
    world.server.faults.add({ name: 'bootstrap-token-lost' });
    await world.pass(1);
    expect(computerOf(world).bootstrapToken).toBeNull();
    const planId = world.plan();
    await world.pass(60);
    expect(world.stateOf(planId).errorReasons).toEqual(['APPLE_SILICON_NO_ESCROW_KEY']);
    computerOf(world).bootstrapToken = 'made anew';
    world.ask('GET', PLANS);
    await world.pass(60);
    expect(computerOf(world).bootstrapToken).toBe('made anew');
  });

  test('it is lost at its time, and nobody has to ask for that', async () => {
    const world = jamf();
    world.server.faults.add({ name: 'bootstrap-token-lost', from: world.clock.now() + HOUR_MS });
    await world.pass(3_599);
    expect(computerOf(world).bootstrapToken).not.toBeNull();
    await world.pass(1);
    expect(computerOf(world).bootstrapToken).toBeNull();
  });
});

describe('declared-by-somebody', () => {
  test('a deadline that belongs to no plan stands beside that of one', async () => {
    const world = jamf();
    const planId = world.plan(SCHEDULE);
    await world.pass(60);
    world.server.faults.add({ name: 'declared-by-somebody', by: '2026-11-24T08:00:00' });
    await world.pass(60);
    expect(enforced(world)).toEqual(['2026-11-25T21:00:00', '2026-11-24T08:00:00']);
    expect(world.ask('GET', PLANS).json.totalCount).toBe(1);
    // The Mac keeps the earlier one: Tuesday at eight in Berlin.
    await world.clock.runUntil(Date.UTC(2026, 10, 24, 6, 59));
    expect(world.mac.facts().version).toBe('26.6');
    await world.pass(2 * 3_600);
    expect(world.mac.facts().version).toBe('26.6.2');
    expect(world.stateOf(planId).state).toBe('PlanCompleted');
  });

  test('comes and goes at its times', async () => {
    const world = jamf();
    const now = world.clock.now();
    const times = { from: now + HOUR_MS, until: now + 2 * HOUR_MS };
    world.server.faults.add({ name: 'declared-by-somebody', by: '2026-11-24T08:00:00', ...times });
    await world.pass(1_800);
    expect(enforced(world)).toEqual([]);
    await world.pass(3_600);
    expect(enforced(world)).toEqual(['2026-11-24T08:00:00']);
    await world.pass(3_600);
    expect(enforced(world)).toEqual([]);
    await world.clock.runUntil(now + 3 * DAY_MS);
    expect(world.mac.facts().version).toBe('26.6');
  });
});

test('declaration-withdrawn: the plan is cancelled, and the Mac never acts on it', async () => {
  const world = jamf();
  world.server.faults.add({ name: 'declaration-withdrawn', hours: 2 });
  const planId = world.plan(SCHEDULE);
  await world.pass(3_600);
  expect(enforced(world)).toEqual(['2026-11-25T21:00:00']);
  expect(world.stateOf(planId).state).toBe('WaitingToStartDDMUpdate');
  await world.pass(2 * 3_600);
  expect(enforced(world)).toEqual([]);
  expect(world.stateOf(planId)).toEqual({ state: 'PlanCanceled', errorReasons: [] });
  await world.clock.runUntil(world.clock.now() + 4 * DAY_MS);
  expect(world.mac.facts().version).toBe('26.6');
});

describe('plan-late', () => {
  test('a plan sleeps for hours and then does what it was made for', async () => {
    const world = jamf();
    world.server.faults.add({ name: 'plan-late', hours: 6 });
    const planId = world.plan();
    await world.pass(6 * 3_600);
    expect(world.stateOf(planId).state).toBe('StartingPlan');
    expect(commandsOf(world)).toEqual([]);
    await world.pass(3_600);
    expect(world.mac.facts().version).toBe('26.6.2');
  });

  test('so does the older call', async () => {
    const world = jamf({ featureOn: false });
    world.server.faults.add({ name: 'plan-late', hours: 6 });
    const body = { deviceIds: [String(world.id)], version: '26.6.2', updateAction: 'DOWNLOAD_AND_INSTALL' };
    world.ask('POST', '/api/v1/macos-managed-software-updates/send-updates', { body });
    await world.pass(6 * 3_600 - 60);
    expect(commandsOf(world)).toEqual([]);
    await world.pass(3_600);
    expect(world.mac.facts().version).toBe('26.6.2');
  });
});

test('plan-in-progress that ends after so many minutes leaves room, and does not come again', async () => {
  const world = jamf();
  world.server.faults.add({ name: 'plan-in-progress', minutes: 30 });
  await world.pass(60);
  const first = world.plan();
  await world.pass(60);
  expect(world.stateOf(first).errorReasons).toEqual(['EXISTING_PLAN_FOR_DEVICE_IN_PROGRESS']);
  await world.clock.runUntil(world.clock.now() + 30 * MINUTE_MS);
  const second = world.plan();
  await world.pass(3_600);
  expect(world.stateOf(second).state).toBe('PlanCompleted');
});

test('a counted fault of plans is not used up by somebody else’s plan', async () => {
  const world = jamf();
  world.server.faults.add({ name: 'plan-fails', reason: 'NO_DISK_SPACE', times: 1 });
  world.server.faults.add({ name: 'plan-in-progress', minutes: 1 });
  await world.pass(120);
  const planId = world.plan();
  await world.pass(60);
  expect(world.stateOf(planId).errorReasons).toEqual(['NO_DISK_SPACE']);
});
