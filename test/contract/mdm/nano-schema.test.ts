// The simulated servers’ answers, all calls times all faults, held against the description of the wire, and a proof that the
// description can refuse.
import { describe, expect, test } from 'vitest';
import { NANO_FAULT_NAMES, type NanoFaultInput } from '../../../src/simulator/mdm/nanomdm/faults.ts';
import { ROUTE_NAMES } from '../../../src/simulator/mdm/nanomdm/route-names.ts';
import { API_KEY, ENFORCEMENT, type NanoWorld, nano } from '../../simulator/mdm/nano-harness.ts';
import { nanoAnswerFlaws, nanoRequestFlaws } from './nano-schema.ts';

const command = (uuid: string, extra = '') =>
  `<?xml version="1.0" encoding="UTF-8"?><plist version="1.0"><dict><key>Command</key><dict><key>RequestType</key><string>ScheduleOSUpdate</string><key>Updates</key><array><dict><key>ProductVersion</key><string>26.6.2</string><key>InstallAction</key><string>InstallASAP</string>${extra}</dict></array></dict><key>CommandUUID</key><string>${uuid}</string></dict></plist>`;
const UUID = '0A1B2C3D-0000-4000-9000-000000000001';
const update = {
  Type: ENFORCEMENT,
  Identifier: 'update',
  Payload: { TargetOSVersion: '26.6.2', TargetLocalDateTime: '2026-11-23T21:00:00' },
};
const activation = {
  Type: 'com.apple.activation.simple',
  Identifier: 'activation',
  Payload: { StandardConfigurations: ['update', 'status'] },
};
const status = {
  Type: 'com.apple.configuration.management.status-subscriptions',
  Identifier: 'status',
  Payload: { StatusItems: [{ Name: 'softwareupdate.install-state' }] },
};

type Made = [method: string, path: string, body?: unknown];

/** A good request for each call, in an order in which they build on each other. */
const requests = (udid: string): Made[] => [
  ['GET', '/version'],
  ...[update, activation, status, status].map((one): Made => ['PUT', '/v1/declarations', one]),
  ...['update', 'activation', 'status', 'status'].map(
    (one): Made => ['PUT', `/v1/set-declarations/a?declaration=${one}`],
  ),
  ['PUT', `/v1/enrollment-sets/${udid}?set=a&nonotify=1`],
  ['PUT', `/v1/enrollment-sets/${udid}?set=a`],
  ['POST', `/v1/notify?id=${udid}&set=a&declaration=update`],
  ['POST', '/v1/declarations/update/touch'],
  ['GET', `/v1/push/${udid}`],
  ['PUT', `/v1/enqueue/${udid}`, command(UUID)],
  ['PUT', `/v1/enqueue/${udid}?nopush=1`, command(UUID.replace(/1$/, '2'))],
  ['GET', '/v1/declarations'],
  ['GET', '/v1/declarations/update'],
  ['GET', '/v1/sets'],
  ['GET', '/v1/set-declarations/a'],
  ['GET', `/v1/enrollment-sets/${udid}`],
  ['GET', '/v1/declaration-sets/update'],
];
const reads = (udid: string): Made[] => [
  ['GET', `/v1/declaration-status/${udid}`],
  ['GET', `/v1/status-values/${udid}?prefix=.StatusItems.softwareupdate`],
  ['GET', `/v1/status-errors/${udid}`],
  ['GET', `/v1/status-report/${udid}`],
  ['DELETE', '/v1/declarations/update'],
  ['DELETE', `/v1/enrollment-sets/${udid}?set=a`],
  ['DELETE', '/v1/set-declarations/a?declaration=update'],
  ['DELETE', '/v1/declarations/update'],
  ['DELETE', '/v1/declarations/update'],
  ['GET', '/v1/declarations/update'],
  ['GET', `/v1/enrollment-sets/${udid}`],
];

function wire([method, path, body = '']: Made) {
  const by = /^\/v1\/(?:push|enqueue)\//.test(path) ? 'nanomdm' : 'kmfddm';
  return {
    method,
    url: path,
    headers: { authorization: `Basic ${Buffer.from(`${by}:${API_KEY}`).toString('base64')}` },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  };
}

function flawsOf(world: NanoWorld, made: Made): string[] {
  const request = wire(made);
  const url = new URL(request.url, 'https://mdm.example');
  const answer = world.server.handle({ ...request, path: url.pathname, query: url.searchParams });
  const what = `${made[0]} ${made[1]}`;
  const flaws = nanoRequestFlaws(request).map((flaw) => `${what}: ${flaw}`);
  if (answer.kind !== 'answer') return flaws;
  return [...flaws, ...nanoAnswerFlaws(request, answer).map((flaw) => `${what} → ${answer.status}: ${flaw}`)];
}

async function lived(fault: NanoFaultInput | null): Promise<{ flaws: string[]; world: NanoWorld }> {
  const world = nano();
  if (fault !== null) world.server.faults.add(fault);
  const flaws = requests(world.udid).flatMap((made) => flawsOf(world, made));
  await world.pass(3_600);
  return { flaws: [...flaws, ...reads(world.udid).flatMap((made) => flawsOf(world, made))], world };
}

describe('every answer is one that such a server gives', () => {
  test('of every call', async () => {
    const { flaws, world } = await lived(null);
    expect(flaws).toEqual([]);
    expect(ROUTE_NAMES.filter((name) => !world.calls.some(({ route }) => route === name))).toEqual([]);
    expect(new Set(world.calls.map((call) => call.status))).toEqual(new Set([200, 204, 304, 404, 500]));
  });

  /** There to be no such answer. */
  const WRONG = ['not-json', 'status'];
  test.each(NANO_FAULT_NAMES.filter((name) => !WRONG.includes(name)))('with the fault %s', async (name) => {
    expect((await lived({ name } as NanoFaultInput)).flaws).toEqual([]);
  });
});

describe('the description refuses', () => {
  const { udid } = nano();
  test.each<[string, Made]>([
    ['a call that there is not', ['POST', '/v1/declarations']],
    ['an id that is no UDID', ['GET', '/v1/push/12']],
    ['a parameter that there is not', ['GET', `/v1/push/${udid}?force=1`]],
    ['a set without a declaration', ['PUT', '/v1/set-declarations/a']],
    ['a body where none belongs', ['POST', `/v1/notify?id=${udid}`, {}]],
    ['a command that is none', ['PUT', `/v1/enqueue/${udid}`, '<plist><string>ScheduleOSUpdate</string></plist>']],
    ['a command with a key of nobody’s', ['PUT', `/v1/enqueue/${udid}`, command(UUID, '<key>Forced</key><true/>')]],
    [
      'deferrals of what is not installed later',
      ['PUT', `/v1/enqueue/${udid}`, command(UUID, '<key>MaxUserDeferrals</key><integer>3</integer>')],
    ],
    [
      'a deadline with a zone',
      ['PUT', '/v1/declarations', withPayload({ TargetLocalDateTime: '2026-11-23T21:00:00Z' })],
    ],
    ['a declaration with a token', ['PUT', '/v1/declarations', { ...update, ServerToken: 'x' }]],
    ['a version that is none', ['PUT', '/v1/declarations', withPayload({ TargetOSVersion: 'latest' })]],
  ])('%s', (_, made) => expect(nanoRequestFlaws(wire(made))).not.toEqual([]));

  test('a request without a key', () => {
    expect(nanoRequestFlaws({ ...wire(['GET', '/v1/declarations']), headers: {} })).not.toEqual([]);
  });

  test.each<[string, Made, number, unknown]>([
    ['a success that holds an error', ['GET', `/v1/push/${udid}`], 200, { status: { [udid]: { push_error: 'x' } } }],
    ['a failure that holds none', ['GET', `/v1/push/${udid}`], 500, { status: { [udid]: { push_result: 'x' } } }],
    ['an error of the other server', ['GET', `/v1/push/${udid}`], 500, { error: 'x' }],
    ['a body where nothing changed', ['PUT', '/v1/declarations', update], 304, {}],
    [
      'a value without a time',
      ['GET', `/v1/status-values/${udid}`],
      200,
      { [udid]: [{ path: '.StatusItems.a', value: '1' }] },
    ],
  ])('%s', (_, made, code, body) => {
    const answer = { status: code, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    expect(nanoAnswerFlaws(wire(made), answer)).not.toEqual([]);
  });
});

function withPayload(payload: Record<string, unknown>) {
  return { ...update, Payload: { ...update.Payload, ...payload } };
}
