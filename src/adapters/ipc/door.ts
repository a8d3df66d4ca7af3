import type { Socket } from 'node:net';
import { GuardedParser, type IPCProtocolError } from 'node-ipc';
import { UpkeepError } from '../../domain/problem.ts';
import { mayAsk, type Request, type Requester } from '../../domain/request.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Places } from '../places.ts';
import { type Bound, bind, WIRE } from './bind.ts';
import {
  ANSWER,
  LARGEST_STATUS_BYTES,
  MESSAGE_VERSION,
  type Refused,
  readSaying,
  type Saying,
  STATUS,
} from './messages.ts';
import { TokenBucket } from './token-bucket.ts';

export type DoorParts = {
  places: Places;
  log: Log;
  clock: Clock;
  /** Durable when it returns; may throw an `UpkeepError`, which is the answer then. */
  onRequest: (by: Requester, id: string, request: Request) => { isNew: boolean };
  currentStatus: () => unknown;
};

const MOST_CONNECTIONS = { admin: 16, user: 8 };
const MOST_WATCHERS = 4;
const MOST_SAYINGS = 64;
const BURST = 30;
/** Twice this without a message, and a connection is closed. */
const LOOK_MS = 2_500;

/** One connection: `silentLooks` counts since its last message; watchers may be silent. */
type Visitor = { sayings: number; silentLooks: number; isWatching: boolean; isLeaving: boolean };

/**
 * One socket and those who come through it. Who somebody is follows from the socket alone. Nothing a peer does may throw
 * into the agent, and each kind of abuse is logged once.
 */
export class Door {
  readonly #by: Requester;
  readonly #parts: DoorParts;
  readonly #bound: Bound;
  readonly #bucket: TokenBucket;
  readonly #frames = new GuardedParser({ ...WIRE, maxMessageSize: LARGEST_STATUS_BYTES, maxPendingBytes: 1 });
  readonly #visitors = new Map<Socket, Visitor>();
  readonly #logged = new Set<string>();
  #forgetLook: (() => void) | null = null;
  #visits = 0;

  /** Throws where the socket cannot be opened. */
  constructor(by: Requester, parts: DoorParts) {
    this.#by = by;
    this.#parts = parts;
    this.#bucket = new TokenBucket(parts.clock, BURST);
    const uid = by.kind === 'user' ? by.uid : null;
    this.#bound = bind(parts.places, uid, { maxConnections: MOST_CONNECTIONS[by.kind] }, (server) => {
      const safely =
        <Given extends unknown[]>(step: (...given: Given) => void) =>
        (...given: Given): void => {
          try {
            step(...given);
          } catch (error) {
            this.#note('bug', 'A bug in upkeep met a visitor', { err: error });
          }
        };
      server.on(
        'connect',
        safely((socket: Socket) => this.#welcome(socket)),
      );
      server.on(
        '*',
        safely((type: string, content: unknown, socket?: Socket) => this.#hear(type, content, socket)),
      );
      server.on(
        'error',
        safely((error: Error) => this.#breach(error)),
      );
    });
    this.#bound.server.server.on('drop', () => this.#note('crowd', 'Too many wanted to talk to the agent at once'));
  }

  get visitorCount(): number {
    return this.#visitors.size;
  }

  /** How many have come since it was opened. */
  get visits(): number {
    return this.#visits;
  }

  publish(status: unknown): void {
    for (const [socket, visitor] of this.#visitors) if (visitor.isWatching) this.#show(socket, status);
  }

  close(): void {
    this.#bound.unbind();
    this.#visitors.clear();
    this.#forgetLook?.();
    this.#forgetLook = null;
  }

  #welcome(socket: Socket): void {
    this.#visits += 1;
    this.#visitors.set(socket, { sayings: 0, silentLooks: 0, isWatching: false, isLeaving: false });
    socket.on('close', () => this.#forget(socket));
    this.#lookSoon();
  }

  #hear(type: string, content: unknown, socket: Socket | undefined): void {
    const visitor = socket === undefined ? undefined : this.#visitors.get(socket);
    // Without a visitor it is one of node-ipc's own events; a peer cannot give those names.
    if (socket === undefined || visitor === undefined || visitor.isLeaving) return;
    if (OWN_EVENTS.has(type)) return;
    visitor.silentLooks = 0;
    visitor.sayings += 1;
    const saying = readSaying(type, content);
    const refused = this.#refusal(saying, visitor);
    if (refused !== null) {
      const { farewell, ...words } = refused;
      this.#answer(socket, saying.id, { refused: words });
      if (farewell) this.#sendOff(socket, visitor);
    } else if (saying.kind === 'request') {
      this.#answer(socket, saying.id, this.#keep(saying.id, saying.request));
    } else {
      visitor.isWatching = true;
      this.#show(socket, this.#parts.currentStatus());
    }
  }

  /** Why a message is not followed, if so, and whether that ends the conversation. */
  #refusal(saying: Saying, visitor: Visitor): (Refused & { farewell: boolean }) | null {
    if (visitor.sayings > MOST_SAYINGS) {
      this.#note('talker', 'Somebody said too much to the agent over one connection');
      return { ...TOO_MUCH, farewell: true };
    }
    if (!this.#bucket.take()) {
      this.#note('rate', 'The agent was asked too often');
      return { ...TOO_MUCH, farewell: false };
    }
    if (saying.kind === 'unknown') {
      this.#note('unknown', 'The agent was told something it does not understand', { why: saying.why });
      const message = `the agent does not understand this message: ${saying.why}.`;
      return { code: 'request.refused', message, remedy: 'Use the upkeep that is installed.', farewell: true };
    }
    if (saying.kind === 'watch') {
      const watching = [...this.#visitors.values()].filter(({ isWatching }) => isWatching).length;
      if (watching < MOST_WATCHERS || visitor.isWatching) return null;
      this.#note('watchers', 'Too many watch the agent at once');
      return { ...TOO_MUCH, message: 'too many watch the agent already.', farewell: true };
    }
    if (mayAsk(this.#by, saying.request)) return null;
    this.#note('forbidden', 'Somebody asked for what only administrators may ask', { request: saying.request.kind });
    const message = `only an administrator may ask for ${saying.request.kind}.`;
    return {
      code: 'request.refused',
      message,
      remedy: 'Put `sudo` in front, or ask an administrator.',
      farewell: false,
    };
  }

  #keep(id: string, request: Request): { kept: true; isNew: boolean } | { refused: Refused } {
    try {
      return { kept: true, isNew: this.#parts.onRequest(this.#by, id, request).isNew };
    } catch (error) {
      if (error instanceof UpkeepError) {
        const { code, message, remedy } = error;
        this.#note(`not-kept-${code}`, 'A request could not be kept', { err: error, problem: code });
        return { refused: { code, message, remedy } };
      }
      this.#note('bug', 'A bug in upkeep met a request', { err: error });
      return {
        refused: { code: 'bug', message: 'the agent could not keep the request.', remedy: 'Look at `upkeep log`.' },
      };
    }
  }

  #answer(socket: Socket, id: string, what: { kept: true; isNew: boolean } | { refused: Refused }): void {
    this.#bound.server.write(socket, this.#frames.encode(ANSWER, { v: MESSAGE_VERSION, id, ...what }));
  }

  /** A watcher that does not read is dropped by node-ipc when too much lies before it. */
  #show(socket: Socket, status: unknown): void {
    try {
      this.#bound.server.write(socket, this.#frames.encode(STATUS, { v: MESSAGE_VERSION, status }));
    } catch (error) {
      this.#note('status', 'A status could not be told', { err: error });
    }
  }

  #breach(error: Error): void {
    const { code = error.message } = error as IPCProtocolError;
    // Peers may leave at any time, also in the middle of a word.
    if (code === 'ECONNRESET' || code === 'EPIPE') return;
    const kind = code === 'ERR_IPC_BACKPRESSURE' ? 'slow' : code;
    this.#note(kind, kind === 'slow' ? 'A watcher did not read and was dropped' : 'A connection was closed', {
      why: error.message,
    });
  }

  #sendOff(socket: Socket, visitor: Visitor): void {
    visitor.isLeaving = true;
    socket.destroySoon();
  }

  #forget(socket: Socket): void {
    this.#visitors.delete(socket);
    if (this.#visitors.size > 0) return;
    this.#forgetLook?.();
    this.#forgetLook = null;
  }

  /** No timer stands while everybody here watches, or nobody is here. */
  #lookSoon(): void {
    if (this.#forgetLook !== null) return;
    this.#forgetLook = this.#parts.clock.after(LOOK_MS, () => {
      this.#forgetLook = null;
      this.#look();
    });
  }

  #look(): void {
    let isAnybodyDue = false;
    for (const [socket, visitor] of this.#visitors) {
      if (visitor.isWatching && !visitor.isLeaving && !socket.writableEnded) continue;
      visitor.silentLooks += 1;
      isAnybodyDue = true;
      if (visitor.silentLooks <= 2) continue;
      if (!visitor.isLeaving) this.#note('silent', 'A connection without a message was closed');
      socket.destroy();
    }
    if (isAnybodyDue) this.#lookSoon();
  }

  #note(kind: string, what: string, fields: Record<string, unknown> = {}): void {
    if (this.#logged.has(kind)) return;
    this.#logged.add(kind);
    const door = this.#by.kind === 'admin' ? 'admins' : `user ${this.#by.uid}`;
    this.#parts.log.warn(`${what} (socket of ${door}); said once.`, { event: `ipc.${kind}`, ...fields });
  }
}

/** node-ipc's own; its guard lets no peer use these. */
const OWN_EVENTS = new Set([
  'start',
  'connect',
  'disconnect',
  'destroy',
  'close',
  'socket.disconnected',
  'error',
  'data',
]);

const TOO_MUCH: Refused = {
  code: 'agent.unreachable',
  message: 'the agent is asked too much at the moment.',
  remedy: 'Try again in a minute.',
};
