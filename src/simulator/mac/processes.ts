import { channel } from 'node:diagnostics_channel';
import { Observable, type Subscriber } from 'rxjs';
import type { Instant } from '../../domain/instant.ts';
import type { Ending, ToolCall, ToolEvent } from '../../ports/commands.ts';
import type { Caller, Terminal, Tool, ToolIo } from '../tools/tool.ts';
import type { Mac } from './mac.ts';

/** One tool that was started, for counting and for finding who caused what. Arguments hold no secrets by contract. */
export type RecordedCall = {
  number: number;
  name: string;
  path: string;
  args: readonly string[];
  effect: 'probe' | 'act';
  at: Instant;
  wall: Instant;
  /** What other programs can read of it beside its arguments: its environment, and how it started others. */
  exposed: readonly string[];
};

/** Tells whoever watches from outside (Node's `diagnostics_channel`) of each tool that is started, and what others can read of it. */
const called = channel('simulated-mac.call');

const ROOT: Caller = { uid: 0, name: 'root', sessionUid: null };
/** A pipe is flushed when so much has gathered, or at the end. */
const PIPE_BUFFER_CHARACTERS = 4_096;

/** The process table. Tools run in the Mac's awake time; the dead are removed and never heard of again. */
export class Processes {
  readonly calls: RecordedCall[] = [];
  readonly #mac: Mac;
  readonly #toolbox: ReadonlyMap<string, Tool>;
  readonly #running = new Set<Process>();
  #lastPid = 400;

  constructor(mac: Mac, toolbox: ReadonlyMap<string, Tool>) {
    this.#mac = mac;
    this.#toolbox = toolbox;
  }

  /** The cold Observable of one invocation, for a caller that can die: `callerAlive` false means nobody listens. */
  start(
    call: ToolCall,
    callerAlive: () => boolean,
    owner: Set<Process>,
    environment: readonly string[] = [],
  ): Observable<ToolEvent> {
    return new Observable((subscriber) => {
      if (!this.#mac.on || !callerAlive()) return undefined;
      const process = this.#spawn(call, subscriber, environment);
      owner.add(process);
      return () => {
        owner.delete(process);
        process.stop('killed');
      };
    });
  }

  pids(name: string, uid: number | null): number[] {
    return [...this.#running]
      .filter((process) => process.name === name && (uid === null || process.uid === uid))
      .map((process) => process.pid);
  }

  /** The login session is gone, and what ran in it; a caller outside hears of its end. */
  endSession(uid: number): void {
    for (const process of [...this.#running]) if (process.sessionUid === uid) process.endWithSession();
  }

  /** The Mac goes down: nothing says goodbye. */
  endAll(): void {
    for (const process of [...this.#running]) process.stop('restart');
    this.#lastPid = 400;
  }

  #spawn(call: ToolCall, subscriber: Subscriber<ToolEvent>, environment: readonly string[]): Process {
    this.#lastPid += 1 + (this.calls.length % 3);
    const number = this.calls.length;
    const { name, path, args, effect } = call;
    const exposed = [...environment];
    const recorded: RecordedCall = {
      number,
      name,
      path,
      args: [...args],
      effect,
      at: this.#mac.world.now(),
      wall: this.#mac.world.wall(),
      exposed,
    };
    this.calls.push(recorded);
    const tell = (): void => called.publish({ mac: this.#mac, call: recorded });
    tell();
    const stdin = call.stdin?.map((part) => (typeof part === 'string' ? part : part.expose((plain) => plain))).join('');
    const process = new Process({
      pid: this.#lastPid,
      path,
      number,
      stdin: stdin ?? null,
      expose: (argv) => {
        exposed.push(...argv);
        tell();
      },
      mac: this.#mac,
      toolbox: this.#toolbox,
      emit: (event) => {
        subscriber.next(event);
        if (event.kind === 'ended') subscriber.complete();
      },
      gone: () => this.#running.delete(process),
    });
    this.#running.add(process);
    process.run([path, ...args]);
    return process;
  }
}

type ProcessParts = {
  pid: number;
  path: string;
  number: number;
  stdin: string | null;
  expose: (argv: readonly string[]) => void;
  mac: Mac;
  toolbox: ReadonlyMap<string, Tool>;
  emit: (event: ToolEvent) => void;
  gone: () => void;
};

export class Process {
  readonly pid: number;
  name: string;
  uid = 0;
  sessionUid: number | null = null;
  readonly #parts: ProcessParts;
  readonly #timers = new Set<() => void>();
  readonly #endedCallbacks: ((why: 'killed' | 'log-out' | 'restart') => void)[] = [];
  #alive = true;
  #buffered = '';
  #exitOnTerm: number | null = null;
  /** What of stdin nobody has read yet, by lines. */
  #unread: string[];

  constructor(parts: ProcessParts) {
    this.#parts = parts;
    this.pid = parts.pid;
    this.#unread = parts.stdin === null || parts.stdin === '' ? [] : parts.stdin.replace(/\n$/, '').split('\n');
    this.name = parts.path.slice(parts.path.lastIndexOf('/') + 1);
  }

  run(argv: readonly string[]): void {
    const { mac } = this.#parts;
    // Starting a process takes a moment, so no answer ever comes back before the call has returned.
    void this.#sleep(mac.random.whole(4, 25)).then(() => {
      const running = this.#exec(argv, ROOT);
      if (running === null) return this.#end({ exitCode: null, signal: null, stoppedBy: null, spawnError: 'ENOENT' });
      return running.then((exitCode) => this.#end({ exitCode, signal: null, stoppedBy: null, spawnError: null }));
    });
  }

  /** Ends without a word: whoever asked for it is gone, or does not want to hear. */
  stop(why: 'killed' | 'restart'): void {
    this.#die(why);
  }

  endWithSession(): void {
    if (!this.#alive) return;
    const exitCode = this.#exitOnTerm;
    this.#tellEnded('log-out');
    this.#end({ exitCode, signal: exitCode === null ? 'SIGTERM' : null, stoppedBy: null, spawnError: null });
  }

  #exec(argv: readonly string[], caller: Caller, terminal: Terminal | null = null): Promise<number> | null {
    const { toolbox, mac } = this.#parts;
    const [path = '', ...args] = argv;
    const tool = mac.hasTool(path) ? toolbox.get(path) : undefined;
    if (!tool) return null;
    this.name = path.slice(path.lastIndexOf('/') + 1);
    this.uid = caller.uid;
    this.sessionUid = caller.sessionUid;
    return Promise.resolve(tool(args, this.#io(path, caller, terminal), mac));
  }

  #io(path: string, caller: Caller, terminal: Terminal | null): ToolIo {
    const { mac, number, stdin } = this.#parts;
    return {
      path,
      pid: this.pid,
      call: number,
      caller,
      stdin: terminal === null ? stdin : null,
      print: (text) => (terminal === null ? this.#print(text) : terminal.print(text)),
      printErr: (text) => (terminal === null ? this.#emit('stderr', text) : terminal.print(text)),
      ask: (prompt) => this.#ask(prompt, terminal),
      sleep: (ms) => this.#sleep(ms * mac.faults.slowness()),
      forever: () => new Promise<never>(() => undefined),
      onEnded: (callback) => this.#endedCallbacks.push(callback),
      alive: () => this.#alive,
      rename: (name) => {
        this.name = name;
      },
      exitsOnTerm: (code) => {
        this.#exitOnTerm = code;
      },
      die: (signal) => {
        this.#end({ exitCode: null, signal, stoppedBy: null, spawnError: null });
        return new Promise<never>(() => undefined);
      },
      exec: (argv, as) => this.#exec(argv, as, terminal),
      spawn: (argv, on) => {
        this.#parts.expose(argv);
        return this.#exec(argv, caller, on);
      },
    };
  }

  async #ask(prompt: string, terminal: Terminal | null): Promise<string> {
    if (terminal !== null) {
      terminal.print(prompt);
      const typed = await terminal.read();
      // What is typed is not shown, the end of the line is.
      terminal.print('\n');
      return typed;
    }
    this.#emit('stderr', prompt);
    if (this.#parts.mac.faults.has('prompt-needs-terminal')) await new Promise<never>(() => undefined);
    await this.#sleep(1);
    return this.#unread.shift() ?? '';
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      if (!this.#alive) return;
      const takeBack = this.#parts.mac.awake.after(ms, () => {
        this.#timers.delete(takeBack);
        resolve();
      });
      this.#timers.add(takeBack);
    });
  }

  #print(text: string): void {
    this.#buffered += text;
    if (!this.#parts.mac.spec.bufferedOutput || this.#buffered.length >= PIPE_BUFFER_CHARACTERS) this.#flush();
  }

  #flush(): void {
    const text = this.#buffered;
    this.#buffered = '';
    if (text !== '') this.#emit('stdout', text);
  }

  #emit(stream: 'stdout' | 'stderr', text: string): void {
    if (this.#alive && text !== '') this.#parts.emit({ kind: 'output', stream, text });
  }

  #end(ending: Ending): void {
    if (!this.#alive) return;
    // What was still in the buffer of a crashed tool is lost with it.
    if (ending.signal === null) this.#flush();
    if (!this.#alive) return;
    this.#bury();
    this.#parts.emit({ kind: 'ended', ending });
  }

  #die(why: 'killed' | 'restart'): void {
    if (!this.#alive) return;
    this.#tellEnded(why);
    this.#bury();
  }

  #tellEnded(why: 'killed' | 'log-out' | 'restart'): void {
    for (const callback of this.#endedCallbacks.splice(0)) callback(why);
  }

  #bury(): void {
    this.#alive = false;
    for (const takeBack of this.#timers) takeBack();
    this.#timers.clear();
    this.#parts.gone();
  }
}
