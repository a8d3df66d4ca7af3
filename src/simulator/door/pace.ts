import { systemClock } from '../../adapters/clock/system-clock.ts';
import type { Instant } from '../../domain/instant.ts';
import type { VirtualMac } from '../mac/virtual-mac.ts';
import { settle } from '../virtual-clock.ts';
import { type ClockFileWriter, realMs } from './clock-file.ts';

/** Virtual time is real time by `scale`, or jumps to whatever comes next as soon as nothing can happen before it. */
export type Time = 'eager' | { scale: number };

type Parts = {
  mac: VirtualMac;
  time: Time;
  file: ClockFileWriter;
  /** What real programs do, in words; null when they wait for time. */
  busyWith: () => string | null;
  /** Begins calls that have come; true when there were some. */
  begin: () => boolean;
  /** Looks after what follows from the step just made, and tells the real programs. */
  told: () => void;
  /** What has to be over before anything else happens: the Mac going down. */
  goingDown: () => Promise<void> | null;
  patienceMs: number;
};

/**
 * With a scale, time stands for so long while a program is at work, so that a slow computer is no slow Mac; then it goes
 * on, since a program that has nothing to do with upkeep never says that it waits.
 */
const WAITED_FOR_MS = 2_000;

/** A look at everything, at the latest after so long, in case something changes without a word, such as a file. */
const LOOK_AGAIN_MS = 50;

/**
 * Moves virtual time for real programs. INVARIANT: the clock file shows a time before anything of that time is heard of.
 * While nobody drives, and while it is held, time stands.
 */
export class Pace {
  readonly #parts: Parts;
  #wake: (() => void) | null = null;
  #stirred = false;
  #holds = 0;
  #driving = false;
  #anchor: { realMs: number; now: Instant } | null = null;
  jumps = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  get driving(): boolean {
    return this.#driving;
  }

  /** Something happened out there. */
  stir(): void {
    this.#stirred = true;
    this.#wake?.();
  }

  hold(): void {
    this.#catchUp();
    this.#holds += 1;
    this.#anchor = null;
    this.writeClock();
  }

  release(): void {
    this.#holds -= 1;
    this.stir();
  }

  async runUntil(instant: Instant, stop: () => boolean): Promise<'reached' | 'stopped'> {
    if (this.#driving) throw new Error('somebody drives this Mac already');
    this.#driving = true;
    try {
      return await (this.#parts.time === 'eager' ? this.#jump(instant, stop) : this.#run(instant, stop));
    } finally {
      this.#catchUp();
      this.#anchor = null;
      this.#driving = false;
      this.writeClock();
    }
  }

  writeClock(): void {
    this.#write(this.#parts.mac.world.now());
  }

  async #jump(end: Instant, stop: () => boolean): Promise<'reached' | 'stopped'> {
    const { mac, busyWith, begin, goingDown, patienceMs } = this.#parts;
    let busySinceMs = realMs();
    while (true) {
      await this.#settled();
      if (stop()) return 'stopped';
      await goingDown();
      const busy = this.#holds > 0 ? 'held' : mac.asleep ? null : busyWith();
      if (busy !== null) {
        if (busy === 'held') busySinceMs = realMs();
        if (realMs() - busySinceMs > patienceMs) throw new Error(`virtual time stands still: ${busy}`);
        await this.#wait(LOOK_AGAIN_MS);
        continue;
      }
      busySinceMs = realMs();
      if (begin()) continue;
      const next = mac.world.nextDue();
      if (next === null || next > end) {
        await mac.world.runUntil(end);
        return 'reached';
      }
      this.jumps += 1;
      this.#write(next);
      mac.world.advance();
    }
  }

  async #run(end: Instant, stop: () => boolean): Promise<'reached' | 'stopped'> {
    const { mac, begin, busyWith, goingDown } = this.#parts;
    let busySinceMs: number | null = null;
    while (true) {
      await this.#settled();
      if (stop()) return 'stopped';
      await goingDown();
      busySinceMs = mac.asleep || busyWith() === null ? null : (busySinceMs ?? realMs());
      const isWaitedFor = busySinceMs !== null && realMs() - busySinceMs < WAITED_FOR_MS;
      if (this.#holds > 0 || isWaitedFor) {
        this.#catchUp();
        this.#anchor = null;
        this.writeClock();
        if (!begin()) await this.#wait(LOOK_AGAIN_MS);
        continue;
      }
      this.#anchor ??= { realMs: realMs(), now: mac.world.now() };
      this.writeClock();
      const now = Math.min(end, this.#soFar());
      const next = mac.world.nextDue();
      if (next !== null && next <= now) {
        mac.world.advance();
        continue;
      }
      await mac.world.runUntil(now);
      if (begin()) continue;
      if (now >= end) {
        this.#anchor = null;
        return 'reached';
      }
      await this.#wait(Math.min(LOOK_AGAIN_MS, (Math.min(next ?? end, end) - now) / this.#scale()));
    }
  }

  /** Lets everything virtual go on as far as it goes at this instant, then tells the real programs. */
  async #settled(): Promise<void> {
    await settle();
    this.writeClock();
    this.#parts.told();
  }

  async #wait(ms: number): Promise<void> {
    if (!this.#stirred) {
      await new Promise<void>((resolve) => {
        const takeBack = systemClock.after(ms, resolve);
        this.#wake = () => {
          takeBack();
          resolve();
        };
      });
      this.#wake = null;
    }
    this.#stirred = false;
  }

  #scale(): number {
    const { time } = this.#parts;
    return time === 'eager' ? 0 : time.scale;
  }

  #soFar(): Instant {
    const { mac } = this.#parts;
    if (this.#anchor === null) return mac.world.now();
    const { realMs: sinceMs, now } = this.#anchor;
    return Math.max(mac.world.now(), Math.floor(now + (realMs() - sinceMs) * this.#scale()));
  }

  /** Where nothing is due, the moment at which time is stopped is the one the file showed last. */
  #catchUp(): void {
    const { mac } = this.#parts;
    const next = mac.world.nextDue();
    if (this.#anchor !== null) mac.world.skipTo(Math.min(this.#soFar(), next ?? Infinity));
  }

  #write(now: Instant): void {
    const { mac, file } = this.#parts;
    const aheadMs = now - mac.world.now();
    const rate = this.#anchor === null ? 0 : this.#scale();
    const runs = mac.on && !mac.asleep;
    // While time runs the anchor stays where it is, so that the file changes only when the pace does.
    const backMs = this.#anchor === null ? 0 : mac.world.now() - this.#anchor.now;
    file.write({
      wall: mac.world.wall() + aheadMs - backMs,
      awakeMs: mac.awake.ms() + (runs ? aheadMs - backMs : 0),
      anchorMs: this.#anchor?.realMs ?? 0,
      rate,
      awakeRate: runs ? rate : 0,
      zone: mac.zone,
    });
  }
}
