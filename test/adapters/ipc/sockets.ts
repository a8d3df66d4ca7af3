// An agent's sockets in a folder of their own, with a store that only remembers, and peers that speak raw bytes.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../src/adapters/clock/system-clock.ts';
import { openSockets, type Sockets } from '../../../src/adapters/ipc/server.ts';
import { type Places, placesUnder } from '../../../src/adapters/places.ts';
import type { Request, Requester } from '../../../src/domain/request.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { Log } from '../../../src/ports/log.ts';

export type Kept = { by: Requester; id: string; request: Request };

export type Agent = {
  places: Places;
  sockets: Sockets;
  kept: Kept[];
  logged: string[];
  /** How many timers of the clock stand. */
  timers: () => number;
  end: () => void;
};

export const OWN_UID = process.getuid?.() ?? 0;
export const isRoot = OWN_UID === 0;

/** A folder for one agent, short enough for a socket's path. */
export function freshPlaces(): Places {
  const places = placesUnder(mkdtempSync(join(tmpdir(), 'ui-')));
  mkdirSync(places.doorbell, { recursive: true });
  mkdirSync(join(places.sockets, '..'), { recursive: true });
  return places;
}

export function listen(
  places: Places,
  { users = [], onRequest }: { users?: number[]; onRequest?: (kept: Kept) => void } = {},
): Agent {
  const kept: Kept[] = [];
  const logged: string[] = [];
  const log = logInto(logged);
  const { clock, standing } = countedClock();
  const sockets = openSockets({
    places,
    users,
    log,
    clock,
    onRequest: (by, id, request) => {
      onRequest?.({ by, id, request });
      const isNew = !kept.some((one) => one.id === id);
      if (isNew) kept.push({ by, id, request });
      return { isNew };
    },
    currentStatus: () => ({ what: 'waits' }),
  });
  const end = () => {
    sockets.close();
    rmSync(places.root, { recursive: true, force: true });
  };
  return { places, sockets, kept, logged, timers: standing, end };
}

export const adminSocket = (places: Places): string => join(places.sockets, 'admin/s');
export const userSocket = (places: Places, uid: number): string => join(places.sockets, `user/${uid}/s`);

/** A message as it goes over the wire. */
export const frame = (type: string, data: unknown): string => `${JSON.stringify({ type, data })}\f`;

/** A peer with bytes of its own; resolves once connected. */
export function peer(path: string): Promise<{ socket: Socket; heard: () => string; closed: Promise<void> }> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    let heard = '';
    const closed = new Promise<void>((done) => socket.on('close', () => done()));
    socket.setEncoding('utf8').on('data', (text: string) => {
      heard += text;
    });
    socket.once('error', reject);
    socket.on('error', () => undefined);
    socket.once('connect', () => resolve({ socket, heard: () => heard, closed }));
  });
}

/** Waits until something holds; the test's own limit ends it otherwise. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

function countedClock(): { clock: Clock; standing: () => number } {
  let standing = 0;
  const after: Clock['after'] = (delayMs, callback) => {
    standing += 1;
    let isOver = false;
    const over = () => {
      if (!isOver) standing -= 1;
      isOver = true;
    };
    const forget = systemClock.after(delayMs, () => {
      over();
      callback();
    });
    return () => {
      over();
      forget();
    };
  };
  return { clock: { ...systemClock, after }, standing: () => standing };
}

function logInto(lines: string[]): Log {
  const write = (message: string) => {
    lines.push(message);
  };
  const log: Log = { debug: write, info: write, warn: write, error: write, child: () => log };
  return log;
}
