import type { Instant } from '../domain/instant.ts';

type Due = { at: Instant; order: number; callback: (() => void) | null };

/** No story needs this many callbacks at one instant; past it something re-arms itself without letting time pass. */
const STANDSTILL_CALLBACKS = 100_000;

/**
 * The timeline of the simulated world. It jumps from due instant to due instant and never waits. `now` is true time,
 * which always runs; `wall` is what a clock on the Mac shows, which somebody or a time server may set. How long the
 * Mac has been awake is a third matter and kept by `mac/awake-time.ts`.
 */
export class VirtualClock {
  readonly #queue: Due[] = [];
  readonly #jumpListeners: (() => void)[] = [];
  #now: Instant;
  #order = 0;
  #jumpedMs = 0;
  #callbacksHere = 0;

  constructor(start: Instant) {
    this.#now = start;
  }

  now(): Instant {
    return this.#now;
  }

  /** True time plus every jump so far. */
  wall(): Instant {
    return this.#now + this.#jumpedMs;
  }

  /** Sets the Mac's wall clock forward or back. True time does not move, and nothing due becomes due by it. */
  jumpWall(byMs: number): void {
    this.#jumpedMs += byMs;
    for (const listener of this.#jumpListeners) listener();
  }

  onJump(listener: () => void): void {
    this.#jumpListeners.push(listener);
  }

  /** Calls back at a true instant, at once (but not synchronously) when it has passed. Returns the way to take it back. */
  at(instant: Instant, callback: () => void): () => void {
    const due: Due = { at: Math.max(instant, this.#now), order: this.#order, callback };
    this.#order += 1;
    this.#push(due);
    return () => {
      due.callback = null;
    };
  }

  after(delayMs: number, callback: () => void): () => void {
    return this.at(this.#now + Math.max(0, Math.ceil(delayMs)), callback);
  }

  /** The next instant at which something happens, null when nothing is ahead. */
  nextDue(): Instant | null {
    this.#dropTakenBack();
    return this.#queue[0]?.at ?? null;
  }

  /** Moves to the next due callback and runs that one; false when there is none. */
  advance(): boolean {
    this.#dropTakenBack();
    const due = this.#pop();
    if (!due) return false;
    this.#callbacksHere = due.at === this.#now ? this.#callbacksHere + 1 : 0;
    if (this.#callbacksHere > STANDSTILL_CALLBACKS) throw new Error(`virtual time stands still at ${this.#now}`);
    this.#now = due.at;
    due.callback?.();
    return true;
  }

  /**
   * Lives through everything due up to and at `instant`, letting promises settle between any two callbacks, and leaves
   * the clock at `instant`. With `stop` it ends as soon as that says so, and says 'stopped'.
   */
  async runUntil(instant: Instant, stop?: () => boolean): Promise<'reached' | 'stopped'> {
    await settle();
    while (true) {
      if (stop?.()) return 'stopped';
      const next = this.nextDue();
      if (next === null || next > instant) break;
      this.advance();
      await settle();
    }
    this.#now = Math.max(this.#now, instant);
    return 'reached';
  }

  /** Lets time pass up to an instant before which nothing is due. */
  skipTo(instant: Instant): void {
    const next = this.nextDue();
    if (next !== null && next < instant) throw new Error(`something is due at ${next}, before ${instant}`);
    this.#now = Math.max(this.#now, instant);
  }

  #dropTakenBack(): void {
    while (this.#queue[0] && this.#queue[0].callback === null) this.#pop();
  }

  #push(due: Due): void {
    const queue = this.#queue;
    let place = queue.length;
    queue.push(due);
    while (place > 0) {
      const above = (place - 1) >> 1;
      const parent = queue[above];
      if (!parent || before(parent, due)) break;
      queue[place] = parent;
      place = above;
    }
    queue[place] = due;
  }

  #pop(): Due | undefined {
    const queue = this.#queue;
    const first = queue[0];
    const last = queue.pop();
    if (!first || !last || queue.length === 0) return first;
    let place = 0;
    while (true) {
      const left = 2 * place + 1;
      const right = queue[left + 1];
      let child = queue[left];
      let at = left;
      if (child && right && before(right, child)) {
        child = right;
        at = left + 1;
      }
      if (!child || before(last, child)) break;
      queue[place] = child;
      place = at;
    }
    queue[place] = last;
    return first;
  }
}

/** Lets every promise that can go on go on. The only place that touches the real event loop. */
export function settle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

function before(a: Due, b: Due): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
