// What command line and agent say to each other, over real sockets.
import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../../src/adapters/clock/system-clock.ts';
import { askAgent, watchAgent } from '../../../src/adapters/ipc/client.ts';
import { UpkeepError } from '../../../src/domain/problem.ts';
import type { Request } from '../../../src/domain/request.ts';
import {
  type Agent,
  adminSocket,
  frame,
  freshPlaces,
  isRoot,
  type Kept,
  listen,
  OWN_UID,
  peer,
  until,
} from './sockets.ts';

let agent: Agent;
let onRequest: ((kept: Kept) => void) | undefined;
beforeEach(() => {
  onRequest = undefined;
  agent = listen(freshPlaces(), { users: isRoot ? [501] : [], onRequest: (kept) => onRequest?.(kept) });
});
afterEach(() => agent.end());

const ID = '11111111-2222-4333-8444-555555555555';
const ask = (request: Request, id = ID, withinMs = 5_000) =>
  askAgent(agent.places, { id, request }, { uid: OWN_UID, clock: systemClock, withinMs });

test('a request is kept before it is answered, and the same id again is the same request', async () => {
  expect(await ask({ kind: 'pause', until: 5 })).toEqual({ isNew: true });
  expect(await ask({ kind: 'pause', until: 5 })).toEqual({ isNew: false });
  expect(agent.kept).toEqual([{ by: { kind: 'admin' }, id: ID, request: { kind: 'pause', until: 5 } }]);
});

test('what the agent refuses comes back with its code, its sentence and its remedy', async () => {
  onRequest = () => {
    throw new UpkeepError('store.unusable', 'the disk is full.', { remedy: 'Make room.' });
  };
  await expect(ask({ kind: 'check' })).rejects.toMatchObject({
    code: 'store.unusable',
    message: 'the disk is full.',
    remedy: 'Make room.',
  });
});

test('a bug while a request is kept is refused, logged once and harms nothing', async () => {
  onRequest = ({ request }) => {
    if (request.kind === 'reset') throw new Error('oh');
  };
  for (const id of ['aaaaaaaa', 'bbbbbbbb']) {
    await expect(ask({ kind: 'reset' }, id)).rejects.toMatchObject({ code: 'bug' });
  }
  expect(agent.logged).toHaveLength(1);
  expect(await ask({ kind: 'check' })).toEqual({ isNew: true });
});

test('a watcher is told the status at once and whenever it changes, and that the agent leaves', async () => {
  const told: unknown[] = [];
  let isOver = false;
  watchAgent(agent.places, { id: ID, uid: OWN_UID }).subscribe({
    next: (status) => told.push(status),
    complete: () => {
      isOver = true;
    },
  });
  await until(() => told.length === 1);
  agent.sockets.publish({ what: 'downloads' });
  await until(() => told.length === 2);
  expect(told).toEqual([{ what: 'waits' }, { what: 'downloads' }]);
  agent.sockets.close();
  await until(() => isOver);
});

test('a status longer than any request may be gets through', async () => {
  const told: unknown[] = [];
  const watching = watchAgent(agent.places, { id: ID, uid: OWN_UID }).subscribe((status) => told.push(status));
  await until(() => told.length === 1);
  agent.sockets.publish({ what: 'x'.repeat(100_000) });
  await until(() => told.length === 2);
  watching.unsubscribe();
});

test('where no agent runs it is said at once, and after it has left', async () => {
  agent.sockets.close();
  await expect(ask({ kind: 'check' })).rejects.toMatchObject({ code: 'agent.unreachable' });
});

test('an agent that does not answer in time is unreachable', async () => {
  onRequest = () => undefined;
  const { socket } = await peer(adminSocket(agent.places));
  socket.destroy();
  await expect(ask({ kind: 'check' }, ID, 0)).rejects.toMatchObject({ code: 'agent.unreachable' });
});

test('while nobody is connected no timer stands; nor while somebody only watches', async () => {
  expect(agent.timers()).toBe(0);
  await ask({ kind: 'check' });
  await until(() => agent.sockets.connections() === 0);
  expect(agent.timers()).toBe(0);
});

test('the folders of the sockets are as narrow as they have to be', () => {
  const mode = (path: string) => (lstatSync(join(agent.places.sockets, path)).mode & 0o7777).toString(8);
  expect({ sockets: mode(''), admin: mode('admin') }).toEqual({ sockets: '755', admin: '700' });
});

test('two requests in one piece are two requests, in pieces of a byte they are one', async () => {
  const message = (id: string) => frame('upkeep.request', { v: 1, id, request: { kind: 'check' } });
  const { socket, heard } = await peer(adminSocket(agent.places));
  socket.write(message('aaaaaaaa') + message('bbbbbbbb'));
  for (const byte of message('cccccccc')) {
    await new Promise<void>((resolve) => socket.write(byte, () => resolve()));
  }
  await until(() => heard().split('\f').length === 4);
  expect(agent.kept.map(({ id }) => id)).toEqual(['aaaaaaaa', 'bbbbbbbb', 'cccccccc']);
  socket.destroy();
});
