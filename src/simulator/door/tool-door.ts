import { rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { VirtualMac } from '../mac/virtual-mac.ts';
import { type Frame, frameOf, frameReader, numbersOf, readFields, readNumbers } from './frames.ts';
import type { LivingProgram } from './living-program.ts';
import type { RealPrograms } from './real-programs.ts';
import { signalTo } from './signal.ts';
import { ToolSession } from './tool-session.ts';

type Parts = { mac: VirtualMac; programs: RealPrograms; socket: string; stirred: () => void };
type Guest = { received: (frame: Frame) => void; gone: () => void };

/**
 * The socket through which real processes come: tools with their call, programs for the time. Nothing goes out of it
 * before `flush`, so that the clock file is right by the time anybody hears of something new.
 */
export class ToolDoor {
  readonly #parts: Parts;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #sessions = new Set<ToolSession>();
  readonly #lines = new Set<{ waiting: Buffer[]; socket: Socket; program: LivingProgram }>();
  #arrived: ToolSession[] = [];
  accepted = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#server = createServer((socket) => this.#come(socket));
  }

  /** Opens the door; false when somebody else holds it open. */
  async open(): Promise<boolean> {
    const { socket } = this.#parts;
    if (await answers(socket)) return false;
    rmSync(socket, { force: true });
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(socket, 1_024, resolve);
    });
    return true;
  }

  async close(): Promise<void> {
    this.hangUp();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Begins the calls that have come since, in the order of their processes; false when there were none. */
  begin(): boolean {
    const arrived = this.#arrived.sort((a, b) => a.caller.pid - b.caller.pid);
    this.#arrived = [];
    for (const session of arrived) session.begin(this.#parts.mac);
    return arrived.length > 0;
  }

  flush(): void {
    for (const session of this.#sessions) if (session.flush()) this.#ownerOf(session)?.disturb();
    for (const { waiting, socket, program } of this.#lines) {
      if (waiting.length === 0) continue;
      socket.write(Buffer.concat(waiting.splice(0)));
      program.disturb();
    }
  }

  freeze(frozen: boolean): void {
    for (const session of this.#sessions) signalTo(session.caller.pid, frozen ? 'SIGSTOP' : 'SIGCONT');
  }

  /** Kills the processes of some tools. */
  kill(which: (session: ToolSession) => boolean): void {
    for (const session of this.#sessions) if (which(session)) session.kill();
  }

  /** What keeps time from jumping, in words. */
  busyWith(): string | null {
    const dying = [...this.#sessions].find((session) => session.dying);
    return dying === undefined ? null : `a tool (pid ${dying.caller.pid}) was killed and is not gone yet`;
  }

  /** Everybody who is connected dies of it. */
  hangUp(): void {
    for (const session of this.#sessions) {
      session.kill();
      session.hangUp();
    }
    for (const socket of this.#sockets) socket.destroy();
    this.#arrived = [];
  }

  #come(socket: Socket): void {
    this.#sockets.add(socket);
    let guest: Guest | null = null;
    const read = frameReader((frame) => {
      if (guest === null) guest = frame.kind === 'H' ? this.#toolCalls(socket, frame) : this.#timeWanted(socket, frame);
      else guest.received(frame);
    });
    socket.on('data', (piece: Buffer) => {
      try {
        read(piece);
      } catch {
        socket.destroy();
      }
      this.#parts.stirred();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#sockets.delete(socket);
      guest?.gone();
      this.#parts.stirred();
    });
  }

  #toolCalls(socket: Socket, { content }: Frame): Guest {
    const session = new ToolSession(socket, readFields(content));
    this.accepted += 1;
    this.#sessions.add(session);
    this.#arrived.push(session);
    const owner = this.#ownerFor(session);
    owner?.called(session);
    return {
      received: () => session.written(),
      gone: () => {
        session.abandon();
        this.#sessions.delete(session);
        owner?.left(session);
      },
    };
  }

  #timeWanted(socket: Socket, { content }: Frame): Guest {
    const { mac, programs } = this.#parts;
    const [pid = 0] = readNumbers(content);
    const program = [...programs.living].find((one) => one.pid === pid) ?? programs.adopt(pid);
    const line = { waiting: [] as Buffer[], socket, program };
    const timers = new Map<number, () => void>();
    this.#lines.add(line);
    program.connected({ send: (frame) => socket.write(frame) });
    return {
      received: ({ kind, content }) => {
        if (kind === 'R') return program.reported(content);
        const [id = 0, dueMs = 0] = readNumbers(content);
        timers.get(id)?.();
        timers.delete(id);
        if (kind !== 'T' || !mac.on) return;
        const takeBack = mac.awake.after(dueMs - mac.awake.ms(), () => {
          timers.delete(id);
          line.waiting.push(frameOf('F', numbersOf(id)));
        });
        timers.set(id, takeBack);
      },
      gone: () => {
        for (const takeBack of timers.values()) takeBack();
        this.#lines.delete(line);
        program.connected(null);
        programs.abandon(program);
      },
    };
  }

  #ownerFor(session: ToolSession): LivingProgram | null {
    return [...this.#parts.programs.living].find((program) => program.owns(session)) ?? null;
  }

  #ownerOf(session: ToolSession): LivingProgram | null {
    return [...this.#parts.programs.living].find((program) => program.sessions.has(session)) ?? null;
  }
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.on('error', () => resolve(false));
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}
