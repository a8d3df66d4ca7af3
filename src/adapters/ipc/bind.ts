import { renameSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { IPCModule, type IpcServer } from 'node-ipc';
import type { Places } from '../places.ts';
import { LARGEST_REQUEST_BYTES, LARGEST_STATUS_BYTES } from './messages.ts';
import { adminFolder, lying, socketIn, userFolder } from './socket-places.ts';

/** A message that began has to end within this, in milliseconds of real time. */
const MESSAGE_TIMEOUT_MS = 2_000;
const LONGEST_TYPE = 64;

export type Bound = { server: IpcServer; unbind: () => void };

/**
 * Listens at the socket of the admins (`uid` null) or of a user, in a folder that was prepared. `listen` is called
 * before anybody can connect. Throws where something else lies in its place.
 */
export function bind(
  places: Places,
  uid: number | null,
  { maxConnections }: { maxConnections: number },
  listen: (server: IpcServer) => void,
): Bound {
  const ipc = new IPCModule();
  Object.assign(ipc.config, {
    ...WIRE,
    maxMessageSize: LARGEST_REQUEST_BYTES,
    maxPendingBytes: LARGEST_STATUS_BYTES + LARGEST_REQUEST_BYTES,
    maxConnections,
    // The folder was looked at by us; that of a user belongs to the user, which node-ipc would refuse.
    socketRoot: adminFolder(places),
    secureSocketRoot: false,
  });
  const path = socketIn(uid === null ? adminFolder(places) : userFolder(places, uid));
  if (lying(path)?.isSocket() === false) throw new Error(`something else lies at ${path}`);
  // Made where only we are and moved to its place: in a folder of the user's, links could misguide.
  const made = join(adminFolder(places), uid === null ? 'new' : `${uid}`);
  ipc.serve(made);
  const { server } = ipc;
  listen(server);
  openToItsFolder(() => server.start());
  if (!server.server.listening) throw new Error(`no socket can be made at ${made}`);
  try {
    renameSync(made, path);
  } catch (error) {
    server.stop();
    throw error;
  }
  const ours = lying(path)?.ino;
  const unbind = () => {
    server.stop();
    const found = lying(path);
    if (found?.isSocket() === true && found.ino === ours) unlinkIfThere(path);
  };
  return { server, unbind };
}

/** What both ends have in common. */
export const WIRE = {
  parser: 'guarded',
  maxEventNameLength: LONGEST_TYPE,
  messageTimeout: MESSAGE_TIMEOUT_MS,
  delimiter: '\f',
  encoding: 'utf8',
  allowReservedEvents: false,
  silent: true,
  logger: () => undefined,
  logPayloads: false,
  identifyPeer: false,
  unlink: true,
  readableAll: false,
  writableAll: false,
};

/** Who may reach the socket is decided by its folder, which is 0700; making it is synchronous, so nothing else sees the mask. */
function openToItsFolder(make: () => void): void {
  const mask = process.umask(0);
  try {
    make();
  } finally {
    process.umask(mask);
  }
}

function unlinkIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // It is gone, as after the Mac's own cleaning.
  }
}
