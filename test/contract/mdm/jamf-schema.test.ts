// The simulated server’s answers, all calls times all faults, held against the description of the wire; the recorded
// answers of real servers and the vendor’s examples held against the same; and a proof that the description can refuse.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { Secret } from '../../../src/domain/secret.ts';
import { ERROR_REASONS, JAMF_FAULT_NAMES, type JamfFaultInput } from '../../../src/simulator/mdm/jamf-pro/faults.ts';
import { ROUTE_NAMES, type RouteName } from '../../../src/simulator/mdm/jamf-pro/route-names.ts';
import { type Ask, jamf, PASSWORD, PLANS, SECRET, type World } from '../../simulator/mdm/jamf-harness.ts';
import { answerFlaws, PLAN_ERROR_REASONS, requestFlaws, type WireRequest, wireOf } from './jamf-schema.ts';

const MSU = '/api/v1/managed-software-updates';
const LEGACY = '/api/v1/macos-managed-software-updates';

type Made = [method: string, path: string, how?: Ask];

/** A good request for each call, some in several forms. */
function requests(world: World, planId: string): Made[] {
  const { id, managementId } = world;
  const udid = world.mac.facts().udid;
  const form = `grant_type=client_credentials&client_id=upkeep&client_secret=${encodeURIComponent(SECRET)}`;
  const filter = (text: string) => `filter=${encodeURIComponent(text)}`;
  const devices = [{ objectType: 'COMPUTER', deviceId: String(id) }];
  return [
    ['POST', '/api/oauth/token', { form }],
    ['POST', '/api/v1/oauth/token', { form: `${form}&scope=api-role%3A1` }],
    ['POST', '/api/v1/auth/token', { basic: `upkeep:${PASSWORD}` }],
    ['POST', '/api/v1/auth/keep-alive', { token: userToken(world) }],
    ['POST', '/api/v1/auth/invalidate-token', { token: userToken(world) }],
    ['GET', '/api/v1/auth'],
    ['GET', '/api/v1/auth', { token: userToken(world) }],
    ['GET', '/api/v1/jamf-pro-version'],
    ['GET', '/api/v1/health-check', { token: null }],
    ['GET', '/api/v1/api-role-privileges'],
    ['GET', '/api/v1/api-role-privileges/search?name=computers'],
    ...[1, 2, 3, 4].flatMap((version): Made[] => {
      const base = `/api/v${version}/computers-inventory`;
      return [
        ['GET', base],
        ['GET', `${base}?section=GENERAL&section=HARDWARE&section=SECURITY&page=0&page-size=5&sort=general.name:asc`],
        ['GET', `${base}?section=OPERATING_SYSTEM&${filter(`udid=="${udid}"`)}`],
        ['GET', `${base}/${id}?section=EXTENSION_ATTRIBUTES&section=DISK_ENCRYPTION&section=PRINTERS`],
        ['GET', `${base}-detail/${id}`],
        ['PATCH', `${base}-detail/${id}`, { body: { extensionAttributes: [{ definitionId: '23', values: ['x'] }] } }],
      ];
    }),
    ['GET', `${MSU}/available-updates`],
    ['GET', `${PLANS}/feature-toggle`],
    ['PUT', `${PLANS}/feature-toggle`, { body: { toggle: true } }],
    ['GET', `${PLANS}/feature-toggle/status`],
    ['POST', `${PLANS}/feature-toggle/abandon`],
    ['POST', PLANS, { body: { devices, config: { updateAction: 'DOWNLOAD_ONLY', versionType: 'LATEST_MINOR' } } }],
    ['POST', PLANS, { body: { devices, config: scheduled } }],
    ['GET', `${PLANS}?page=0&page-size=100&sort=planUuid:asc`],
    ['GET', `${PLANS}?${filter(`device.deviceId==${id};device.objectType==COMPUTER;state=in=(Init,PlanFailed)`)}`],
    ['GET', `${PLANS}/${planId}`],
    ['GET', `${PLANS}/${planId}/events`],
    ['GET', `${PLANS}/${planId}/declarations`],
    ['GET', `${MSU}/update-statuses`],
    ['GET', `${MSU}/update-statuses/computers/${id}`],
    ['GET', `${LEGACY}/available-updates`],
    [
      'POST',
      `${LEGACY}/send-updates`,
      { body: { deviceIds: [String(id)], updateAction: 'DOWNLOAD_ONLY', priority: 'LOW' } },
    ],
    ['POST', `/JSSResource/computercommands/command/BlankPush/id/${id}`],
    ['POST', '/api/v2/mdm/blank-push', { body: { clientManagementIds: [managementId] } }],
    ['GET', `/api/v2/mdm/commands?${filter(`clientManagementId=="${managementId}"`)}`],
    [
      'POST',
      '/api/v2/mdm/commands',
      { body: { clientData: [{ managementId }], commandData: { commandType: 'SECURITY_INFO' } } },
    ],
    ['GET', '/api/v1/mdm/commands?uuids=6E47EF55-5318-494F-A09E-70F613E0AFD1'],
    ['POST', `/api/v1/ddm/${managementId}/sync`],
    ['GET', `/api/v1/ddm/${managementId}/status-items`],
    ['GET', `/api/v1/ddm/${managementId}/status-items/softwareupdate.install-state`],
  ];
}

const scheduled = {
  updateAction: 'DOWNLOAD_INSTALL_SCHEDULE',
  versionType: 'SPECIFIC_VERSION',
  specificVersion: '26.6.2',
  forceInstallLocalDateTime: '2026-11-25T21:00:00',
};

function userToken(world: World): string {
  const account = world.server.parts.tokens.accounts.get('upkeep');
  return account === undefined ? '' : world.server.parts.tokens.forAccount(account).text;
}

/** The request as it went over the wire. */
function wire([method, url, how = {}]: Made): WireRequest {
  const headers: Record<string, string> = {};
  if (how.basic !== undefined) headers.authorization = `Basic ${Buffer.from(how.basic).toString('base64')}`;
  else if (how.form === undefined && how.token !== null) headers.authorization = `Bearer ${how.token ?? 'abc.def.ghi'}`;
  if (how.form !== undefined) headers['content-type'] = 'application/x-www-form-urlencoded';
  if (how.body !== undefined) headers['content-type'] = 'application/json';
  return { method, url, headers, body: how.form ?? (how.body === undefined ? '' : JSON.stringify(how.body)) };
}

/** Everything wrong with any answer, by request; what broke off is no answer. */
async function flawsOfAll(world: World, planId: string): Promise<Record<string, string[]>> {
  const flaws: Record<string, string[]> = {};
  for (const made of requests(world, planId)) {
    let answer: ReturnType<World['ask']>;
    try {
      answer = world.ask(...made);
    } catch (error) {
      if (/the answer is (?:cut-off|lost|unreachable)/.test(String(error))) continue;
      throw error;
    }
    const wrong = answerFlaws(wire(made), answer);
    if (wrong.length > 0) flaws[`${made[0]} ${made[1]} → ${answer.status}`] = wrong;
    await world.pass(1);
  }
  return flaws;
}

describe('the simulated server', () => {
  test('the requests of this test have no flaws, and reach every call with success', async () => {
    const reached = new Set<RouteName | null>();
    for (const options of [{}, { version: '11.27.1', featureOn: false }]) {
      const world = jamf({ ...options, onCall: ({ route, status }) => status < 300 && reached.add(route) });
      const planId = options.featureOn === false ? '6E47EF55-5318-494F-A09E-70F613E0AFD1' : world.plan(scheduled);
      await world.pass(120);
      for (const made of requests(world, planId)) {
        expect([made[1], requestFlaws(wire(made))]).toEqual([made[1], []]);
        world.ask(...made);
      }
    }
    expect(ROUTE_NAMES.filter((name) => !reached.has(name))).toEqual([]);
  });

  test.each([
    '10.30',
    '10.36',
    '10.47',
    '10.48',
    '10.49',
    '11.2.1',
    '11.17.1',
    '11.23.2',
    '11.27.1',
    '11.28',
    '11.30.1',
  ])('every answer of %s, with the feature on and off', async (version) => {
    for (const featureOn of [true, false]) {
      const world = jamf({ version, featureOn });
      const planId =
        world.ask('POST', PLANS, { body: { devices: [], config: {} } }).status === 400 ? world.plan() : 'x';
      await world.pass(30);
      expect(await flawsOfAll(world, planId)).toEqual({});
    }
  });

  test('every answer through the whole life of a plan by commands, and of one by a declaration', async () => {
    for (const config of [
      { ...scheduled, updateAction: 'DOWNLOAD_INSTALL_RESTART', forceInstallLocalDateTime: undefined },
      scheduled,
    ]) {
      const world = jamf();
      const planId = world.plan(config);
      const seen = new Set<string>();
      for (
        let step = 0;
        step < 1_000 && world.server.parts.plans.byUuid(planId)?.state !== 'PlanCompleted';
        step += 1
      ) {
        await world.pass(step < 100 ? 4 : 600);
        const paths = [PLANS, `${PLANS}/${planId}`, `${PLANS}/${planId}/events`, `${PLANS}/${planId}/declarations`];
        const more = [`/api/v1/ddm/${world.managementId}/status-items`, `${MSU}/update-statuses/computers/${world.id}`];
        for (const path of [...paths, ...more]) {
          const made: Made = ['GET', path];
          expect([path, answerFlaws(wire(made), world.ask(...made))]).toEqual([path, []]);
        }
        seen.add(world.stateOf(planId).state);
      }
      expect(seen).toContain('PlanCompleted');
    }
  });

  const FAULTS: Record<(typeof JAMF_FAULT_NAMES)[number], JamfFaultInput> = {
    'privilege-denied': { name: 'privilege-denied', privilege: 'Read Computers' },
    'secret-refused': { name: 'secret-refused' },
    'password-expired': { name: 'password-expired' },
    'token-ends': { name: 'token-ends' },
    'token-short': { name: 'token-short' },
    'feature-off': { name: 'feature-off' },
    'feature-cycled': { name: 'feature-cycled' },
    'feature-switching': { name: 'feature-switching' },
    'server-version': { name: 'server-version', version: '10.47' },
    'classic-blank-push-gone': { name: 'classic-blank-push-gone' },
    'inventory-gone': { name: 'inventory-gone' },
    'computer-unmatched': { name: 'computer-unmatched' },
    'computer-doubled': { name: 'computer-doubled' },
    'numeric-ids': { name: 'numeric-ids' },
    're-enrolled': { name: 're-enrolled' },
    'bootstrap-token-lost': { name: 'bootstrap-token-lost' },
    'bootstrap-token-wrong': { name: 'bootstrap-token-wrong' },
    'plan-fails': { name: 'plan-fails', reason: 'NO_DISK_SPACE' },
    'plan-in-progress': { name: 'plan-in-progress' },
    'declared-by-somebody': { name: 'declared-by-somebody', by: '2026-11-24T12:00:00' },
    'declaration-withdrawn': { name: 'declaration-withdrawn' },
    'plan-late': { name: 'plan-late' },
    'plan-state-unknown': { name: 'plan-state-unknown' },
    'plan-completes-unseen': { name: 'plan-completes-unseen' },
    'plan-stuck': { name: 'plan-stuck' },
    'plan-lags': { name: 'plan-lags', seconds: 3_600 },
    cluster: { name: 'cluster' },
    'events-shape': { name: 'events-shape', shape: 'array' },
    'rate-limited': { name: 'rate-limited', retryAfter: 10 },
    'server-error': { name: 'server-error' },
    maintenance: { name: 'maintenance' },
    status: { name: 'status', status: 502, html: true },
    'not-json': { name: 'not-json' },
    huge: { name: 'huge', megabytes: 1 },
    slow: { name: 'slow', seconds: 5 },
    'cut-off': { name: 'cut-off' },
    'answer-lost': { name: 'answer-lost' },
    unreachable: { name: 'unreachable' },
    'push-lost': { name: 'push-lost' },
    'blank-push-refused': { name: 'blank-push-refused' },
    'legacy-errors': { name: 'legacy-errors' },
    'commands-by-declaration': { name: 'commands-by-declaration' },
  };

  test.each(JAMF_FAULT_NAMES.filter((name) => name !== 'not-json' && name !== 'plan-state-unknown'))(
    'every answer with the fault %s',
    async (name) => {
      const world = jamf({
        version: name === 'classic-blank-push-gone' ? '11.27.1' : '11.30.1',
        featureOn: name !== 'legacy-errors',
      });
      const made = name === 'legacy-errors' ? null : world.plan();
      await world.pass(30);
      world.server.faults.add(FAULTS[name]);
      expect(await flawsOfAll(world, made ?? 'x')).toEqual({});
    },
  );

  test('these two faults are what the description does not know, and are found', async () => {
    const world = jamf();
    world.server.faults.add(FAULTS['plan-state-unknown']);
    const planId = world.plan();
    const flaws = () => answerFlaws(wire(['GET', `${PLANS}/${planId}`]), world.ask('GET', `${PLANS}/${planId}`));
    expect(flaws()).toMatchObject([expect.stringMatching(/^status\.state: /)]);
    world.server.faults.add(FAULTS['not-json']);
    expect(flaws()).toEqual(['200 cannot be read as JSON']);
  });

  test('both know the same reasons for a failed plan', () => {
    expect([...ERROR_REASONS].sort()).toEqual([...PLAN_ERROR_REASONS].sort());
  });
});

describe('requests that are wrong are told', () => {
  const json = { 'content-type': 'application/json', authorization: 'Bearer abc' };
  const bearer = { authorization: 'Bearer abc' };
  const create = (
    config: Record<string, unknown>,
    devices: unknown = [{ objectType: 'COMPUTER', deviceId: '12' }],
  ) => ({
    method: 'POST',
    url: PLANS,
    headers: json,
    body: JSON.stringify({ devices, config }),
  });
  const get = (url: string, headers: Record<string, string> = bearer) => ({ method: 'GET', url, headers, body: '' });
  const restart = {
    updateAction: 'DOWNLOAD_INSTALL_RESTART',
    versionType: 'SPECIFIC_VERSION',
    specificVersion: '26.1',
  };
  const wrong: [string, WireRequest][] = [
    ['a call that is none', get('/api/v1/plans')],
    ['another method', { ...get(PLANS), method: 'DELETE' }],
    ['no token', get(PLANS, {})],
    ['Basic where Bearer belongs', get(PLANS, { authorization: 'Basic YTpi' })],
    ['a token for a call that takes none', get('/api/v1/health-check')],
    ['a body where none belongs', { ...get(PLANS), body: '{}' }],
    ['an unknown parameter', get(`${PLANS}?size=3`)],
    ['an unknown section', get('/api/v1/computers-inventory?section=SHOES')],
    ['a section of v1 in v2', get('/api/v2/computers-inventory?section=PLUGINS')],
    ['a filter on an unknown field', get('/api/v1/computers-inventory?filter=shoes%3D%3D1')],
    ['a filter that is none', get('/api/v1/computers-inventory?filter=udid')],
    ['a filter with one equals sign', get('/api/v1/computers-inventory?filter=id%3D12')],
    ['commands without a filter', get('/api/v2/mdm/commands')],
    ['a token in the address', get(`${PLANS}?filter=state%3D%3DBearer`)],
    ['a misspelt action', create({ ...restart, updateAction: 'DOWNLOAD_INSTALL_RESTRT' })],
    ['UNKNOWN, which is for answers', create({ ...restart, versionType: 'UNKNOWN' })],
    ['a numeric id', create(restart, [{ objectType: 'COMPUTER', deviceId: 12 }])],
    ['no device', create(restart, [])],
    ['a device twice', create(restart, Array(2).fill({ objectType: 'COMPUTER', deviceId: '12' }))],
    ['no version where one is needed', create({ ...restart, specificVersion: undefined })],
    ['a version where none belongs', create({ ...restart, versionType: 'LATEST_MINOR' })],
    ['a build with a specific version', create({ ...restart, buildVersion: '25B78' })],
    ['a date with a zone', create({ ...scheduled, forceInstallLocalDateTime: '2026-12-25T21:09:31Z' })],
    ['no date for a schedule', create({ ...scheduled, forceInstallLocalDateTime: undefined })],
    ['a date without a schedule', create({ ...restart, forceInstallLocalDateTime: '2026-12-25T21:09:31' })],
    ['an unknown member', create({ ...restart, priority: 'HIGH' })],
    ['JSON that is not declared', { ...create(restart), headers: bearer }],
    ['no JSON', { ...create(restart), body: 'devices=12' }],
    [
      'a secret as JSON',
      { method: 'POST', url: '/api/oauth/token', headers: { 'content-type': 'application/json' }, body: '{}' },
    ],
    [
      'no secret',
      {
        method: 'POST',
        url: '/api/oauth/token',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: 'grant_type=client_credentials&client_id=x',
      },
    ],
  ];
  test.each(wrong)('%s', (_, request) => expect(requestFlaws(request)).not.toEqual([]));

  test('and a right one is not, with its secrets revealed for the test', () => {
    const request = wireOf({
      method: 'POST',
      url: 'https://jamf.example/api/oauth/token',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: ['grant_type=client_credentials&client_id=x&client_secret=', new Secret('y')],
      limits: { timeoutMs: 1, answerBytes: 1 },
    });
    expect(requestFlaws(request)).toEqual([]);
    expect(requestFlaws(create(restart))).toEqual([]);
  });
});

describe('answers that are wrong are told', () => {
  const flaws = (url: string, status: number, value: unknown, type = 'application/json') =>
    answerFlaws(
      { method: 'GET', url, headers: {}, body: '' },
      { status, headers: { 'content-type': type }, body: typeof value === 'string' ? value : JSON.stringify(value) },
    );
  test.each<[string, string[]]>([
    ['a state nobody knows', flaws(PLANS, 200, { totalCount: 0, results: [{}] })],
    ['an unknown member', flaws(`${PLANS}/feature-toggle`, 200, { toggle: true, on: true })],
    ['a missing job', flaws(`${PLANS}/feature-toggle/status`, 200, { toggleOn: {}, toggleOff: null })],
    ['a version without its stamp', flaws('/api/v1/jamf-pro-version', 200, { version: '11.2' })],
    ['a redirection', flaws(PLANS, 302, '', 'text/html')],
    ['a body with 204', flaws('/api/v1/health-check', 204, 'x')],
    ['an error without its list', flaws(PLANS, 404, { httpStatus: 404 })],
    ['an error that says another status', flaws(PLANS, 404, { httpStatus: 500, errors: [] })],
    ['HTML that calls itself JSON', flaws(PLANS, 503, '<html></html>')],
    ['events that are no JSON', flaws(`${PLANS}/x/events`, 200, { events: 'none' })],
    ['an event without a dot', flaws(`${PLANS}/x/events`, 200, { events: [{ type: 'Created', eventSentEpoch: 1 }] })],
    [
      'an update status nobody knows',
      flaws(`${MSU}/update-statuses`, 200, { totalCount: 1, results: [{ status: 'PENDING' }] }),
    ],
  ])('%s', (_, found) => expect(found).not.toEqual([]));
});

const captures = resolve(dirname(fileURLToPath(import.meta.url)), '../../../../shared/captures/jamf-api');
const there = existsSync(join(captures, '../INDEX.json'));

describe.skipIf(!there)(`captures of real servers${there ? '' : ' (none beside the project)'}`, () => {
  type Entry = { file: string; args: [string, string?] };
  const index = there
    ? (JSON.parse(readFileSync(join(captures, '../INDEX.json'), 'utf8')) as Entry[] | { files: Entry[] })
    : [];
  const entries = (Array.isArray(index) ? index : Object.values(index).flat()).filter(({ file }) =>
    file.startsWith('jamf-api/'),
  );
  /** An example of the vendor’s that its own schema refuses. */
  const CARELESS: Record<string, RegExp> = { 'jamf-api/plan-declarations.json': /payloadJson|group/ };
  const STATUS: Record<string, number> = {
    'jamf-api/plan-create-201.json': 201,
    'jamf-api/error-401-invalid-token.json': 401,
  };

  test('there are some', () => expect(entries.length).toBeGreaterThan(10));

  test.each(entries)('$file', ({ file, args: [method, url = PLANS] }) => {
    const body = readFileSync(join(captures, '..', file), 'utf8');
    const request = {
      method: method === '(any)' ? 'GET' : method,
      url: url.replace(/<[^>]+>/, 'x'),
      headers: {},
      body: '',
    };
    const answer = { status: STATUS[file] ?? 200, headers: { 'content-type': 'application/json' }, body };
    const flaws = answerFlaws(request, answer);
    const careless = CARELESS[file];
    if (careless === undefined) expect(flaws).toEqual([]);
    else {
      expect(flaws.length).toBeGreaterThan(0);
      expect(flaws.filter((flaw) => !careless.test(flaw))).toEqual([]);
    }
  });
});
