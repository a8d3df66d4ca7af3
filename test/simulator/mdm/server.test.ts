// What there is in which version, how computers are found, what pushes do, and the feature toggle.
import { describe, expect, test } from 'vitest';
import { ScriptedMac } from '../../../src/simulator/mdm/scripted-mac.ts';
import { jamf, PLANS } from './jamf-harness.ts';

const inventory = (version: number, query = '') => `/api/v${version}/computers-inventory${query}`;
const filtered = (filter: string) =>
  inventory(1, `?section=GENERAL&section=HARDWARE&filter=${encodeURIComponent(filter)}`);

describe('versions', () => {
  test.each<[string, string, string, string]>([
    ['GET', PLANS, '10.47', '10.48'],
    ['POST', '/api/oauth/token', '10.48', '10.49'],
    ['POST', '/api/v1/macos-managed-software-updates/send-updates', '10.35.1', '10.36'],
    ['GET', inventory(2), '11.17', '11.18'],
    ['GET', inventory(3), '11.22', '11.23.2'],
    ['GET', inventory(4), '11.29.2', '11.30.0'],
    ['POST', '/api/v2/mdm/blank-push', '11.22', '11.23'],
  ])('%s %s is not there in %s, and is in %s', (method, path, without, having) => {
    const status = (version: string) => jamf({ version }).ask(method, path, { body: {} }).status;
    expect(status(without)).toBe(404);
    expect(status(having)).not.toBe(404);
  });

  test('the Classic blank push goes with 11.28, and its errors are HTML', () => {
    const push = (version: string) => {
      const world = jamf({ version });
      return world.ask('POST', `/JSSResource/computercommands/command/BlankPush/id/${world.id}`);
    };
    expect(push('11.27.1')).toMatchObject({ status: 201, body: expect.stringContaining('<command_uuid>') });
    expect(push('11.28.0')).toMatchObject({ status: 404, body: expect.stringMatching(/^<!doctype html>/i) });
  });

  test('server-version: it is another one for a time, as in the middle of an upgrade', async () => {
    const world = jamf();
    world.server.faults.add({ name: 'server-version', version: '10.47', until: world.clock.now() + 60_000 });
    expect(world.ask('GET', PLANS).status).toBe(404);
    await world.pass(60);
    expect(world.ask('GET', PLANS).status).toBe(200);
    expect(world.ask('GET', '/api/v1/jamf-pro-version').json.version).toMatch(/^11\.30\.1-t\d+$/);
  });

  test('older servers tell less of the toggle', () => {
    const members = (version: string) =>
      Object.keys(jamf({ version }).ask('GET', `${PLANS}/feature-toggle`).json).length;
    expect([members('10.48'), members('11.5'), members('11.30.1')]).toEqual([1, 2, 5]);
  });

  test('deprecated calls say so from their day on', () => {
    const { headers } = jamf().ask('GET', inventory(1));
    expect(headers.deprecation).toBe('2025-06-30');
    expect(jamf().ask('GET', inventory(4)).headers.deprecation).toBeUndefined();
  });

  test('another method is 405, another path 404, and neither is told without a token', () => {
    const world = jamf();
    expect(world.ask('POST', '/api/v1/mdm/commands', { body: {} }).status).toBe(405);
    expect(world.ask('PUT', PLANS, { body: {} }).status).toBe(405);
    expect(world.ask('GET', '/api/v1/nothing').status).toBe(404);
    expect(world.ask('GET', '/api/v1/nothing', { token: null }).status).toBe(401);
    expect(world.ask('GET', '/').status).toBe(200);
    expect(world.ask('GET', '/nothing').body).toContain('<h1>HTTP Status 404');
  });
});

describe('computers', () => {
  test('found by what a filter names; sections that were not asked for are null', () => {
    const world = jamf();
    const { udid, serialNumber } = world.mac.facts();
    for (const filter of [
      `udid=="${udid}"`,
      `hardware.serialNumber==${serialNumber}`,
      `id==${world.id}`,
      `general.managementId=="${world.managementId}"`,
      `id=in=(1,${world.id});udid=="${udid}"`,
    ]) {
      const { json } = world.ask('GET', filtered(filter));
      expect([filter, json.totalCount, json.results[0].id]).toEqual([filter, 1, String(world.id)]);
      expect(json.results[0].general.managementId).toBe(world.managementId);
      expect(json.results[0].operatingSystem).toBeNull();
    }
    expect(world.ask('GET', filtered('udid=="ANOTHER"')).json).toEqual({ totalCount: 0, results: [] });
  });

  test('a filter that cannot be read or names an unknown field is refused', () => {
    const world = jamf();
    for (const filter of ['udid=', 'shoeSize==44']) {
      const { status, json } = world.ask('GET', filtered(filter));
      expect([status, json.errors[0].code]).toEqual([400, 'INVALID_FIELD']);
    }
    expect(world.ask('GET', inventory(1, '?section=SHOES')).status).toBe(400);
    expect(world.ask('GET', inventory(1, '?page-size=none')).status).toBe(400);
  });

  test('pages and order', () => {
    const world = jamf();
    for (const name of ['C', 'A', 'B'])
      world.server.enrol(new ScriptedMac(world.clock, { facts: { udid: name, name, serialNumber: name } }));
    const page = world.ask('GET', inventory(1, '?page=1&page-size=2&sort=general.name:asc')).json;
    expect(page.totalCount).toBe(4);
    expect(page.results.map(({ general }: { general: { name: string } }) => general.name)).toEqual(['B', 'C']);
  });

  test('the fourth version has split the last contact', () => {
    const world = jamf();
    const general = (version: number) => Object.keys(world.ask('GET', inventory(version)).json.results[0].general);
    expect(general(3)).toContain('lastContactTime');
    expect(general(4)).toEqual(expect.arrayContaining(['lastCheckIn', 'lastContact']));
    expect(general(4)).not.toContain('lastContactTime');
  });

  test('the record is that of the last inventory, not of now', async () => {
    const world = jamf();
    const seen = () => world.ask('GET', `/api/v1/computers-inventory-detail/${world.id}`).json.operatingSystem.version;
    world.plan();
    await world.pass(3_600);
    expect([world.mac.facts().version, seen()]).toEqual(['26.6.2', '26.6']);
    expect(world.server.recon(world.mac.facts().udid)).toBe(world.id);
    expect(seen()).toBe('26.6.2');
  });

  test('escrow as the last inventory knew it', () => {
    const status = (world: ReturnType<typeof jamf>) =>
      world.ask('GET', `${inventory(1)}/${world.id}?section=SECURITY`).json.security.bootstrapTokenEscrowedStatus;
    expect(status(jamf())).toBe('ESCROWED');
    expect(status(jamf({}, { bootstrapToken: null }))).toBe('NOT_ESCROWED');
    expect(status(jamf({}, { facts: { bootstrapTokenAllowed: false } }))).toBe('NOT_SUPPORTED');
  });

  test('an extension attribute can be set', () => {
    const world = jamf();
    const path = `/api/v1/computers-inventory-detail/${world.id}`;
    const attribute = { definitionId: '23', values: ['deferred'] };
    expect(world.ask('PATCH', path, { body: { extensionAttributes: [attribute] } }).status).toBe(200);
    expect(world.ask('GET', path).json.extensionAttributes).toEqual([attribute]);
    expect(world.ask('PATCH', path, { body: { extensionAttributes: [{ definitionId: '23' }] } }).status).toBe(400);
  });

  test('re-enrolled: another id, and the old one is nobody’s', () => {
    const world = jamf();
    world.server.faults.add({ name: 're-enrolled' });
    expect(world.ask('GET', `${inventory(1)}/${world.id}`).status).toBe(404);
    const { results } = world.ask('GET', filtered(`udid=="${world.mac.facts().udid}"`)).json;
    expect(results).toHaveLength(1);
    expect(results[0].id).not.toBe(String(world.id));
    expect(world.createPlan().status).toBe(400);
  });

  test('computer-unmatched, computer-doubled, numeric-ids, inventory-gone', () => {
    const world = jamf();
    const { faults } = world.server;
    const look = () => world.ask('GET', filtered(`id==${world.id}`)).json;
    faults.add({ name: 'computer-unmatched', times: 1 });
    expect(look().totalCount).toBe(0);
    faults.add({ name: 'computer-doubled', times: 1 });
    expect(look().totalCount).toBe(2);
    faults.add({ name: 'numeric-ids' });
    expect(look().results[0].id).toBe(world.id);
    faults.add({ name: 'inventory-gone' });
    expect(world.ask('GET', inventory(4)).status).toBe(404);
    expect(world.ask('GET', inventory(3)).status).toBe(200);
  });
});

describe('pushes', () => {
  /** A Mac that missed a notification has what was queued, and does not know. */
  function withSomethingQueued() {
    const world = jamf({ version: '11.27.1' });
    world.server.faults.add({ name: 'push-lost', times: 1 });
    world.plan();
    return world;
  }

  test('push-lost: nothing comes of a plan until somebody nudges the Mac', async () => {
    const world = withSomethingQueued();
    await world.pass(900);
    expect(world.mac.record).toEqual([]);
    const push = world.ask('POST', '/api/v2/mdm/blank-push', { body: { clientManagementIds: [world.managementId] } });
    expect([push.status, push.json]).toEqual([200, { errorUuids: [] }]);
    await world.pass(5);
    expect(world.mac.record).toMatchObject([{ what: 'ScheduleOSUpdateScan' }]);
  });

  test('the Classic one does the same', async () => {
    const world = withSomethingQueued();
    await world.pass(60);
    world.ask('POST', `/JSSResource/computercommands/command/BlankPush/id/${world.id}`);
    await world.pass(5);
    expect(world.mac.record).toMatchObject([{ what: 'ScheduleOSUpdateScan' }]);
  });

  test('one that was not sent is listed in a good answer', () => {
    const world = jamf();
    const push = (id: string) => world.ask('POST', '/api/v2/mdm/blank-push', { body: { clientManagementIds: [id] } });
    const nobody = 'b6b1ee70-3b0c-4c55-8d4e-0f6b6b1a0a0a';
    expect([push(nobody).status, push(nobody).json]).toEqual([200, { errorUuids: [nobody] }]);
    world.server.faults.add({ name: 'blank-push-refused', times: 1 });
    expect(push(world.managementId).json).toEqual({ errorUuids: [world.managementId] });
    expect(push(world.managementId).json).toEqual({ errorUuids: [] });
  });

  test('a DDM sync has the Mac read its declarations', async () => {
    const world = jamf();
    expect(world.ask('POST', `/api/v1/ddm/${world.managementId}/sync`).status).toBe(204);
    await world.pass(5);
    expect(world.mac.record).toMatchObject([{ what: 'DeclarativeManagement' }]);
  });

  test('commands: {} is an empty 500, an update command 400, one that is known is answered', async () => {
    const world = jamf();
    const send = (body: unknown) => world.ask('POST', '/api/v2/mdm/commands', { body });
    expect([send({}).status, send({}).json.errors]).toEqual([500, []]);
    const clientData = [{ managementId: world.managementId }];
    const refused = send({ clientData, commandData: { commandType: 'SCHEDULE_OS_UPDATE' } });
    expect([refused.status, refused.json.errors[0].code]).toEqual([400, 'INVALID_FIELD']);
    const { id } = send({ clientData, commandData: { commandType: 'DEVICE_INFORMATION' } }).json[0];
    const state = () => world.ask('GET', `/api/v2/mdm/commands?filter=uuid==${id}`).json.results[0].commandState;
    expect(state()).toBe('PENDING');
    await world.pass(5);
    expect(state()).toBe('ACKNOWLEDGED');
    expect(world.ask('GET', '/api/v2/mdm/commands').status).toBe(400);
  });
});

describe('the legacy call', () => {
  const LEGACY = '/api/v1/macos-managed-software-updates/send-updates';
  const body = (id: number | string) => ({
    deviceIds: [String(id)],
    version: '26.6.2',
    skipVersionVerification: true,
    applyMajorUpdate: false,
    updateAction: 'DOWNLOAD_AND_INSTALL',
    forceRestart: true,
    priority: 'HIGH',
  });

  test('503 while the plans feature is on, whatever its body is; plans the other way round', () => {
    const on = jamf();
    const off = jamf({ featureOn: false });
    const legacy = on.ask('POST', LEGACY, { body: {} });
    expect(legacy.status).toBe(503);
    expect(legacy.json.errors[0].description).toMatch(/toggle is on\.$/);
    const plans = off.ask('GET', PLANS);
    expect(plans.status).toBe(503);
    expect(plans.json.errors[0].description).toMatch(/toggle is off\.$/);
    expect(off.ask('GET', `${PLANS}/feature-toggle`).json.toggle).toBe(false);
  });

  test('the Mac gets scan, list and order, five minutes apart', async () => {
    const world = jamf({ featureOn: false });
    const sent = world.ask('POST', LEGACY, { body: body(world.id) });
    expect([sent.status, sent.json.processManagerUuids.length, sent.json.errors]).toEqual([200, 1, []]);
    await world.pass(400);
    expect(world.mac.record.map(({ what }) => what)).toEqual([
      'ScheduleOSUpdateScan',
      'AvailableOSUpdates',
      'ScheduleOSUpdate',
      'downloads 26.6.2',
    ]);
  });

  test('legacy-errors, and a computer that is not there: errors in a good answer', () => {
    const world = jamf({ featureOn: false });
    const send = (id: number) => world.ask('POST', LEGACY, { body: body(id) });
    expect([send(999).status, send(999).json.errors.length]).toEqual([200, 1]);
    world.server.faults.add({ name: 'legacy-errors', times: 1 });
    expect(send(world.id).json.errors).toHaveLength(1);
    expect(send(world.id).json.errors).toHaveLength(0);
  });
});

describe('the feature toggle', () => {
  test('switching takes its time, tells the old value until then, and clears all plans', async () => {
    const world = jamf();
    const planId = world.plan();
    const put = world.ask('PUT', `${PLANS}/feature-toggle`, { body: { toggle: false } });
    expect([put.status, put.json.toggle]).toEqual([200, true]);
    await world.pass(45);
    const { toggleOff, toggleOn } = world.ask('GET', `${PLANS}/feature-toggle/status`).json;
    expect(toggleOff).toMatchObject({ state: 'RUNNING', exitState: 'EXECUTING', elapsedTime: 45, percentComplete: 50 });
    expect(toggleOn).toMatchObject({ state: 'NEVER_RAN' });
    await world.pass(45);
    expect(world.ask('GET', `${PLANS}/feature-toggle`).json.toggle).toBe(false);
    expect(world.ask('GET', PLANS).status).toBe(503);
    world.ask('PUT', `${PLANS}/feature-toggle`, { body: { toggle: true } });
    await world.pass(90);
    expect(world.ask('GET', PLANS).json.totalCount).toBe(0);
    expect(world.ask('GET', `${PLANS}/${planId}`).status).toBe(404);
  });

  test('a plan that was cleared does nothing more on the Mac', async () => {
    const world = jamf({ switchingSeconds: 60 });
    world.plan();
    world.ask('PUT', `${PLANS}/feature-toggle`, { body: { toggle: false } });
    await world.pass(1_200);
    expect(world.mac.record.map(({ what }) => what)).toEqual(['ScheduleOSUpdateScan']);
  });

  test('a switch can be abandoned', async () => {
    const world = jamf();
    world.ask('PUT', `${PLANS}/feature-toggle`, { body: { toggle: false } });
    await world.pass(30);
    expect(world.ask('POST', `${PLANS}/feature-toggle/abandon`).status).toBe(204);
    await world.pass(120);
    expect(world.ask('GET', `${PLANS}/feature-toggle`).json.toggle).toBe(true);
    const { toggleOff } = world.ask('GET', `${PLANS}/feature-toggle/status`).json;
    expect(toggleOff).toMatchObject({ state: 'NOT_RUNNING', exitState: 'STOPPED' });
  });

  test('feature-off and feature-switching', () => {
    const world = jamf();
    world.server.faults.add({ name: 'feature-off' });
    expect(world.ask('GET', PLANS).status).toBe(503);
    world.server.faults.clear();
    world.server.faults.add({ name: 'feature-switching' });
    expect(world.ask('GET', `${PLANS}/feature-toggle/status`).json.toggleOn.state).toBe('RUNNING');
  });

  test('without Jamf Cloud there are no deadlines', async () => {
    const world = jamf({ cloud: false });
    expect(world.ask('GET', `${PLANS}/feature-toggle`).json).toMatchObject({ toggle: true, dssEnabled: false });
  });
});

describe('a plan that cannot be made', () => {
  const device = { objectType: 'COMPUTER', deviceId: '12' };
  const config = { updateAction: 'DOWNLOAD_ONLY', versionType: 'LATEST_MINOR' };
  test.each<[string, unknown, string]>([
    ['no devices', { devices: [], config }, 'devices'],
    ['one twice', { devices: [device, device], config }, 'devices'],
    ['one that is not there', { devices: [{ ...device, deviceId: '999' }], config }, 'devices'],
    ['no config', { devices: [device] }, 'config'],
    ['no action', { devices: [device], config: { versionType: 'LATEST_MINOR' } }, 'config.updateAction'],
    [
      'no number of deferrals',
      { devices: [device], config: { ...config, updateAction: 'DOWNLOAD_INSTALL_ALLOW_DEFERRAL' } },
      'config.maxDeferrals',
    ],
    [
      'a zone in its date',
      { devices: [device], config: { ...config, forceInstallLocalDateTime: '2026-12-25T21:09:31Z' } },
      'config.forceInstallLocalDateTime',
    ],
    [
      'a day that is none',
      { devices: [device], config: { ...config, forceInstallLocalDateTime: '2026-02-30T21:09:31' } },
      'config.forceInstallLocalDateTime',
    ],
  ])('%s', (_, body, field) => {
    const world = jamf();
    const { status, json } = world.ask('POST', PLANS, { body });
    expect([status, json.errors[0].code, json.errors[0].field]).toEqual([400, 'INVALID_FIELD', field]);
    expect(world.ask('GET', PLANS).json.totalCount).toBe(0);
  });

  test('what is no JSON, and what is not declared as such', () => {
    const world = jamf();
    expect(world.ask('POST', PLANS, { form: '{}' }).status).toBe(401);
    expect(world.ask('POST', PLANS, { body: 'text' }).status).toBe(400);
    expect(world.ask('POST', PLANS).status).toBe(415);
  });
});
