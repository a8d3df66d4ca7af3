import { rmSync } from 'node:fs';
import { systemClock } from '../../adapters/clock/system-clock.ts';
import { DAY_MS, type Instant } from '../../domain/instant.ts';
import type { Offer } from '../../domain/offer.ts';
import { UpkeepError } from '../../domain/problem.ts';
import { DIALOG_PATH } from '../mac/dialog-path.ts';
import { JAMF_PATH } from '../mac/jamf-path.ts';
import type { MacSpec } from '../mac/mac-spec.ts';
import { VirtualMac } from '../mac/virtual-mac.ts';
import { Person } from '../people/person.ts';
import { PERSONAS, type PersonaName } from '../people/personas.ts';
import { TOOLBOX } from '../tools/toolbox.ts';
import { VirtualClock } from '../virtual-clock.ts';
import { ClockFileWriter } from './clock-file.ts';
import { type DoorPlaces, emptyRunFolder, layOut, placeProgram, showTool } from './layout.ts';
import { Pace, type Time } from './pace.ts';
import { type ProgramEnd, RealPrograms, type StartedProgram } from './real-programs.ts';
import { rootFiles } from './root-files.ts';
import { signalTo } from './signal.ts';
import { ToolDoor } from './tool-door.ts';

export type MacUnderRootOptions = {
  /** The folder that is to be the root of the Mac's disk; made if need be, and what lies in it stays. */
  root: string;
  spec: MacSpec;
  start: Instant;
  time: Time;
  seed?: number | string;
  offers?: readonly Offer[];
  /** Who sits there; nobody when left out. */
  persona?: PersonaName | null;
  /** Things done to the world before it begins, for stories. */
  arrange?: (mac: VirtualMac) => void;
  /** How long in real time a program may do something before time is said to stand still, in milliseconds. */
  patienceMs?: number;
};

/** What is typed into a program (null: nothing can be), and what is added to its small environment. */
export type Typing = { stdin?: string | null; env?: Record<string, string> };

/** What is not on every Mac, or not always. */
const INSTALLED_BY_OTHERS = [DIALOG_PATH, JAMF_PATH];

/**
 * The simulated Mac's second door: its tools are executables under a folder, its launchd starts real processes, which
 * live in virtual time and die with its power. Whoever made it has to end it with `shutDown`, whatever happened.
 */
export class MacUnderRoot {
  readonly mac: VirtualMac;
  /** The folder's real path: what to give as `--root`. */
  readonly root: string;
  readonly programs: RealPrograms;
  readonly #places: DoorPlaces;
  readonly #door: ToolDoor;
  readonly #file: ClockFileWriter;
  readonly #pace: Pace;
  readonly #person: Person | null;
  #goingDown: Promise<void> | null = null;
  readonly #shown = new Set(INSTALLED_BY_OTHERS);
  #open = false;
  #over = false;

  /** Throws `tool.missing` where there is no Perl, and `input.wrong` where the folder's path is too long. */
  constructor(options: MacUnderRootOptions) {
    const { spec, start, time, seed = 1, offers = [], persona = null, patienceMs = 30_000 } = options;
    this.#places = layOut(options.root, [...TOOLBOX.keys()]);
    this.root = this.#places.root;
    this.programs = new RealPrograms(
      this.root,
      () => this.#pace.stir(),
      (groupId) => this.#door.kill(({ caller }) => caller.groupId === groupId),
    );
    const mac = new VirtualMac({
      spec,
      clock: new VirtualClock(start),
      seed,
      jobs: () => ({ files: rootFiles(this.root), starter: this.programs }),
    });
    this.mac = mac;
    mac.publish(offers);
    options.arrange?.(mac);
    this.#person = persona === null ? null : new Person({ mac, persona: PERSONAS[persona], seed });
    this.#door = new ToolDoor({
      mac,
      programs: this.programs,
      socket: this.#places.socket,
      stirred: () => this.#pace.stir(),
    });
    this.#file = new ClockFileWriter(this.#places.clock);
    this.#pace = new Pace({
      mac,
      time,
      file: this.#file,
      busyWith: () => this.programs.busyWith() ?? this.#door.busyWith(),
      begin: () => this.#door.begin(),
      told: () => this.#told(),
      goingDown: () => this.#goingDown,
      patienceMs,
    });
    mac.onShutdown(() => {
      this.#goingDown = this.#goDown();
    });
    mac.onSleepWake((asleep) => {
      this.programs.freeze(asleep);
      this.#door.freeze(asleep);
      this.programs.disturb();
    });
  }

  /** Opens the door and lets launchd load what lies in LaunchDaemons. Throws `agent.locked` where a Mac runs already. */
  async boot(): Promise<void> {
    if (!(await this.#door.open())) {
      throw new UpkeepError('agent.locked', `a simulated Mac runs in ${this.root} already.`, {
        remedy: 'End that one first, or choose another folder.',
        facts: { root: this.root },
      });
    }
    this.#open = true;
    emptyRunFolder(this.#places);
    this.#pace.writeClock();
    this.#told();
    this.#person?.begin();
    this.mac.jobs.boot();
  }

  /**
   * Lives until an instant or until something holds, and says which. One call at a time; between calls time stands.
   * Throws where a real program keeps time from moving for longer than the patience, with what it does.
   */
  runUntil(until: Instant | (() => boolean), withinMs = 60 * DAY_MS): Promise<'reached' | 'stopped'> {
    if (typeof until === 'number') return this.#pace.runUntil(until, () => false);
    return this.#pace.runUntil(this.mac.world.now() + withinMs, until);
  }

  /** Time stands until `release` was called as often. */
  hold(): void {
    this.#pace.hold();
  }

  release(): void {
    this.programs.disturb();
    this.#pace.release();
  }

  /** Starts a program as somebody at the Mac would; a path of the Mac is one under the root. Time moves when it waits. */
  start(argv: readonly string[], { stdin = null, env = {} }: Typing = {}): StartedProgram {
    return this.programs.startByHand(argv, stdin, { PATH: '/usr/bin:/bin:/usr/sbin:/sbin', ...env });
  }

  /** Runs a program to its end, letting time move as it has to, whether somebody drives or not. */
  async run(argv: readonly string[], typing: Typing = {}): Promise<ProgramEnd> {
    let over = false;
    const ended = this.start(argv, typing).ended.finally(() => {
      over = true;
      this.#pace.stir();
    });
    if (!this.#pace.driving) await this.runUntil(() => over);
    return ended;
  }

  /**
   * Kills a process by SIGKILL, with `tools` also those it called, and returns when they are gone; no time passes. Never
   * kill one without this: time would run on before the death is known.
   */
  async kill(pid: number, { tools = false }: { tools?: boolean } = {}): Promise<void> {
    this.hold();
    const program = [...this.programs.living].find((one) => one.pid === pid);
    // First itself: a shell whose tool is gone could come to its end in the moment between.
    signalTo(pid, 'SIGKILL');
    this.#door.kill((session) => session.caller.pid === pid || (tools && program?.owns(session) === true));
    while ((program !== undefined && this.programs.living.has(program)) || this.#door.busyWith() !== null) {
      await new Promise<void>((resolve) => systemClock.after(1, resolve));
    }
    this.release();
  }

  /** Puts a program at a path of the Mac that becomes another one with these arguments before its own. */
  place(path: string, argv: readonly string[]): void {
    placeProgram(this.#places, path, argv);
  }

  /** The process of a job that runs now, for signals; null when none does. */
  pidOf(label: string): number | null {
    return this.mac.jobs.facts(label)?.pid ?? null;
  }

  /** How often time jumped and how many tools were called, for measuring. */
  counts(): { jumps: number; calls: number } {
    return { jumps: this.#pace.jumps, calls: this.#door.accepted };
  }

  /** Everything ends at once, as by a power cut, and the door is closed. The folder stays. */
  async shutDown(): Promise<void> {
    await this.#goingDown;
    this.#door.hangUp();
    await this.programs.goDown(false);
    if (this.#open) await this.#door.close();
    this.#open = false;
    if (this.#over) return;
    this.#over = true;
    this.#file.close();
    rmSync(this.#places.clock, { force: true });
    rmSync(this.#places.socket, { force: true });
  }

  async #goDown(): Promise<void> {
    const cause = this.mac.happenings.findLast((one) => one.kind === 'restart')?.cause;
    await this.programs.goDown(cause !== 'power cut');
    this.#door.hangUp();
    emptyRunFolder(this.#places);
  }

  /** After each step of the Mac. */
  #told(): void {
    this.mac.jobs.look();
    for (const path of INSTALLED_BY_OTHERS) {
      const there = this.mac.hasTool(path);
      if (there === this.#shown.has(path)) continue;
      if (there) this.#shown.add(path);
      else this.#shown.delete(path);
      showTool(this.#places, path, there);
    }
    this.#door.flush();
  }
}
