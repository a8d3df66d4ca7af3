import { existsSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import * as loop from 'node:perf_hooks';
import { systemClock } from '../../adapters/clock/system-clock.ts';
import { UpkeepError } from '../../domain/problem.ts';
import type { Clock } from '../../ports/clock.ts';
import { settle } from '../virtual-clock.ts';
import { ClockFileReader, realMs } from './clock-file.ts';
import { ToolCounter } from './counted-commands.ts';
import { frameOf, frameReader, numbersOf, readNumbers } from './frames.ts';
import { doorPlaces } from './layout.ts';
import { WorkUnderWay } from './work-under-way.ts';

/** Turns of the event loop in which nothing may happen before a program calls itself idle. */
const QUIET_TURNS = 3;
/** Past so many turns spent on a file or the like it looks only now and then. */
const MOST_TURNS = 500;

/** Time under a root. `tools` is to be given to `countedCommands`; `close` lets go of the simulated Mac. */
export type RootClock = Clock & { readonly tools: ToolCounter; close(): void };

/**
 * The clock of a real program that lives on the simulated Mac under `root`. `now`, `monotonicMs` and `zone` read a
 * file; `after` asks the simulated Mac to call back, and keeps the program alive while it waits, as a timer would. When
 * the Mac goes down or its simulation ends, the program is killed. Throws `not-a-mac` where none runs.
 */
export function rootClock(root: string): RootClock {
  const places = doorPlaces(root);
  if (!existsSync(places.clock)) {
    throw new UpkeepError('not-a-mac', `no simulated Mac runs in ${root}.`, {
      remedy: `Start one with \`upkeep lab ${root}\`, and leave it running.`,
      facts: { root },
    });
  }
  const file = new ClockFileReader(places.clock);
  const line = new TimeLine(connect(places.socket), root);
  let latestMs = 0;
  const monotonicMs = (): number => {
    const { awakeMs, anchorMs, awakeRate } = file.read();
    const ms = Math.floor(awakeMs + (awakeRate === 0 ? 0 : (realMs() - anchorMs) * awakeRate));
    latestMs = Math.max(latestMs, ms);
    return latestMs;
  };
  return {
    now: () => {
      const { wall, anchorMs, rate } = file.read();
      return Math.floor(wall + (rate === 0 ? 0 : (realMs() - anchorMs) * rate));
    },
    monotonicMs,
    zone: () => file.read().zone,
    after: (delayMs, callback) => line.callBack(monotonicMs() + Math.max(0, delayMs), callback),
    tools: line.tools,
    close: () => {
      line.close();
      file.close();
    },
  };
}

/** The connection over which a program waits for time, and says that it does nothing else. */
class TimeLine {
  readonly tools = new ToolCounter(() => this.#stir());
  readonly #socket: Socket;
  readonly #waiting = new Map<number, () => void>();
  readonly #work = new WorkUnderWay();
  #lastTimer = 0;
  #asked = 0;
  #stirred = 0;
  #watching = false;
  #open = true;

  constructor(socket: Socket, root: string) {
    this.#socket = socket;
    socket.unref();
    socket.write(frameOf('C', numbersOf(process.pid)));
    let connected = false;
    socket.on('connect', () => {
      connected = true;
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      if (!this.#open) return;
      if (connected) process.kill(process.pid, 'SIGKILL');
      throw new UpkeepError('not-a-mac', `the simulated Mac in ${root} does not answer; it did not end well.`, {
        remedy: `Start it again with \`upkeep lab ${root}\`.`,
        facts: { root },
      });
    });
    socket.on(
      'data',
      frameReader(({ kind, content }) => {
        const [number = 0] = readNumbers(content);
        if (kind === 'P') this.#asked = number;
        this.#stir();
        if (kind === 'F') this.#come(number);
      }),
    );
  }

  callBack(dueMs: number, callback: () => void): () => void {
    this.#lastTimer += 1;
    const id = this.#lastTimer;
    this.#waiting.set(id, callback);
    this.#socket.ref();
    this.#send('T', id, dueMs);
    return () => {
      if (this.#forget(id)) this.#send('U', id);
    };
  }

  close(): void {
    this.#open = false;
    this.#waiting.clear();
    this.#work.stop();
    this.#socket.destroy();
  }

  #come(id: number): void {
    const callback = this.#waiting.get(id);
    this.#forget(id);
    callback?.();
  }

  #forget(id: number): boolean {
    const known = this.#waiting.delete(id);
    if (this.#waiting.size === 0) this.#socket.unref();
    return known;
  }

  #send(kind: string, ...numbers: number[]): void {
    this.#stir();
    if (this.#open) this.#socket.write(frameOf(kind, numbersOf(...numbers)));
  }

  /** Something happened: the Mac is told when things have come to rest again. */
  #stir(): void {
    this.#stirred += 1;
    if (!this.#watching) void this.#reportWhenQuiet();
  }

  async #reportWhenQuiet(): Promise<void> {
    this.#watching = true;
    let seen = -1;
    for (let turns = 0, quiet = 0; quiet < QUIET_TURNS && this.#open; turns += 1) {
      if (turns > MOST_TURNS) await new Promise<void>((resolve) => systemClock.after(1, resolve));
      await settle();
      quiet = seen === this.#stirred && !this.#work.any() ? quiet + 1 : 0;
      seen = this.#stirred;
    }
    this.#watching = false;
    const { started, ended, letGo } = this.tools.counts;
    if (this.#open) this.#socket.write(frameOf('R', numbersOf(this.#asked, eventsSoFar(), started, ended, letGo)));
  }
}

/** How many messages, ends of processes, files and the like have reached this program: no time, only a count. */
function eventsSoFar(): number {
  return loop.performance.nodeTiming.uvMetricsInfo.events;
}
