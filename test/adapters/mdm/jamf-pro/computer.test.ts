// How this Mac is found in the inventory: by an id that was handed down, by its hardware, by sending the inventory; and what
// is never believed.
import { describe, expect, test } from 'vitest';
import type { Recon } from '../../../../src/adapters/mdm/jamf-pro/recon.ts';
import { apiError, fakeJamf, PLANS, page, type Reply, record, UDID } from './fake-jamf.ts';

const V = (version: number): string => `GET /api/v${version}/computers-inventory`;
const OTHER = '00000000-1111-2222-3333-444444444444';
const filters = (jamf: ReturnType<typeof fakeJamf>) =>
  jamf.got.filter(({ key }) => key.endsWith('computers-inventory')).map(({ query }) => query.get('filter'));
const mac = (rest: object = {}) => ({ udid: UDID, computerId: null, recon: null, ...rest });
const device = { managed: true, supervised: true, declarative: true };

test('by its hardware, with what the server knows of it', async () => {
  const jamf = fakeJamf();
  expect(await jamf.client.look()).toEqual({
    means: ['declaration', 'plan'],
    lacks: null,
    serverVersion: '11.30.1',
    device,
  });
  const [asked] = jamf.got.filter(({ key }) => key === V(4));
  expect(asked?.url).toContain(`filter=udid%3D%3D%22${UDID}%22`);
  expect(asked?.query.getAll('section')).toEqual(['GENERAL', 'OPERATING_SYSTEM']);
});

test('once, whatever is asked afterwards', async () => {
  const jamf = fakeJamf();
  await jamf.client.look();
  await jamf.client.current();
  await jamf.client.nudge();
  expect(filters(jamf)).toHaveLength(1);
});

test.each<[string, string, object[], string[]]>([
  ['is right', '12', [record()], ['id==12']],
  ['is right, and a number there', '12', [record({ id: 12 })], ['id==12']],
  ['is of other hardware', '7', [record({ id: '7', udid: OTHER })], ['id==7', `udid=="${UDID}"`]],
  ['is of nothing', '7', [], ['id==7', `udid=="${UDID}"`]],
  ['was never filled in', '$JSSID', [], [`udid=="${UDID}"`]],
  ['is no number', '12 or id!=0', [], [`udid=="${UDID}"`]],
])('an id that was handed down and %s', async (_, computerId, given, asked) => {
  const jamf = fakeJamf({ mac: mac({ computerId }) });
  jamf.always(V(4), ({ query }) => ({
    status: 200,
    body: { totalCount: 1, results: query.get('filter')?.startsWith('id') ? given : [record()] },
  }));
  expect(await jamf.client.look()).toHaveProperty('device', device);
  expect(filters(jamf)).toEqual(asked);
  expect(jamf.got.filter(({ key }) => key === `GET ${PLANS}`).map(({ query }) => query.get('filter'))).toEqual([
    'device.deviceId==12;device.objectType==COMPUTER',
  ]);
});

test.each<[string, unknown[], string, string]>([
  ['none', [], 'computer-unknown', 'it has no record of this Mac’s hardware'],
  [
    'only that of others, the filter ignored',
    [record({ udid: OTHER })],
    'computer-unknown',
    'it has no record of this Mac’s hardware',
  ],
  [
    'one that does not say whose it is',
    [record({ udid: null })],
    'computer-unknown',
    'it has no record of this Mac’s hardware',
  ],
  ['two', [record(), record({ id: '13' })], 'computer-ambiguous', 'it has 2 records of this Mac’s hardware'],
])('records of its hardware: %s', async (_, computers, trouble, detail) => {
  const jamf = fakeJamf();
  jamf.server.computers = computers;
  expect(await jamf.client.look()).toEqual({ failed: { trouble, detail } });
});

test('two records, and the id that was handed down is one of them', async () => {
  const jamf = fakeJamf({ mac: mac({ computerId: '13' }) });
  jamf.server.computers = [record(), record({ id: '13' })];
  expect(await jamf.client.look()).toHaveProperty('device', device);
});

test('a record in the other spelling, and with next to nothing in it', async () => {
  const jamf = fakeJamf();
  jamf.server.computers = [{ id: 12, udid: UDID.toLowerCase(), general: null, extra: [1] }];
  expect(await jamf.client.look()).toMatchObject({ device: { managed: null, supervised: null, declarative: null } });
});

describe('sending the inventory', () => {
  const whenSent = (told: Recon, results: unknown[]) => {
    let sent = 0;
    const recon = async () => {
      sent += 1;
      return told;
    };
    const jamf = fakeJamf({ mac: mac({ recon }) });
    jamf.always(V(4), ({ query }) => ({
      status: 200,
      body: { totalCount: 0, results: query.get('filter')?.startsWith('id') ? results : [] },
    }));
    return { ...jamf, sent: () => sent };
  };
  test('is the last way, and what it tells is checked too', async () => {
    const jamf = whenSent({ id: '14' }, [record({ id: '14' })]);
    expect(await jamf.client.look()).toHaveProperty('device', device);
    expect(filters(jamf)).toEqual([`udid=="${UDID}"`, 'id==14']);
    expect(jamf.sent()).toBe(1);
  });
  test.each<[string, Recon, unknown[], RegExp]>([
    ['nothing', { why: 'no id' }, [], /hardware; sending the inventory did not help \(no id\)$/],
    ['what is no id', { id: 'twelve' }, [record({ id: 'twelve' })], /not even under the id/],
    ['the id of other hardware', { id: '14' }, [record({ id: '14', udid: OTHER })], /not even under the id/],
  ])('and it tells %s', async (_, told, results, detail) => {
    const seen = await whenSent(told, results).client.look();
    expect(seen).toEqual({ failed: { trouble: 'computer-unknown', detail: expect.stringMatching(detail) } });
  });
  test('is not done where the record is there', async () => {
    const jamf = fakeJamf({ mac: mac({ recon: () => Promise.reject(new Error('not needed')) }) });
    expect(await jamf.client.look()).toHaveProperty('device', device);
  });
  test('is not done where the server will not show the inventory', async () => {
    const jamf = fakeJamf({ mac: mac({ recon: () => Promise.reject(new Error('not needed')) }) });
    jamf.always(V(4), apiError(403, 'INVALID_PRIVILEGE'));
    expect(await jamf.client.look()).toHaveProperty('failed.trouble', 'privilege-missing');
  });
});

describe('the version of the inventory', () => {
  const gone: Reply[] = [apiError(404), { status: 410 }, page(404)];
  test.each<[string, number, number[]]>([
    ['11.30.1-t1784555528405', 1, [4, 3, 2, 1]],
    ['11.30.0', 4, [4]],
    ['11.23.2-t5', 3, [3]],
    ['11.2.1-t1707143529', 1, [3, 2, 1]],
    ['11.15', 2, [3, 2]],
  ])('of a server %s is the newest it has: %d', async (version, newest, asked) => {
    for (const reply of gone) {
      const jamf = fakeJamf();
      jamf.server.version = version;
      for (const each of [1, 2, 3, 4])
        jamf.always(V(each), each > newest ? reply : { status: 200, body: { totalCount: 1, results: [record()] } });
      expect(await jamf.client.look()).toHaveProperty('device', device);
      expect(jamf.asked().filter((key) => key.endsWith('inventory'))).toEqual(asked.map(V));
    }
  });

  test('is none at all', async () => {
    const jamf = fakeJamf();
    for (const each of [1, 2, 3, 4]) jamf.always(V(each), apiError(404));
    expect(await jamf.client.look()).toEqual({ failed: { trouble: 'not-supported', detail: 'it answers 404' } });
  });
});

describe('the version of the server', () => {
  test.each<[unknown, string | null]>([
    ['11.30.1-t1784555528405', '11.30.1'],
    ['11.2.1-t1707143529', '11.2.1'],
    ['10.48.0', '10.48.0'],
    ['11.30', '11.30'],
    ['11.30.1-b1', '11.30.1'],
    ['MARK', null],
    ['1.2.3.4', null],
    [undefined, null],
    [11, null],
  ])('%s is %s', async (version, serverVersion) => {
    const jamf = fakeJamf();
    jamf.always(V(3), (got) => jamf.ordinary(V(4), got));
    jamf.always('GET /api/v1/jamf-pro-version', { status: 200, body: { version } });
    expect(await jamf.client.look()).toHaveProperty('serverVersion', serverVersion);
  });

  test('is unknown where the server is too old to say', async () => {
    const jamf = fakeJamf();
    jamf.always('GET /api/v1/jamf-pro-version', apiError(404));
    expect(await jamf.client.look()).toHaveProperty('serverVersion', null);
  });
});

test('a Mac that does not know its own hardware asks nothing about it', async () => {
  const jamf = fakeJamf({ mac: mac({ udid: '" or id!=0' }) });
  expect(await jamf.client.look()).toHaveProperty('failed.trouble', 'computer-unknown');
  expect(filters(jamf)).toEqual([]);
});

describe('what the server can do', () => {
  const flags = { forceInstallLocalDateEnabled: true, dssEnabled: true };
  test.each<[string, string, Record<string, unknown> | Reply, unknown, string[], string | null]>([
    ['on, with declarations', '11.30.1', { toggle: true, ...flags }, {}, ['declaration', 'plan'], null],
    ['on, of an older server with fewer members', '10.50', { toggle: true }, {}, ['plan'], null],
    ['off', '11.30.1', { toggle: false, ...flags }, {}, ['legacy-command'], 'feature-off'],
    ['being turned on', '11.30.1', { toggle: false }, { toggleOn: { state: 'RUNNING' } }, [], 'feature-switching'],
    ['being turned off', '11.30.1', { toggle: true }, { toggleOff: { state: 'RUNNING' } }, [], 'feature-switching'],
    [
      'on, with states never heard of',
      '11.30.1',
      { toggle: true },
      { toggleOn: { state: 'NEW' }, toggleOff: 7 },
      ['plan'],
      null,
    ],
  ])('while the feature is %s', async (_, version, toggle, toggleStatus, means, lacks) => {
    const jamf = fakeJamf();
    Object.assign(jamf.server, { version, toggle, toggleStatus });
    jamf.always(V(3), (got) => jamf.ordinary(V(4), got));
    expect(await jamf.client.look()).toMatchObject({ means, lacks });
  });

  test('is the older call where the server is too old for plans, which are then not asked for', async () => {
    const jamf = fakeJamf();
    jamf.server.version = '10.47.0-t1';
    jamf.always(V(3), (got) => jamf.ordinary(V(4), got));
    expect(await jamf.client.look()).toMatchObject({ means: ['legacy-command'], lacks: null });
    expect(jamf.asked().filter((key) => key.includes('managed-software'))).toEqual([]);
    expect(await jamf.client.current()).toBeNull();
  });

  test('is the older call too where the feature is not there and the version not known', async () => {
    const jamf = fakeJamf();
    jamf.always('GET /api/v1/jamf-pro-version', apiError(404));
    jamf.always(`GET ${PLANS}/feature-toggle`, apiError(404));
    expect(await jamf.client.look()).toMatchObject({ means: ['legacy-command'], lacks: null });
  });

  test('is not known where the feature does not say what it is', async () => {
    const jamf = fakeJamf();
    jamf.server.toggle = { toggle: 'yes' };
    expect(await jamf.client.look()).toHaveProperty('failed.trouble', 'not-understood');
  });
});
