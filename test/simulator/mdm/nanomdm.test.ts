// NanoMDM and KMFDDM by themselves, asked as with curl.
import { expect, test } from 'vitest';
import { API_KEY, ENFORCEMENT, nano } from './nano-harness.ts';

const update = (by = '2026-11-23T21:00:00') => ({
  Type: ENFORCEMENT,
  Identifier: 'update',
  Payload: { TargetOSVersion: '26.6.2', TargetLocalDateTime: by },
});
const ACTIVATION = {
  Type: 'com.apple.activation.simple',
  Identifier: 'activation',
  Payload: { StandardConfigurations: ['update', 'status'] },
};
const STATUS = {
  Type: 'com.apple.configuration.management.status-subscriptions',
  Identifier: 'status',
  Payload: { StatusItems: [{ Name: 'softwareupdate.install-state' }] },
};

function declared(...declarations: { Identifier: string }[]) {
  const world = nano();
  for (const one of declarations) {
    world.ask('PUT', '/v1/declarations?nonotify=1', one);
    world.ask('PUT', `/v1/set-declarations/a?nonotify=1&declaration=${one.Identifier}`);
  }
  world.ask('PUT', `/v1/enrollment-sets/${world.udid}?set=a`);
  return world;
}

test('204 says that something changed, and 304 that nothing did', () => {
  const { ask, udid } = nano();
  const put = (by?: string) => ask('PUT', '/v1/declarations', update(by)).status;
  expect([put(), put(), put('2026-11-24T21:00:00')]).toEqual([204, 304, 204]);
  const give = () => ask('PUT', `/v1/enrollment-sets/${udid}?set=a`).status;
  expect([give(), give()]).toEqual([204, 304]);
});

test('only what changed is told to a Mac, unless it is asked for', async () => {
  const { ask, pass, mac } = declared(update(), ACTIVATION);
  const told = () => mac.record.filter(({ what }) => what === 'DeclarativeManagement').length;
  await pass(60);
  expect(told()).toBe(1);
  ask('PUT', '/v1/declarations', update());
  ask('PUT', '/v1/declarations?nonotify=1', update('2026-11-24T21:00:00'));
  await pass(60);
  expect(told()).toBe(1);
  ask('POST', '/v1/notify?declaration=update');
  await pass(60);
  expect(told()).toBe(2);
});

test('a Mac reports what is subscribed to, and acts on what is activated', async () => {
  const whole = declared(update(), ACTIVATION, STATUS);
  await whole.pass(60);
  const paths = (world: typeof whole): string[] =>
    (world.ask('GET', `/v1/status-values/${world.udid}`).json[world.udid] ?? []).map(
      ({ path }: { path: string }) => path,
    );
  expect(new Set(paths(whole))).toEqual(new Set(['.StatusItems.softwareupdate.install-state']));

  const unheard = declared(update(), ACTIVATION);
  await unheard.pass(60);
  expect(paths(unheard)).toEqual([]);
  expect(unheard.mac.record.map(({ what }) => what)).toContain('downloads 26.6.2');

  const idle = declared(update(), STATUS);
  await idle.pass(60);
  expect(idle.mac.record.map(({ what }) => what)).not.toContain('downloads 26.6.2');
});

test('old values stay beside the new', async () => {
  const { ask, pass, udid } = declared(update(), ACTIVATION, STATUS);
  await pass(1_200);
  const values: { value: string; timestamp: string }[] = ask('GET', `/v1/status-values/${udid}`).json[udid];
  const byTime = values.toSorted((a, b) => a.timestamp.localeCompare(b.timestamp));
  expect(byTime.map(({ value }) => value)).toEqual(['waiting', 'prepared']);
});

test('a declaration that is in a set stays', () => {
  const { ask } = declared(update());
  expect(ask('DELETE', '/v1/declarations/update').status).toBe(500);
  ask('DELETE', '/v1/set-declarations/a?declaration=update');
  expect([1, 2].map(() => ask('DELETE', '/v1/declarations/update').status)).toEqual([204, 304]);
  expect(ask('GET', '/v1/declarations/update').status).toBe(404);
});

test('each of the two lets in its own name, and the version needs none', () => {
  const { ask, udid } = nano();
  expect(ask('GET', `/v1/push/${udid}`, '', `kmfddm:${API_KEY}`)).toMatchObject({ status: 401, body: '' });
  expect(ask('GET', '/v1/declarations', '', `nanomdm:${API_KEY}`).status).toBe(401);
  expect(ask('GET', '/version', '', 'x:y').json).toEqual({ version: 'v0.8.0' });
});
