import { type Instant, SECOND_MS } from '../../domain/instant.ts';
import { nextFiring } from './calendar-interval.ts';
import type { JobCause } from './happenings.ts';
import type { JobDefinition } from './job-definition.ts';
import type { JobEnding, JobFacts, JobFiles, JobStarter, RunningProgram } from './job-service.ts';
import type { Mac } from './mac.ts';

/** launchd takes a moment to start what it missed while the Mac slept. */
const CATCH_UP_MS = 4_000;

type Parts = { mac: Mac; starter: JobStarter; files: JobFiles; path: string; definition: JobDefinition };

/**
 * One loaded job: what starts its program, and the one run of it there may be. Whatever would start it while it runs is
 * lost, as launchd.plist(5) says. Calendar times are the Mac's wall clock; its interval and throttle count time awake.
 */
export class LaunchdJob {
  readonly definition: JobDefinition;
  readonly #parts: Parts;
  readonly #stamps = new Map<string, string | null>();
  #running: RunningProgram | null = null;
  #runs = 0;
  #lastExitCode: number | null = null;
  #startedAtMs: number | null = null;
  #startAgain: JobCause | null = null;
  #gone: (() => void) | null = null;
  #due: Instant | null = null;
  #zone: string;
  #takeBackDue: () => void = () => undefined;
  #takeBackStart: (() => void) | null = null;
  #takeBackInterval: () => void = () => undefined;
  #takeBackKill: () => void = () => undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.definition = parts.definition;
    this.#zone = parts.mac.zone;
  }

  load(): void {
    const { mac, files } = this.#parts;
    const { label, runAtLoad, intervalSeconds, watchPaths } = this.definition;
    mac.note({ kind: 'job-loaded', label });
    for (const path of watchPaths) this.#stamps.set(path, files.stamp(path));
    this.#schedule();
    if (this.#due !== null) mac.note({ kind: 'wake-armed', due: this.#due });
    if (intervalSeconds !== null) this.#countInterval(intervalSeconds * SECOND_MS);
    if (runAtLoad || this.definition.keepAlive !== 'never') this.#demand('load');
  }

  /** Nothing starts it any more; `gone` is called when its program has ended, at once where none runs. */
  unload(gone: () => void): void {
    this.#disarm();
    this.#gone = gone;
    if (this.#running === null) this.#leave();
    else this.#terminate(this.#running);
  }

  kickstart(kill: boolean): void {
    if (this.#running === null) this.#demand('kickstart');
    else if (kill) {
      this.#startAgain = 'kickstart';
      this.#terminate(this.#running);
    }
  }

  facts(): JobFacts {
    return {
      label: this.definition.label,
      path: this.#parts.path,
      program: this.definition.program,
      pid: this.#running?.pid ?? null,
      runs: this.#runs,
      lastExitCode: this.#lastExitCode,
      leaving: this.#gone !== null,
    };
  }

  /** Looks whether a watched path has changed, and whether the Mac is in another zone now. */
  look(): void {
    const { mac, files } = this.#parts;
    if (this.#gone !== null || mac.asleep) return;
    if (this.#zone !== mac.zone) this.clockChanged();
    let changed = false;
    for (const [path, before] of this.#stamps) {
      const now = files.stamp(path);
      if (now === before) continue;
      this.#stamps.set(path, now);
      changed ||= now !== null;
    }
    if (changed) this.#demand('path');
  }

  /** The wall clock was set, or the zone is another: a time jumped over comes now, all others are worked out anew. */
  clockChanged(): void {
    if (this.#gone !== null) return;
    if (this.#due !== null && this.#due <= this.#parts.mac.world.wall()) this.#arm(this.#due, 0);
    else this.#schedule();
  }

  wokeUp(): void {
    if (this.#gone === null && this.#due !== null) this.#arm(this.#due, CATCH_UP_MS);
  }

  /** The Mac goes down: whoever plays its power sees to the programs. */
  goDown(): void {
    this.#disarm();
    this.#running = null;
  }

  #schedule(): void {
    const { mac } = this.#parts;
    this.#zone = mac.zone;
    const wall = mac.world.wall();
    const firings = this.definition.calendar.map((interval) => nextFiring(interval, wall, mac.zone));
    const soonest = Math.min(...firings.map((at) => at ?? Infinity));
    this.#due = null;
    this.#takeBackDue();
    if (Number.isFinite(soonest)) this.#arm(soonest, 0);
  }

  #arm(due: Instant, lateMs: number): void {
    const { world } = this.#parts.mac;
    this.#takeBackDue();
    this.#due = due;
    const inMs = due - world.wall();
    this.#takeBackDue = world.after(inMs > 0 ? inMs : lateMs, () => this.#come(due));
  }

  #come(due: Instant): void {
    const { mac } = this.#parts;
    // Missed in sleep: it stays due, and `wokeUp` makes up for it once.
    if (!mac.on || mac.asleep) return;
    this.#schedule();
    const missed = mac.faults.strikes('wake-missed') !== null;
    mac.note({ kind: missed ? 'wake-missed' : 'wake-fired', due });
    if (!missed) this.#demand('calendar');
  }

  #countInterval(ms: number): void {
    this.#takeBackInterval = this.#parts.mac.awake.after(ms, () => {
      this.#countInterval(ms);
      this.#demand('interval');
    });
  }

  #demand(why: JobCause): void {
    const { mac } = this.#parts;
    if (this.#gone !== null || this.#running !== null || this.#takeBackStart !== null || !mac.on) return;
    const throttleMs = this.definition.throttleSeconds * SECOND_MS;
    const waitMs = this.#startedAtMs === null ? 0 : this.#startedAtMs + throttleMs - mac.awake.ms();
    if (waitMs <= 0) this.#start(why);
    else
      this.#takeBackStart = mac.awake.after(waitMs, () => {
        this.#takeBackStart = null;
        this.#start(why);
      });
  }

  #start(why: JobCause): void {
    const { mac, starter } = this.#parts;
    const { label } = this.definition;
    this.#startedAtMs = mac.awake.ms();
    this.#runs += 1;
    mac.note({ kind: 'job-started', label, why });
    const running = starter.start(this.definition, (ending) => {
      if (this.#running === running) this.#ended(ending);
    });
    this.#running = running;
  }

  #ended({ exitCode, signal }: JobEnding): void {
    const { mac } = this.#parts;
    const { label, keepAlive } = this.definition;
    this.#takeBackKill();
    this.#running = null;
    this.#lastExitCode = exitCode;
    mac.note({ kind: 'job-ended', label, exitCode, signal });
    const again = this.#startAgain;
    this.#startAgain = null;
    const alive = keepAlive === 'always' || keepAlive === (exitCode === 0 ? 'after success' : 'after failure');
    if (this.#gone !== null) this.#leave();
    else if (again !== null) this.#demand(again);
    else if (alive) this.#demand('keep-alive');
  }

  #terminate(running: RunningProgram): void {
    running.terminate();
    const { exitTimeOutSeconds } = this.definition;
    if (exitTimeOutSeconds === 0) return;
    this.#takeBackKill();
    this.#takeBackKill = this.#parts.mac.awake.after(exitTimeOutSeconds * SECOND_MS, () => running.kill());
  }

  #disarm(): void {
    this.#takeBackDue();
    this.#takeBackInterval();
    this.#takeBackStart?.();
    this.#takeBackStart = null;
    this.#due = null;
  }

  #leave(): void {
    this.#parts.mac.note({ kind: 'job-unloaded', label: this.definition.label });
    this.#gone?.();
  }
}
