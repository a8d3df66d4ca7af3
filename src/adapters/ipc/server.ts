import type { Requester } from '../../domain/request.ts';
import { Door, type DoorParts } from './door.ts';
import { prepareFolder } from './own-folders.ts';

/** More users than this are not listened to in one run. */
const MOST_USERS = 32;

/** The sockets of a running agent: one for administrators and one for each user it listens to. */
export type Sockets = {
  /** Listens to one more user; nothing happens where it does already, or cannot. */
  hearUser(uid: number): void;
  /** Tells a status, which has to be JSON, to everybody who watches. */
  publish(status: unknown): void;
  /** How many are connected now. */
  connections(): number;
  /** How many have come since the sockets were opened. */
  visits(): number;
  close(): void;
};

/**
 * Opens the sockets of the agent. One that cannot be opened, because its folder is not as it has to be or something
 * else lies there, is logged and left out; the agent works without. Never throws.
 */
export function openSockets({ users, ...parts }: DoorParts & { users: readonly number[] }): Sockets {
  const doors = new Map<number | null, Door>();
  let isOpen = true;
  const open = (uid: number | null): void => {
    if (!isOpen || doors.has(uid) || doors.size > MOST_USERS) return;
    const by: Requester = uid === null ? { kind: 'admin' } : { kind: 'user', uid };
    const whose = uid === null ? 'administrators' : `user ${uid}`;
    try {
      const flaw = prepareFolder(parts.places, uid);
      if (flaw === null) doors.set(uid, new Door(by, parts));
      else parts.log.warn(`The agent cannot listen to ${whose}: ${flaw}.`, { event: 'ipc.closed' });
    } catch (error) {
      parts.log.warn(`The agent cannot listen to ${whose}.`, { event: 'ipc.closed', err: error });
    }
  };
  open(null);
  for (const uid of users) open(uid);
  const all = () => [...doors.values()];
  return {
    hearUser: open,
    publish: (status) => {
      for (const door of all()) door.publish(status);
    },
    connections: () => all().reduce((sum, door) => sum + door.visitorCount, 0),
    visits: () => all().reduce((sum, door) => sum + door.visits, 0),
    close: () => {
      if (!isOpen) return;
      isOpen = false;
      for (const door of all()) door.close();
    },
  };
}
