// What the server and a Mac say to each other, and that the same seed tells the same story.
import { describe, expect, test } from 'vitest';
import { JamfProServer } from '../../../src/simulator/mdm/jamf-pro/server.ts';
import type { ManagedMac, MdmChannel } from '../../../src/simulator/mdm/managed-mac.ts';
import { ScriptedMac } from '../../../src/simulator/mdm/scripted-mac.ts';
import { VirtualClock } from '../../../src/simulator/virtual-clock.ts';
import { MONDAY_NINE } from '../harness.ts';
import { jamf, PLANS } from './jamf-harness.ts';

/** A Mac that does nothing by itself: the test speaks for it. */
function silentMac() {
  const clock = new VirtualClock(MONDAY_NINE);
  const server = new JamfProServer({ clock, latencyMs: [0, 0] });
  const channels: MdmChannel[] = [];
  let notified = 0;
  const facts = new ScriptedMac(clock, {}).facts();
  const mac: ManagedMac = {
    facts: () => facts,
    enrolled: (channel) => channels.push(channel),
    notify: () => {
      notified += 1;
    },
  };
  const { managementId } = server.enrol(mac);
  const [channel] = channels;
  if (channel === undefined) throw new Error('it was given no channel');
  const computer = () => {
    const found = server.parts.computers.byUdid(facts.udid);
    if (found === null) throw new Error('it is not enrolled');
    return found;
  };
  return { clock, server, mac, channel, channels, computer, managementId, notified: () => notified };
}

describe('commands', () => {
  test('are told by a notification, wait until the Mac connects, and come one after the other', () => {
    const { server, channel, computer, notified } = silentMac();
    expect(channel.connect({ Status: 'Idle' })).toEqual({ kind: 'nothing' });
    const ends: string[] = [];
    for (const command of [{ RequestType: 'SecurityInfo' }, { RequestType: 'OSUpdateStatus' }] as const)
      server.parts.computers.send(computer(), command, ({ Status }) => ends.push(`${command.RequestType} ${Status}`));
    expect(notified()).toBe(2);
    const first = channel.connect({ Status: 'Idle' });
    if (first.kind !== 'command') throw new Error('no command');
    expect(first.command.Command.RequestType).toBe('SecurityInfo');
    // Asked again without an answer, it is the same one.
    expect(channel.connect({ Status: 'Idle' })).toEqual(first);
    const { CommandUUID } = first.command;
    const second = channel.connect({ Status: 'Acknowledged', CommandUUID, SecurityInfo: {} });
    expect(second).toMatchObject({ kind: 'command', command: { Command: { RequestType: 'OSUpdateStatus' } } });
    expect(ends).toEqual(['SecurityInfo Acknowledged']);
    // An answer that comes twice counts once.
    channel.connect({ Status: 'Acknowledged', CommandUUID, SecurityInfo: {} });
    expect(ends).toHaveLength(1);
  });

  test('one that was put off is given again only to a Mac that comes anew', () => {
    const { server, channel, computer } = silentMac();
    server.parts.computers.send(computer(), { RequestType: 'SecurityInfo' });
    const given = channel.connect({ Status: 'Idle' });
    if (given.kind !== 'command') throw new Error('no command');
    expect(channel.connect({ Status: 'NotNow', CommandUUID: given.command.CommandUUID })).toEqual({ kind: 'nothing' });
    expect(computer().commands[0]?.state).toBe('NOT_NOW');
    expect(channel.connect({ Status: 'Idle' })).toEqual(given);
  });

  test('a Mac that was away connects for all it missed at once', async () => {
    const world = jamf({}, { script: { online: false } });
    world.ask('POST', `/api/v1/ddm/${world.managementId}/sync`);
    world.ask('POST', `/api/v1/ddm/${world.managementId}/sync`);
    await world.pass(3_600);
    expect(world.mac.record).toEqual([]);
    world.mac.goOnline();
    await world.pass(10);
    expect(world.mac.record.map(({ what }) => what)).toEqual(['DeclarativeManagement', 'DeclarativeManagement']);
  });

  test('while a declaration enforces an update, the order of a command is ignored', async () => {
    const world = jamf();
    world.plan({
      updateAction: 'DOWNLOAD_INSTALL_SCHEDULE',
      versionType: 'SPECIFIC_VERSION',
      specificVersion: '26.6.2',
      forceInstallLocalDateTime: '2026-12-01T12:00:00',
    });
    await world.pass(60);
    const computer = world.server.parts.computers.byId(world.id);
    if (computer === null) throw new Error('gone');
    const ProductKey = world.mac.script.offered[0]?.ProductKey ?? '';
    world.server.parts.computers.send(computer, {
      RequestType: 'ScheduleOSUpdate',
      Updates: [{ ProductKey, InstallAction: 'InstallForceRestart' }],
    });
    await world.pass(3_600);
    expect(world.mac.facts().version).toBe('26.6');
  });
});

describe('the bootstrap token', () => {
  test('is escrowed, fetched and taken away', () => {
    const { channel, server } = silentMac();
    expect(channel.bootstrapToken()).toEqual({ token: null });
    expect(channel.setBootstrapToken('dG9rZW4=')).toBe('taken');
    expect(channel.bootstrapToken()).toEqual({ token: 'dG9rZW4=' });
    expect(server.secrets()).toContain('dG9rZW4=');
    channel.setBootstrapToken('');
    expect(channel.bootstrapToken()).toEqual({ token: null });
  });

  test('the server lets a plan through once it is escrowed, though the inventory does not show it yet', async () => {
    const world = jamf({}, { bootstrapToken: null });
    const computer = world.server.parts.computers.byId(world.id);
    if (computer !== null) computer.bootstrapToken = 'dG9rZW4=';
    const security = () =>
      world.ask('GET', `/api/v1/computers-inventory/${world.id}?section=SECURITY`).json.security
        .bootstrapTokenEscrowedStatus;
    expect(security()).toBe('NOT_ESCROWED');
    const planId = world.plan();
    await world.pass(60);
    expect(world.stateOf(planId).state).toBe('WaitingForScheduledOSUpdateScanToComplete');
    world.server.recon(world.mac.facts().udid);
    expect(security()).toBe('ESCROWED');
  });

  test('belongs to an enrolment: the next one has none until the Mac sends it', () => {
    const { server, mac, channel, channels } = silentMac();
    channel.setBootstrapToken('dG9rZW4=');
    server.enrol(mac);
    expect(channel.bootstrapToken()).toBe('unreachable');
    expect(channels[1]?.bootstrapToken()).toEqual({ token: null });
  });
});

describe('declarations', () => {
  test('those of a plan that is cleared are withdrawn, and nothing is enforced', async () => {
    const world = jamf({ switchingSeconds: 60 });
    world.plan({
      updateAction: 'DOWNLOAD_INSTALL_SCHEDULE',
      versionType: 'SPECIFIC_VERSION',
      specificVersion: '26.6.2',
      forceInstallLocalDateTime: '2026-11-23T12:00:00',
    });
    await world.pass(60);
    expect(world.server.parts.computers.byId(world.id)?.declarations).toHaveLength(2);
    world.ask('PUT', `${PLANS}/feature-toggle`, { body: { toggle: false } });
    await world.pass(6 * 3_600);
    expect(world.server.parts.computers.byId(world.id)?.declarations).toEqual([]);
    expect(world.mac.facts().version).toBe('26.6');
  });

  test('status is kept by item, objects as JSON; what nobody subscribed to is not', () => {
    const { channel, computer } = silentMac();
    const StatusItems = {
      softwareupdate: { 'install-state': 'downloading', 'failure-reason': { count: 0 } },
      device: { 'operating-system': { version: '26.6' }, model: { family: 'Mac' } },
    };
    expect(channel.reportStatus({ StatusItems, Errors: [] })).toBe('taken');
    expect([...computer().statusItems].map(([key, { value }]) => [key, value])).toEqual([
      ['device.operating-system.version', '26.6'],
      ['softwareupdate.install-state', 'downloading'],
      ['softwareupdate.failure-reason', '{"count":0}'],
    ]);
  });

  test('unreachable stands for the whole channel', () => {
    const { channel, server } = silentMac();
    server.faults.add({ name: 'unreachable' });
    expect([
      channel.connect({ Status: 'Idle' }),
      channel.declarations(),
      channel.reportStatus({ StatusItems: {}, Errors: [] }),
      channel.setBootstrapToken('x'),
      channel.bootstrapToken(),
    ]).toEqual([{ kind: 'unreachable' }, 'unreachable', 'unreachable', 'unreachable', 'unreachable']);
  });
});

test('the same seed tells the same story, another one another', async () => {
  const story = async (seed: number) => {
    const world = jamf({ seed });
    const token = world.oauth().json.access_token;
    const planId = world.plan();
    await world.pass(3_600);
    return JSON.stringify([token, world.ask('GET', `${PLANS}/${planId}/events`).body, world.mac.record]);
  };
  expect(await story(1)).toBe(await story(1));
  expect(await story(1)).not.toBe(await story(2));
});

test('closed, nothing of it waits any longer', async () => {
  const world = jamf();
  world.plan();
  world.server.close();
  world.mac.stop();
  expect(world.clock.nextDue()).toBeNull();
});
