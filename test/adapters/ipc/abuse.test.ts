// Everything a peer may do wrong, by accident or on purpose. Each is refused and logged once, and afterwards the agent
// does what it did before.
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../../src/adapters/clock/system-clock.ts';
import { askAgent, watchAgent } from '../../../src/adapters/ipc/client.ts';
import { type Agent, adminSocket, frame, freshPlaces, listen, OWN_UID, peer, until, userSocket } from './sockets.ts';

const ID = '11111111-2222-4333-8444-555555555555';

let agent: Agent;
beforeEach(() => {
  agent = listen(freshPlaces(), { users: [OWN_UID] });
});
afterEach(async () => {
  // Whatever was done to it: it still listens, and nobody else is in its way.
  await until(() => agent.sockets.connections() === 0);
  const done = askAgent(
    agent.places,
    { id: 'afterwards', request: { kind: 'check' } },
    { uid: OWN_UID, clock: systemClock, withinMs: 10_000 },
  );
  await expect(done).resolves.toEqual({ isNew: true });
  await until(() => agent.sockets.connections() === 0);
  expect(agent.timers()).toBe(0);
  agent.end();
});

/** Says something and waits until the agent hangs up. */
async function say(words: string | Buffer, path = adminSocket(agent.places)): Promise<string> {
  const { socket, heard, closed } = await peer(path);
  socket.write(words);
  await closed;
  return heard();
}

const request = (id: string, kind = 'check', v: unknown = 1) => frame('upkeep.request', { v, id, request: { kind } });

describe('what is no message ends the connection and is logged once', () => {
  test.each<[string, string | Buffer]>([
    ['no JSON', 'GET / HTTP/1.1\r\n\r\n\f'],
    ['binary', Buffer.from([0, 255, 254, 12, 0, 12])],
    [
      'broken UTF-8 in a string',
      Buffer.concat([Buffer.from('{"type":"'), Buffer.from([0xff, 0xc0]), Buffer.from('\f')]),
    ],
    ['empty frames', '\f\f\f\f'],
    ['a list', '[1,2,3]\f'],
    ['null', 'null\f'],
    ['no type', '{"data":{}}\f'],
    ['a type that is no text', '{"type":7}\f'],
    ['an empty type', '{"type":""}\f'],
    ['a huge name', frame('x'.repeat(5_000), {})],
    ['a name longer than allowed', frame('x'.repeat(65), {})],
    ['__proto__', frame('__proto__', {})],
    ['constructor', frame('constructor', {})],
    ['toString', frame('toString', {})],
    ['hasOwnProperty', frame('hasOwnProperty', {})],
    ['the name of an event of its own: connect', frame('connect', {})],
    ['the name of an event of its own: error', frame('error', {})],
    ['the name of an event of its own: socket.disconnected', frame('socket.disconnected', {})],
    ['a frame over the limit', frame('upkeep.request', { v: 1, x: 'y'.repeat(17_000) })],
    ['no end of a frame over the limit', 'z'.repeat(20_000)],
  ])('%s', async (_name, words) => {
    for (let times = 0; times < 3; times += 1) expect(await say(words)).toBe('');
    expect(agent.logged).toHaveLength(1);
    expect(agent.kept).toEqual([]);
  });
});

describe('a message it does not understand is refused clearly, logged once, and ends the connection', () => {
  const cases: [string, string][] = [
    ['an unknown version', request(ID, 'check', 2)],
    ['a version that is no number', request(ID, 'check', '1')],
    ['no version', frame('upkeep.request', { id: ID, request: { kind: 'check' } })],
    ['an unknown type', frame('upkeep.become-root', { v: 1, id: ID })],
    ['a star', frame('*', { v: 1, id: ID })],
    ['a status', frame('upkeep.status', { v: 1, status: {} })],
    ['no content', frame('upkeep.request', undefined)],
    ['a list as content', frame('upkeep.request', [1])],
    ['an id that steers a terminal', request('\u001b[2J-aaaaaaaa')],
    ['an id that is too long', request('a'.repeat(65))],
    ['an id that is no text', frame('upkeep.request', { v: 1, id: {}, request: { kind: 'check' } })],
    ['an unknown request', request(ID, 'reboot')],
    ['a request called __proto__', request(ID, '__proto__')],
    [
      'somebody who says who they are',
      frame('upkeep.request', { v: 1, id: ID, by: 'admin', request: { kind: 'check' } }),
    ],
    ['a request with more in it', frame('upkeep.request', { v: 1, id: ID, request: { kind: 'check', uid: 0 } })],
    [
      'an own field called __proto__',
      `{"type":"upkeep.request","data":{"v":1,"id":"${ID}","__proto__":{},"request":{"kind":"check"}}}\f`,
    ],
    [
      'deep JSON',
      `{"type":"upkeep.request","data":{"v":1,"id":"${ID}","request":${'['.repeat(7_000)}${']'.repeat(7_000)}}}\f`,
    ],
  ];
  test.each(cases)('%s', async (_name, words) => {
    for (let times = 0; times < 3; times += 1) {
      const [first = '', ...rest] = (await say(words)).split('\f');
      expect(JSON.parse(first)).toMatchObject({
        type: 'upkeep.answer',
        data: { v: 1, refused: { code: 'request.refused', message: expect.stringContaining('does not understand') } },
      });
      expect(rest).toEqual(['']);
    }
    expect(agent.logged).toHaveLength(1);
    expect(agent.kept).toEqual([]);
  });
});

test('whatever the bytes, nothing is thrown and nothing is kept', async () => {
  const anyFrame = fc.oneof(
    fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
    fc
      .tuple(
        fc.oneof(fc.string(), fc.constantFrom('upkeep.request', 'upkeep.watch', 'data', '*', 'valueOf')),
        fc.json(),
      )
      .map(([type, json]) => Buffer.from(`{"type":${JSON.stringify(type)},"data":${json}}\f`)),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(anyFrame, { minLength: 1, maxLength: 5 }), async (pieces) => {
      const { socket, closed } = await peer(adminSocket(agent.places));
      for (const piece of pieces) socket.write(piece);
      socket.end();
      socket.resume();
      await closed;
      expect(agent.kept).toEqual([]);
    }),
    { numRuns: 300 },
  );
  expect(agent.logged.length).toBeLessThan(10);
  await new Promise((resolve) => setTimeout(resolve, 1_100));
});

test('a frame of 100 MB is cut off at its beginning, and memory stays as it was', async () => {
  const before = process.memoryUsage.rss();
  const { socket, closed } = await peer(adminSocket(agent.places));
  const piece = Buffer.alloc(65_536, 'a');
  let sent = 0;
  let isClosed = false;
  void closed.then(() => {
    isClosed = true;
  });
  while (!isClosed && sent < 100 * 1_048_576) {
    sent += piece.length;
    if (!socket.write(piece)) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await closed;
  expect(sent).toBeLessThan(10 * 1_048_576);
  expect(process.memoryUsage.rss() - before).toBeLessThan(64 * 1_048_576);
  expect(agent.logged).toHaveLength(1);
});

test('who begins a message and never ends it is cut off, byte by byte as well', async () => {
  const { socket, closed, heard } = await peer(adminSocket(agent.places));
  const drip = setInterval(() => socket.write('x'), 100);
  await closed;
  clearInterval(drip);
  expect(heard()).toBe('');
  expect(agent.logged).toHaveLength(1);
});

test('who connects and says nothing is cut off', async () => {
  const silent = await Promise.all(Array.from({ length: 5 }, () => peer(adminSocket(agent.places))));
  await Promise.all(silent.map(({ closed }) => closed));
  expect(agent.logged).toHaveLength(1);
}, 20_000);

test('who goes on saying nothing while others ask does not stay either', async () => {
  const silent = await peer(adminSocket(agent.places));
  const busy = await peer(adminSocket(agent.places));
  const asking = setInterval(() => busy.socket.write(request(`request-${agent.kept.length}`)), 1_000);
  await silent.closed;
  clearInterval(asking);
  busy.socket.destroy();
}, 20_000);

test('of a thousand connections at once those too many are turned away, the others wait no longer than they may', async () => {
  const all = await Promise.allSettled(Array.from({ length: 1_000 }, () => peer(adminSocket(agent.places))));
  const there = all.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  await until(() => agent.logged.length > 0 && agent.sockets.visits() >= 16);
  expect(agent.sockets.connections()).toBeLessThanOrEqual(16);
  for (const { socket } of there) socket.destroy();
  expect(agent.logged).toHaveLength(1);
}, 20_000);

test('what is said again is the same request, however often', async () => {
  const { socket, heard } = await peer(adminSocket(agent.places));
  for (let times = 0; times < 20; times += 1) socket.write(request(ID));
  await until(() => heard().split('\f').length === 21);
  expect(agent.kept).toHaveLength(1);
  expect(heard().match(/"isNew":true/g)).toHaveLength(1);
  socket.destroy();
});

test('who asks too often is told so; after a while they are heard again', async () => {
  const { socket, heard } = await peer(userSocket(agent.places, OWN_UID));
  for (let times = 0; times < 40; times += 1) socket.write(request(`request-${times}`));
  await until(() => heard().split('\f').length === 41);
  expect(agent.kept.length).toBeGreaterThanOrEqual(30);
  expect(heard().match(/asked too much at the moment/g)?.length).toBeGreaterThanOrEqual(8);
  await new Promise((resolve) => setTimeout(resolve, 1_200));
  socket.write(request('later-request'));
  await until(() => agent.kept.some(({ id }) => id === 'later-request'));
  expect(agent.logged).toHaveLength(1);
  socket.destroy();
});

test('one connection is not for ever: after 64 messages it is ended', async () => {
  const { socket, heard, closed } = await peer(adminSocket(agent.places));
  for (let times = 0; times < 70; times += 1) socket.write(request(ID));
  await closed;
  expect(heard().split('\f')).toHaveLength(66);
  await new Promise((resolve) => setTimeout(resolve, 1_100));
});

test('a user may ask for what a user may, and for nothing else, whatever they say of themselves', async () => {
  const { socket, heard } = await peer(userSocket(agent.places, OWN_UID));
  for (const kind of ['pause', 'resume', 'reset']) {
    const extra = kind === 'pause' ? { until: 5 } : {};
    socket.write(frame('upkeep.request', { v: 1, id: `request-${kind}`, request: { kind, ...extra } }));
  }
  socket.write(request('request-check'));
  await until(() => heard().split('\f').length === 5);
  expect(heard().match(/only an administrator may ask for (pause|resume|reset)/g)).toHaveLength(3);
  expect(agent.kept).toEqual([{ by: { kind: 'user', uid: OWN_UID }, id: 'request-check', request: { kind: 'check' } }]);
  expect(agent.logged).toHaveLength(1);
  socket.destroy();
});

test('a watcher that never reads is dropped, and the others are told', async () => {
  const deaf = await peer(adminSocket(agent.places));
  deaf.socket.pause();
  deaf.socket.write(frame('upkeep.watch', { v: 1, id: ID }));
  let told = 0;
  const watching = watchAgent(agent.places, { id: ID, uid: OWN_UID }).subscribe(() => {
    told += 1;
  });
  await until(() => told === 1 && agent.sockets.connections() === 2);
  let published = 0;
  while (agent.sockets.connections() === 2) {
    agent.sockets.publish({ what: 'x'.repeat(50_000) });
    published += 1;
    await until(() => told === published + 1);
  }
  expect(published).toBeLessThan(100);
  expect(agent.logged).toHaveLength(1);
  watching.unsubscribe();
  deaf.socket.destroy();
});

test('no more than four watch at once', async () => {
  const watch = frame('upkeep.watch', { v: 1, id: ID });
  const watchers = await Promise.all(Array.from({ length: 4 }, () => peer(adminSocket(agent.places))));
  for (const { socket, heard } of watchers) {
    socket.write(watch);
    await until(() => heard() !== '');
  }
  expect(await say(watch)).toContain('too many watch the agent already');
  for (const { socket } of watchers) socket.destroy();
});

test('who closes their half in the middle is let go, and who has asked gets the answer', async () => {
  const cut = await peer(adminSocket(agent.places));
  cut.socket.end('{"type":"upkeep.re');
  await cut.closed;
  const whole = await peer(adminSocket(agent.places));
  whole.socket.end(request(ID));
  await whole.closed;
  expect(whole.heard()).toContain('"kept":true');
  const watcher = await peer(adminSocket(agent.places));
  watcher.socket.end(frame('upkeep.watch', { v: 1, id: ID }));
  await watcher.closed;
  expect(watcher.heard()).toContain('upkeep.status');
});
