// The older call for updates, blank pushes, and the check of privileges.
import { describe, expect, test } from 'vitest';
import type { PushOrder, PushTrouble } from '../../../../src/domain/push.ts';
import { ACCOUNT, apiError, broken, fakeJamf, MANAGEMENT_ID, PLANS, page, type Reply, record } from './fake-jamf.ts';

const SEND = 'POST /api/v1/macos-managed-software-updates/send-updates';
const CLASSIC = 'POST /JSSResource/computercommands/command/BlankPush/id/12';
const NEW = 'POST /api/v2/mdm/blank-push';
const INVENTORY = 'GET /api/v4/computers-inventory';

/** A server of that version, whose newest inventory is the third. */
function fakeJamfOf(version: string, parts: Parameters<typeof fakeJamf>[0] = {}) {
  const jamf = fakeJamf(parts);
  jamf.server.version = version;
  for (const each of [1, 3])
    jamf.always(`GET /api/v${each}/computers-inventory`, (got) => jamf.ordinary(INVENTORY, got));
  return jamf;
}

describe('the older call', () => {
  const order = (rest: Partial<PushOrder> = {}): PushOrder => ({
    to: { version: '14.6', build: '23G80' },
    major: false,
    latest: true,
    action: { kind: 'install-and-restart' },
    ...rest,
  });
  const usual = { deviceIds: ['12'], version: '14.6', skipVersionVerification: true, priority: 'HIGH' };

  test.each<[string, PushOrder, object]>([
    [
      'a minor install is forced to restart',
      order(),
      { ...usual, applyMajorUpdate: false, updateAction: 'DOWNLOAD_AND_INSTALL', forceRestart: true },
    ],
    [
      'a major one is not',
      order({ major: true }),
      { ...usual, applyMajorUpdate: true, updateAction: 'DOWNLOAD_AND_INSTALL' },
    ],
    [
      'a download',
      order({ action: { kind: 'download' } }),
      { ...usual, applyMajorUpdate: false, updateAction: 'DOWNLOAD_ONLY' },
    ],
  ])('%s', async (_, ordered, body) => {
    const jamf = fakeJamfOf('10.47.0');
    expect(await jamf.client.push(ordered, 'legacy-command')).toEqual({ plan: { means: 'legacy-command', id: null } });
    expect(jamf.got.filter(({ key }) => key === SEND).map((got) => JSON.parse(got.body))).toEqual([body]);
  });

  test.each<[string, Reply, PushTrouble, string]>([
    [
      'a 200 with errors',
      {
        status: 200,
        body: { processManagerUuids: [], errors: [{ code: 'INVALID_ID', field: 'deviceIds', description: 'MARK' }] },
      },
      'command-failed',
      'it sent no command (INVALID_ID at deviceIds)',
    ],
    [
      'a 200 with errors without a code',
      { status: 200, body: { processManagerUuids: ['x'], errors: [{}] } },
      'command-failed',
      'it sent no command',
    ],
    ['a 200 with nothing', { status: 200, body: {} }, 'command-failed', 'it says that it worked, but sent no command'],
    [
      '403',
      apiError(403, 'INVALID_PRIVILEGE'),
      'privilege-missing',
      'it answers 403 (INVALID_PRIVILEGE): the role of the API client lacks Send Computer Remote Command to Download and Install OS X Update',
    ],
    [
      '503 while plans are on',
      apiError(503),
      'not-supported',
      'its update plans are turned on, so that it refuses the older call',
    ],
    ['429', apiError(429), 'server-busy', 'it answers 429'],
    ['a lost answer', broken('cut-off'), 'lost', 'it is not known whether it sent the command: broken by cut-off'],
    ['500', apiError(500), 'lost', 'it is not known whether it sent the command: it answers 500'],
    ['a page', page(200), 'lost', 'it is not known whether it sent the command: it answers 200 with what is no JSON'],
    ['nobody', broken('unreachable'), 'server-unreachable', 'broken by unreachable'],
  ])('%s: sent once', async (_, reply, trouble, detail) => {
    const jamf = fakeJamfOf('10.50.0');
    jamf.always(SEND, reply);
    expect(await jamf.client.push(order(), 'legacy-command')).toEqual({ failed: { trouble, detail } });
    expect(jamf.count(SEND)).toBe(1);
  });
});

describe('a blank push', () => {
  const nudged = async (jamf: ReturnType<typeof fakeJamf>) => {
    const result = await jamf.client.nudge();
    return { result, calls: jamf.asked().filter((key) => key === CLASSIC || key === NEW) };
  };

  test('is the Classic call up to 11.27, asking for no JSON', async () => {
    const jamf = fakeJamfOf('11.27.1-t1');
    expect(await nudged(jamf)).toEqual({ result: null, calls: [CLASSIC] });
    expect(jamf.got.at(-1)?.headers.accept).toBe('application/xml');
  });

  test('is the newer one from 11.28 on', async () => {
    const jamf = fakeJamfOf('11.28.0');
    expect(await nudged(jamf)).toEqual({ result: null, calls: [NEW] });
    expect(JSON.parse(jamf.got.at(-1)?.body ?? '')).toEqual({ clientManagementIds: [MANAGEMENT_ID] });
  });

  test.each<[string, Reply]>([
    ['404 as a page', page(404)],
    ['400', apiError(400)],
    ['403', page(403)],
    ['200', { status: 200, body: '<xml/>' }],
    ['410', { status: 410 }],
  ])('is the newer one after the Classic call gave %s', async (_, reply) => {
    const jamf = fakeJamfOf('11.27.0');
    jamf.always(CLASSIC, reply);
    expect(await nudged(jamf)).toEqual({ result: null, calls: [CLASSIC, NEW] });
  });

  test.each<[string, Reply, PushTrouble | null]>([
    ['left this Mac out', { status: 200, body: { errorUuids: [MANAGEMENT_ID.toUpperCase()] } }, 'command-failed'],
    ['left another out', { status: 200, body: { errorUuids: ['other'] } }, null],
    ['says nothing of it', { status: 200, body: {} }, null],
    ['refuses', apiError(403, 'INVALID_PRIVILEGE'), 'privilege-missing'],
    ['fails', apiError(500), 'server-failed'],
  ])('of the newer kind that %s', async (_, reply, trouble) => {
    const jamf = fakeJamf();
    jamf.always(NEW, reply);
    const { result } = await nudged(jamf);
    if (trouble === null) expect(result).toBeNull();
    else expect(result).toHaveProperty('failed.trouble', trouble);
  });

  test('that both calls refuse is told by what the one said that the server has', async () => {
    const jamf = fakeJamfOf('11.5.0');
    jamf.always(CLASSIC, page(401));
    jamf.always(NEW, apiError(404));
    expect((await nudged(jamf)).result).toMatchObject({
      failed: { trouble: 'privilege-missing', detail: expect.stringContaining('Send Blank Pushes to Computers') },
    });
  });

  test('is not tried by another call where the server cannot be reached', async () => {
    const jamf = fakeJamfOf('11.5.0');
    jamf.always(CLASSIC, broken('unreachable'));
    const { result, calls } = await nudged(jamf);
    expect(result).toHaveProperty('failed.trouble', 'server-unreachable');
    expect(calls).toEqual([CLASSIC, CLASSIC, CLASSIC, CLASSIC]);
  });

  test('needs a management id', async () => {
    const jamf = fakeJamf();
    jamf.server.computers = [record({ general: { managementId: null } })];
    expect((await nudged(jamf)).result).toHaveProperty('failed.trouble', 'not-managed');
  });
});

describe('the check of privileges', () => {
  const UPDATE = 'Send Computer Remote Command to Download and Install OS X Update';
  const UPDATE_MOBILE = 'Send Mobile Device Remote Command to Download and Install iOS Update';
  const CREATE = 'Create Managed Software Updates';
  const READ = ['Read Managed Software Updates', 'Read Computers', 'Read Mobile Devices'];
  const VIEW = 'View MDM command information in Jamf Pro API';
  const all = [...READ, CREATE, UPDATE, UPDATE_MOBILE, VIEW];
  const account = (privileges: unknown) => {
    const jamf = fakeJamf({ credential: ACCOUNT });
    jamf.always('GET /api/v1/auth', {
      status: 200,
      body: { account: { username: 'updater', privilegesBySite: privileges }, sites: [] },
    });
    jamf.always('GET /api/v1/computers-inventory', (got) => jamf.ordinary(INVENTORY, got));
    return jamf;
  };

  test.each<[string, unknown, string[], string[]?]>([
    ['everything', { '-1': all }, []],
    [
      'everything, over several sites, and more',
      { 1: all.slice(0, 3), 2: [...all.slice(3), 'Update Policies', 'Read Categories', '\u001b[31mMARK'] },
      [],
      ['Read Categories', 'Update Policies'],
    ],
    ['everything, also for an older server', { 1: [...all, 'Send Blank Pushes to Computers'] }, [], []],
    ['the newer name of one', { 1: all.map((name) => name.replace('OS X', 'macOS')) }, []],
    [
      'not the right to make plans',
      { 1: all.filter((name) => name !== CREATE) },
      ['Managed Software Updates (Create)'],
    ],
    [
      'nothing',
      {},
      [
        'Computers (Read)',
        'Managed Software Updates (Read)',
        'Mobile Devices (Read)',
        'Managed Software Updates (Create)',
        UPDATE.replace('OS X', 'macOS'),
        UPDATE_MOBILE,
        VIEW,
      ],
    ],
  ])('of an account that has %s', async (_, privileges, missing, beyond = []) => {
    const jamf = account(privileges);
    expect(await jamf.client.privileges()).toEqual({ missing, unproven: [], beyond });
    expect(jamf.asked()).toEqual(['GET /api/v1/jamf-pro-version', 'GET /api/v1/auth']);
  });

  test('of an account that is not told its own falls back to trying', async () => {
    expect(await account(null).client.privileges()).toMatchObject({ missing: [] });
  });

  const client = (version = '11.30.1') => fakeJamfOf(version);
  const rest = [CREATE, UPDATE, UPDATE_MOBILE];
  test('of a client that may read everything: what only acting would show is left open', async () => {
    const jamf = client();
    expect(await jamf.client.privileges()).toEqual({ missing: [], unproven: rest, beyond: null });
    expect(jamf.got.filter(({ key }) => key.startsWith('POST') && !key.endsWith('/token'))).toEqual([]);
  });

  test.each<[string, string[], string[], string[]]>([
    ['computers', ['GET /api/v1/computers-inventory', `GET ${PLANS}`], ['Read Computers'], ['Read Mobile Devices']],
    [
      'plans',
      [`GET ${PLANS}/feature-toggle`, `GET ${PLANS}`],
      ['Read Managed Software Updates'],
      ['Read Mobile Devices'],
    ],
    ['mobile devices', [`GET ${PLANS}`], ['Read Mobile Devices'], []],
    ['commands', ['GET /api/v2/mdm/commands'], [VIEW], []],
  ])('of a client that may not read %s', async (_, refused, missing, open) => {
    for (const reply of [apiError(403, 'INVALID_PRIVILEGE'), apiError(401)]) {
      const jamf = client();
      for (const key of refused) jamf.always(key, reply);
      expect(await jamf.client.privileges()).toEqual({ missing, unproven: [...open, ...rest], beyond: null });
    }
  });

  test('of a client that is told its own: what it holds is no longer open, and what it need not hold is named', async () => {
    const jamf = client();
    const told = (names: string[]) => ({
      status: 200,
      body: { account: { username: 'client-id', privilegesBySite: { '-1': names } }, sites: [] },
    });
    jamf.always('GET /api/v1/auth', told([CREATE, UPDATE, 'Delete Computers']));
    expect(await jamf.client.privileges()).toEqual({
      missing: [],
      unproven: [UPDATE_MOBILE],
      beyond: ['Delete Computers'],
    });
    // That it is told of none says nothing, and what was tried counts for more.
    jamf.always('GET /api/v1/auth', told([]));
    expect(await jamf.client.privileges()).toEqual({ missing: [], unproven: rest, beyond: null });
    jamf.always('GET /api/v1/auth', told([VIEW]));
    jamf.always('GET /api/v2/mdm/commands', apiError(403));
    expect(await jamf.client.privileges()).toMatchObject({ missing: [VIEW], beyond: [] });
  });

  test('of a client while plans are off', async () => {
    const jamf = client();
    jamf.always(`GET ${PLANS}`, apiError(503));
    expect(await jamf.client.privileges()).toEqual({
      missing: [],
      unproven: ['Read Mobile Devices', ...rest],
      beyond: null,
    });
  });

  test('of a client of a server without plans, and with the Classic blank push', async () => {
    const jamf = client('10.40.0');
    expect(await jamf.client.privileges()).toEqual({
      missing: [],
      unproven: [UPDATE, 'Send Blank Pushes to Computers'],
      beyond: null,
    });
  });

  test('fails where the server cannot be asked', async () => {
    const jamf = client();
    jamf.always('GET /api/v1/computers-inventory', broken('unreachable'));
    expect(await jamf.client.privileges()).toHaveProperty('failed.trouble', 'server-unreachable');
  });
});
