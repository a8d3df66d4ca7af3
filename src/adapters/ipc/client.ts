import { IPCModule, type IpcClient } from 'node-ipc';
import { Observable } from 'rxjs';
import { UpkeepError } from '../../domain/problem.ts';
import type { Request } from '../../domain/request.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Places } from '../places.ts';
import { WIRE } from './bind.ts';
import {
  ANSWER,
  LARGEST_REQUEST_BYTES,
  LARGEST_STATUS_BYTES,
  MESSAGE_VERSION,
  REQUEST,
  readAnswer,
  readStatus,
  STATUS,
  WATCH,
} from './messages.ts';
import { adminFolder, flawIn, lying, mayBeAgent, socketIn, userFolder, usersFolder } from './socket-places.ts';

/**
 * Hands a request to the running agent, once, and resolves when it lies on the disk. Rejects with `agent.unreachable`
 * where none runs or it does not answer in time, and with what the agent refused it for.
 */
export function askAgent(
  places: Places,
  { id, request }: { id: string; request: Request },
  { uid, clock, withinMs }: { uid: number; clock: Clock; withinMs: number },
): Promise<{ isNew: boolean }> {
  return new Promise((resolve, reject) => {
    let isOver = false;
    const end = (settle: () => void): void => {
      if (isOver) return;
      isOver = true;
      forget();
      conversation.end();
      settle();
    };
    const conversation = converse(places, uid, {
      begin: (agent) => agent.emit(REQUEST, { v: MESSAGE_VERSION, id, request }),
      hear: (type, content) => {
        const answer = type === ANSWER ? readAnswer(content) : null;
        if (answer === null || (answer.id !== id && answer.id !== '')) return;
        if ('kept' in answer) return end(() => resolve({ isNew: answer.isNew }));
        const { code, message, remedy } = answer.refused;
        end(() => reject(new UpkeepError(code, message, { remedy })));
      },
      lose: (error) => end(() => reject(error)),
    });
    const forget = clock.after(withinMs, () => end(() => reject(unreachable('it does not answer'))));
    conversation.start();
  });
}

/**
 * The status of the running agent, now and whenever it changes, until unsubscribed. Completes when the agent leaves;
 * errors with `agent.unreachable` where none runs, or with what the agent refused it for.
 */
export function watchAgent(places: Places, { id, uid }: { id: string; uid: number }): Observable<unknown> {
  return new Observable((subscriber) => {
    let hasBegun = false;
    const conversation = converse(places, uid, {
      begin: (agent) => agent.emit(WATCH, { v: MESSAGE_VERSION, id }),
      hear: (type, content) => {
        const status = type === STATUS ? readStatus(content) : undefined;
        if (status !== undefined) {
          hasBegun = true;
          return subscriber.next(status);
        }
        const answer = type === ANSWER ? readAnswer(content) : null;
        if (answer === null || !('refused' in answer)) return;
        const { code, message, remedy } = answer.refused;
        subscriber.error(new UpkeepError(code, message, { remedy }));
      },
      lose: (error) => (hasBegun ? subscriber.complete() : subscriber.error(error)),
    });
    conversation.start();
    return () => conversation.end();
  });
}

type Conversation = {
  begin: (agent: IpcClient) => void;
  hear: (type: string, content: unknown) => void;
  lose: (error: UpkeepError) => void;
};

/** `start` may call `lose` at once. */
function converse(places: Places, uid: number, { begin, hear, lose }: Conversation): { start(): void; end(): void } {
  const ipc = new IPCModule();
  Object.assign(ipc.config, {
    ...WIRE,
    maxMessageSize: LARGEST_STATUS_BYTES,
    maxPendingBytes: LARGEST_REQUEST_BYTES,
    maxRetries: 0,
    stopRetrying: true,
  });
  return {
    start: () => {
      const folder = mayBeAgent(places)(uid) ? adminFolder(places) : userFolder(places, uid);
      const flaw = flawOnTheWay(places, folder, uid);
      if (flaw !== null) return lose(unreachable(flaw));
      ipc.connectTo('agent', socketIn(folder));
      const agent = ipc.of.agent as IpcClient;
      agent.on('connect', () => begin(agent));
      agent.on('*', hear);
      agent.on('error', (error: Error) => lose(unreachable(error.message, error)));
      agent.on('destroy', () => lose(unreachable('it went away')));
    },
    end: () => ipc.disconnect('agent'),
  };
}

/** What is wrong with the folders down to a socket, so that nobody else is taken for the agent. */
function flawOnTheWay(places: Places, folder: string, uid: number): string | null {
  const isAgent = mayBeAgent(places);
  const isAdmin = folder === adminFolder(places);
  const flaw =
    flawIn(places.sockets, isAgent, 0o755) ??
    (isAdmin ? null : flawIn(usersFolder(places), isAgent, 0o755)) ??
    flawIn(folder, isAdmin ? isAgent : (owner) => owner === uid, 0o700);
  if (flaw !== null) return flaw;
  const socket = lying(socketIn(folder));
  if (socket === null) return 'it does not run';
  return socket.isSocket() && isAgent(socket.uid) ? null : `${socketIn(folder)} is not the agent’s`;
}

function unreachable(why: string, cause?: unknown): UpkeepError {
  return new UpkeepError('agent.unreachable', `the agent cannot be reached: ${why}.`, {
    remedy: 'Try again in a minute; `upkeep status` tells what the agent did last.',
    cause,
  });
}
