import type { ToolCounts } from './counted-commands.ts';
import { frameOf, numbersOf, readNumbers } from './frames.ts';
import type { ToolSession } from './tool-session.ts';

/** So long a tool that was let go of may take until it shows up or is gone. */
const LET_GO_MS = 250;
export type TimeConnection = { send(frame: Buffer): void };

/**
 * A real process that lives on the simulated Mac, and whether it does anything: time must not jump while it does. Until
 * it has connected to the clock it counts as busy, except while it waits for a tool.
 */
export class LivingProgram {
  readonly label: string;
  readonly pid: number;
  readonly sessions = new Set<ToolSession>();
  #time: TimeConnection | null = null;
  #accepted = 0;
  #counts: ToolCounts = { started: 0, ended: 0, letGo: 0 };
  #asked = 0;
  #answered = 0;
  /** Answers to earlier questions were given before the last disturbance. */
  #countsFrom = 1;
  #eventsBefore: number | null = null;
  #quiet = false;
  #neverCame = { settled: 0, seen: 0, sinceMs: 0 };

  constructor(label: string, pid: number) {
    this.label = label;
    this.pid = pid;
  }

  /** Whether a tool was called by this program: it is the program, of its process group, or its child. */
  owns(session: ToolSession): boolean {
    const { pid, parentPid, groupId } = session.caller;
    return pid === this.pid || parentPid === this.pid || groupId === this.pid;
  }

  connected(time: TimeConnection | null): void {
    this.#time = time;
    this.disturb();
  }

  called(session: ToolSession): void {
    this.#accepted += 1;
    this.sessions.add(session);
    this.disturb();
  }

  /** The process of the tool is gone. */
  left(session: ToolSession): void {
    this.sessions.delete(session);
    this.disturb();
  }

  /** Something reached it: what it said of itself no longer counts. */
  disturb(): void {
    this.#quiet = false;
    this.#eventsBefore = null;
    this.#countsFrom = this.#asked + 1;
  }

  reported(content: Buffer): void {
    const [asked = 0, events = 0, started = 0, ended = 0, letGo = 0] = readNumbers(content);
    const last = this.#counts;
    if (last.started !== started || last.ended !== ended || last.letGo !== letGo) this.disturb();
    this.#counts = { started, ended, letGo };
    if (asked === this.#answered) return;
    this.#answered = asked;
    if (asked < this.#countsFrom) return;
    // The question itself is one event; any other since the last answer may have set something going.
    this.#quiet = this.#eventsBefore !== null && events - this.#eventsBefore <= 1;
    this.#eventsBefore = events;
  }

  /** What it does, in words; null when nothing is known of, and then the answers to `ask` decide. */
  busyWith(nowMs: number): string | null {
    const open = [...this.sessions].filter((session) => session.running);
    if ([...this.sessions].some((session) => session.unwritten)) return 'reads what a tool printed';
    if (this.#time === null) return open.length > 0 ? null : 'has neither ended nor connected to the clock';
    const { started, ended, letGo } = this.#counts;
    if (started - ended - letGo !== open.length) {
      return `counts ${started - ended - letGo} running tools where ${open.length} run (countedCommands?)`;
    }
    if (!this.#lettingGoIsOver(started - this.#accepted, nowMs)) return 'let go of a tool that has not gone yet';
    return null;
  }

  /** Asks a connected program whether it is idle. */
  ask(): void {
    if (this.#time === null) return;
    this.#asked += 1;
    this.#time.send(frameOf('P', numbersOf(this.#asked)));
  }

  /** Whether it has answered, and whether nothing reached it between its last two answers. */
  get answer(): 'none yet' | 'stirred' | 'quiet' {
    if (this.#time === null) return 'quiet';
    if (this.#answered !== this.#asked) return 'none yet';
    return this.#quiet ? 'quiet' : 'stirred';
  }

  /**
   * Tools that were let go of before they called are never heard of. One that is on its way and one let go of that still
   * runs look alike in the counts, so a new number of the former is believed only after a while.
   */
  #lettingGoIsOver(neverCame: number, nowMs: number): boolean {
    const known = this.#neverCame;
    if (known.settled === neverCame) return true;
    if (known.seen !== neverCame) this.#neverCame = { ...known, seen: neverCame, sinceMs: nowMs };
    else if (nowMs - known.sinceMs >= LET_GO_MS) this.#neverCame = { ...known, settled: neverCame };
    return this.#neverCame.settled === neverCame;
  }
}
