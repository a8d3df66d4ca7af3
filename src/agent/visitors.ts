import { answerDoorbell, watchDoorbell } from '../adapters/ipc/doorbell.ts';
import { openSockets } from '../adapters/ipc/server.ts';
import { pause } from '../adapters/pause.ts';
import type { Places } from '../adapters/places.ts';
import { SECOND_MS } from '../domain/instant.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Store } from '../store/store.ts';
import type { AgentWake } from './wake.ts';

/** Whoever rang has this long to come; they try again twice a second. */
const LINGER_MS = 10 * SECOND_MS;
const LOOK_MS = 250;

export type Visitors = {
  publish: (status: unknown) => void;
  /** Resolves when nobody is expected any more: at once, unless somebody rang who has not come yet. */
  linger: () => Promise<void>;
  close: () => void;
};

/**
 * Lets administrators and people talk to the agent while it runs. What they ask is on the disk before they are told so,
 * and heard right after. `users` are listened to from the beginning, and whoever rings as well.
 */
export function receiveVisitors({
  places,
  clock,
  log,
  store,
  users,
  wake,
  currentStatus,
}: {
  places: Places;
  clock: Clock;
  log: Log;
  store: Pick<Store, 'append'>;
  users: readonly number[];
  wake: () => AgentWake;
  currentStatus: () => unknown;
}): Visitors {
  const hearSoon = () => {
    try {
      wake().hear();
    } catch (error) {
      wake().stop(error);
    }
  };
  const sockets = openSockets({
    places,
    users,
    log,
    clock,
    onRequest: (by, id, request) => {
      const { isNew } = store.append({ id, at: clock.now(), by, request });
      queueMicrotask(hearSoon);
      return { isNew };
    },
    currentStatus,
  });
  let isExpected = false;
  let isOpen = true;
  const answer = () => {
    for (const uid of answerDoorbell(places)) {
      sockets.hearUser(uid);
      isExpected = true;
    }
  };
  const stopWatching = watchDoorbell(places, answer);
  answer();
  return {
    publish: (status) => sockets.publish(status),
    linger: async () => {
      const visits = isExpected ? sockets.visits() : 0;
      const leaveMs = clock.monotonicMs() + LINGER_MS;
      while (isOpen && isExpected && clock.monotonicMs() < leaveMs) {
        if (sockets.visits() > visits && sockets.connections() === 0) isExpected = false;
        else await pause(clock, LOOK_MS);
      }
      isExpected = false;
    },
    close: () => {
      isOpen = false;
      stopWatching();
      sockets.close();
    },
  };
}
