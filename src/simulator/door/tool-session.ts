import type { Socket } from 'node:net';
import type { Subscription } from 'rxjs';
import { recognise } from '../../adapters/commands/recognise.ts';
import type { Ending, ToolCall } from '../../ports/commands.ts';
import type { VirtualMac } from '../mac/virtual-mac.ts';
import { frameOf } from './frames.ts';
import { signalTo } from './signal.ts';

/** Who calls: the process at the tool's path, its parent, and the process group it is in. */
export type RealCaller = { pid: number; parentPid: number; groupId: number };

const NO_LIMITS = { timeoutMs: Infinity, silenceMs: null, outputBytes: Infinity };
const NOT_FOUND = 127;

/** One call of a tool by a real process. What the tool prints goes out when the Mac's step is over, not before. */
export class ToolSession {
  readonly caller: RealCaller;
  /** Called and not ended; the tool itself may not have begun yet. */
  running = true;
  /** Its process was killed and is not gone yet. */
  dying = false;
  readonly #socket: Socket;
  readonly #call: ToolCall;
  readonly #environment: readonly string[];
  readonly #outbox: Buffer[] = [];
  #unwritten = 0;
  #subscription: Subscription | null = null;

  /** `fields` as the client sends them. */
  constructor(socket: Socket, fields: readonly string[]) {
    const [pid, parentPid, groupId, path = '', open, typed = '', environment = '', ...args] = fields;
    this.caller = { pid: Number(pid), parentPid: Number(parentPid), groupId: Number(groupId) };
    this.#socket = socket;
    this.#environment = environment.split('\0');
    const stdin = open === '1' ? typed : null;
    const known = recognise([path, ...args], stdin);
    this.#call = {
      name: known?.command.name ?? path.slice(path.lastIndexOf('/') + 1),
      effect: known?.command.effect ?? 'probe',
      path,
      args,
      stdin: stdin === null ? null : [stdin],
      limits: NO_LIMITS,
      outlivesAgent: false,
    };
  }

  /** Output is on its way to the streams of the real process. */
  get unwritten(): boolean {
    return this.#unwritten > 0 && !this.#socket.destroyed;
  }

  begin(mac: VirtualMac): void {
    if (!this.running) return;
    if (!mac.on) {
      this.hangUp();
      return;
    }
    this.#subscription = mac.startAs(this.#call, this.#environment).subscribe((event) => {
      if (event.kind === 'ended') this.#end(event.ending);
      else this.#say(event.stream === 'stdout' ? 'O' : 'E', event.text);
    });
  }

  /** Kills its process; the rest follows from that. */
  kill(): void {
    this.dying = true;
    signalTo(this.caller.pid, 'SIGKILL');
  }

  written(): void {
    this.#unwritten -= 1;
  }

  /** Sends what has gathered; true when there was something. */
  flush(): boolean {
    if (this.#outbox.length === 0) return false;
    if (!this.#socket.destroyed) this.#socket.write(Buffer.concat(this.#outbox.splice(0)));
    return true;
  }

  /** The real process is gone: the tool ends without a word. */
  abandon(): void {
    this.running = false;
    this.#unwritten = 0;
    this.#subscription?.unsubscribe();
  }

  /** The Mac goes down: the real process dies without hearing why. */
  hangUp(): void {
    this.abandon();
    this.#socket.destroy();
  }

  #end({ exitCode, signal, spawnError }: Ending): void {
    if (spawnError !== null) this.#say('E', `${this.#call.path}: No such file or directory\n`);
    this.running = false;
    if (signal !== null) this.#send('K', signal.replace(/^SIG/, ''));
    else this.#send('X', String(spawnError === null ? (exitCode ?? 0) : NOT_FOUND));
  }

  #say(kind: 'O' | 'E', text: string): void {
    this.#unwritten += 1;
    this.#send(kind, text);
  }

  #send(kind: string, content: string): void {
    this.#outbox.push(frameOf(kind, content));
  }
}
