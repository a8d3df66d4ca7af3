// Who may talk to the agent through which socket, with real processes of real users, and folders that are not what they
// should be.
import { spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../../src/adapters/clock/system-clock.ts';
import { askAgent } from '../../../src/adapters/ipc/client.ts';
import { type Agent, adminSocket, freshPlaces, isRoot, listen, OWN_UID, userSocket } from './sockets.ts';

let agent: Agent | null = null;
afterEach(() => {
  agent?.end();
  agent = null;
});

const ask = (places: Agent['places'], uid = OWN_UID) =>
  askAgent(places, { id: 'aaaaaaaa', request: { kind: 'check' } }, { uid, clock: systemClock, withinMs: 5_000 });

/** Runs Node as a user and resolves with what it printed. */
function nodeAs(uid: number, argv: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, argv, { uid, gid: uid, stdio: ['ignore', 'pipe', 'inherit'], cwd: '/' });
    let out = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
    child.on('error', reject);
    child.on('close', () => resolve(out));
  });
}
const ASK_ONCE = fileURLToPath(new URL('./ask-once.ts', import.meta.url));
const askAs = (uid: number, kind: string) => nodeAs(uid, [ASK_ONCE, agent?.places.root ?? '', `${uid}`, kind]);

/** Connects without any of the client's own looking, and says how that went. */
const CONNECT = `require('node:net').connect(process.argv[1]).on('connect', function () { process.stdout.write('connected'); this.destroy(); }).on('error', (error) => process.stdout.write(error.code));`;
const connectAs = (uid: number, path: string) => nodeAs(uid, ['-e', CONNECT, path]);

describe.skipIf(!isRoot)('real users (skipped where the tests do not run as root, who alone can become others)', () => {
  const open = () => {
    const places = freshPlaces();
    chmodSync(places.root, 0o755);
    agent = listen(places, { users: [501, 502] });
    expect(agent.logged).toEqual([]);
    return places;
  };

  test('a user reaches their own socket and is known by it', async () => {
    open();
    expect(await askAs(501, 'check')).toBe('kept');
    expect(agent?.kept).toMatchObject([{ by: { kind: 'user', uid: 501 }, request: { kind: 'check' } }]);
    expect(await askAs(501, 'reset')).toBe('only an administrator may ask for reset.');
    expect(agent?.kept).toHaveLength(1);
  });

  test('a user reaches neither the socket of another nor that of the administrators', async () => {
    const places = open();
    expect(await connectAs(501, userSocket(places, 501))).toBe('connected');
    expect(await connectAs(501, userSocket(places, 502))).toBe('EACCES');
    expect(await connectAs(501, adminSocket(places))).toBe('EACCES');
    expect(agent?.sockets.visits()).toBe(1);
  });

  test('a socket that a user has put in place of the agent’s is not taken for the agent', async () => {
    const places = open();
    agent?.sockets.close();
    // Somebody else's program, in the very folder the user owns.
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(userSocket(places, 501), resolve));
    chownSync(userSocket(places, 501), 501, 501);
    expect(await askAs(501, 'check')).toMatch(/is not the agent’s/);
    server.close();
  });

  test('a folder of another user is not listened in', () => {
    const places = freshPlaces();
    mkdirSync(join(places.sockets, 'user/501'), { recursive: true });
    chmodSync(join(places.sockets, 'user/501'), 0o700);
    chownSync(join(places.sockets, 'user/501'), 502, 502);
    agent = listen(places, { users: [501, 503] });
    expect(agent.logged).toHaveLength(1);
    expect(agent.logged[0]).toMatch(/cannot listen to user 501: .* belongs to user 502/);
    expect(lstatSync(userSocket(places, 503)).isSocket()).toBe(true);
  });

  test('a folder that was made but not yet given to its user is given to them', async () => {
    const places = freshPlaces();
    chmodSync(places.root, 0o755);
    mkdirSync(join(places.sockets, 'user/501'), { recursive: true });
    chmodSync(join(places.sockets, 'user/501'), 0o700);
    agent = listen(places, { users: [501] });
    expect(agent.logged).toEqual([]);
    expect(await askAs(501, 'check')).toBe('kept');
  });
});

describe('folders that are not what they should be', () => {
  type Case = [string, (sockets: string) => void];
  const wrongFor: Case[] = [
    ['a link', (path) => symlinkSync('/tmp', path)],
    ['a file', (path) => writeFileSync(path, 'mine')],
    ['open to others', (path) => chmodSync(mkdirSync(path, { recursive: true }) ?? path, 0o770)],
  ];
  test.each(wrongFor)(
    '%s in place of the administrators’ folder: not opened, logged, and left as it is',
    async (_n, make) => {
      const places = freshPlaces();
      mkdirSync(places.sockets, { mode: 0o755 });
      make(join(places.sockets, 'admin'));
      const before = lstatSync(join(places.sockets, 'admin'));
      agent = listen(places, { users: [OWN_UID] });
      expect(agent.logged.length).toBeGreaterThan(0);
      expect(agent.logged[0]).toMatch(/cannot listen to administrators/);
      const { ino, mode, uid } = lstatSync(join(places.sockets, 'admin'));
      expect({ ino, mode, uid }).toEqual({ ino: before.ino, mode: before.mode, uid: before.uid });
      await expect(ask(places)).rejects.toMatchObject({ code: 'agent.unreachable' });
    },
  );

  test.each(wrongFor)('%s in place of the folder of all: nothing is opened, and the agent works on', (_name, make) => {
    const places = freshPlaces();
    make(places.sockets);
    agent = listen(places, { users: [OWN_UID] });
    expect(agent.logged).toHaveLength(2);
    expect(agent.sockets.connections()).toBe(0);
  });

  test.each<[string, (path: string) => void]>([
    ['a file', (path) => writeFileSync(path, 'mine')],
    ['a link', (path) => symlinkSync('/etc/hostname', path)],
    ['a folder', (path) => mkdirSync(path)],
  ])('%s in place of the socket stays, and is logged', (_name, make) => {
    const places = freshPlaces();
    const first = listen(places, { users: [OWN_UID] });
    first.sockets.close();
    for (const path of [adminSocket(places), userSocket(places, OWN_UID)]) make(path);
    agent = listen(places, { users: [OWN_UID] });
    expect(agent.logged).toHaveLength(2);
    for (const path of [adminSocket(places), userSocket(places, OWN_UID)]) {
      expect(lstatSync(path).isSocket()).toBe(false);
    }
  });

  test('what a killed agent left is taken over', async () => {
    const places = freshPlaces();
    const killed = listen(places, { users: [OWN_UID] });
    for (const path of [adminSocket(places), userSocket(places, OWN_UID)]) renameSync(path, `${path}.kept`);
    killed.sockets.close();
    for (const path of [adminSocket(places), userSocket(places, OWN_UID)]) renameSync(`${path}.kept`, path);
    await expect(ask(places)).rejects.toMatchObject({ code: 'agent.unreachable' });
    agent = listen(places, { users: [OWN_UID] });
    expect(agent.logged).toEqual([]);
    await expect(ask(places)).resolves.toEqual({ isNew: true });
  });

  test('closed, nothing but the folders is left, and a socket of somebody else in its place stays', async () => {
    const places = freshPlaces();
    agent = listen(places, { users: [OWN_UID] });
    rmSync(adminSocket(places));
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(adminSocket(places), resolve));
    agent.sockets.close();
    expect(readdirSync(join(places.sockets, 'user', `${OWN_UID}`))).toEqual([]);
    expect(readdirSync(join(places.sockets, 'admin'))).toEqual(['s']);
    other.close();
  });

  test('the mask of whoever starts the agent does not matter', async () => {
    const mask = process.umask(0o077);
    try {
      const places = freshPlaces();
      agent = listen(places, { users: [OWN_UID] });
      expect(process.umask()).toBe(0o077);
      expect(agent.logged).toEqual([]);
      expect(lstatSync(places.sockets).mode & 0o777).toBe(0o755);
    } finally {
      process.umask(mask);
    }
  });
});
