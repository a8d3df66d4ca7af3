// The little of node-ipc 14 that upkeep uses; the package itself ships no types.
declare module 'node-ipc' {
  import type { Server as NetServer, Socket } from 'node:net';

  /** Without `*` these are its own events (`connect`, `close`, `error`) and, by their type, the messages of the peer. */
  interface Events {
    on(type: string, handler: (...given: never[]) => void): this;
  }

  export interface IpcServer extends Events {
    server: NetServer;
    start(): void;
    stop(): void;
    write(socket: Socket, frame: string): boolean;
  }

  export interface IpcClient extends Events {
    socket: Socket;
    emit(type: string, content: unknown): boolean;
  }

  /** A peer that breaks the protocol, by `code`. */
  export class IPCProtocolError extends Error {
    readonly code: string;
  }

  export class GuardedParser {
    constructor(config: object);
    encode(type: string, content: unknown): string;
  }

  export class IPCModule {
    config: Record<string, unknown>;
    of: Record<string, IpcClient>;
    server: IpcServer;
    serve(path: string): void;
    connectTo(id: string, path: string): void;
    disconnect(id: string): void;
  }
}
