import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { systemClock } from '../../adapters/clock/system-clock.ts';
import type { JobDefinition } from '../mac/job-definition.ts';
import type { JobEnding, JobStarter, RunningProgram } from '../mac/job-service.ts';
import { realMs } from './clock-file.ts';
import { LivingProgram } from './living-program.ts';
import { signalTo } from './signal.ts';

/** However fast virtual time goes, a program asked to end has so long to do it. */
export const GRACE_MS = 2_500;
/** What launchd gives a program that could not be run at all: EX_CONFIG. */
const CANNOT_RUN = 78;
const LAUNCHD_PATH = '/usr/bin:/bin:/usr/sbin:/sbin';

export type ProgramEnd = JobEnding & { stdout: string; stderr: string };
export type StartedProgram = { pid: number; ended: Promise<ProgramEnd> };

/** The real processes that live on the simulated Mac: launchd's jobs, and what somebody runs by hand. */
export class RealPrograms implements JobStarter {
  readonly living = new Set<LivingProgram>();
  readonly #root: string;
  readonly #changed: () => void;
  readonly #sweep: (groupId: number) => void;
  readonly #children = new Map<LivingProgram, { termedAtMs: number | null; killed: boolean }>();
  #frozen = false;

  /** `changed` is called whenever a program has ended, `sweep` before what is left of its process group is killed. */
  constructor(root: string, changed: () => void, sweep: (groupId: number) => void) {
    this.#root = root;
    this.#changed = changed;
    this.#sweep = sweep;
  }

  start(job: JobDefinition, ended: (ending: JobEnding) => void): RunningProgram {
    const [out, err] = [this.#openLog(job.standardOut), this.#openLog(job.standardError)];
    const child = spawn(job.program, job.argv.slice(1), {
      argv0: job.argv[0] ?? job.program,
      cwd: job.workingDirectory,
      env: { PATH: LAUNCHD_PATH, XPC_SERVICE_NAME: job.label, ...job.environment },
      detached: true,
      stdio: ['ignore', out, err],
    });
    for (const file of [out, err]) if (file !== 'ignore') closeSync(file);
    const program = this.#keep(child, job.label, 'exit', (ending) => {
      const groupId = child.pid ?? 0;
      if (!job.abandonsGroup) {
        this.#sweep(groupId);
        signalTo(-groupId, 'SIGKILL');
      }
      ended(ending);
    });
    return {
      pid: child.pid ?? 0,
      terminate: () => this.#terminate(program),
      kill: () => this.#kill(program),
    };
  }

  /** Starts a program as somebody at the Mac would, with what is typed into it. */
  startByHand(argv: readonly string[], stdin: string | null, env: Record<string, string>): StartedProgram {
    const [path = '', ...args] = argv;
    const child = spawn(path, args, {
      env,
      detached: true,
      stdio: [stdin === null ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    const printed = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream]?.setEncoding('utf8').on('data', (text: string) => {
        printed[stream] += text;
      });
    }
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(stdin ?? '');
    const ended = new Promise<ProgramEnd>((resolve) => {
      const label = path.slice(path.lastIndexOf('/') + 1);
      // It lives until all it printed has been read: nothing may happen before whoever ran it knows.
      this.#keep(child, label, 'close', (ending) => resolve({ ...ending, ...printed }));
    });
    return { pid: child.pid ?? 0, ended };
  }

  /** A program that was started by somebody else and has connected to the clock. */
  adopt(pid: number): LivingProgram {
    const program = new LivingProgram(`process ${pid}`, pid);
    this.living.add(program);
    return program;
  }

  abandon(program: LivingProgram): void {
    if (!this.isAdopted(program)) return;
    this.living.delete(program);
    this.disturb();
  }

  isAdopted(program: LivingProgram): boolean {
    return !this.#children.has(program);
  }

  /**
   * What keeps time from jumping, in words; null when every program waits for nothing but time. They are asked all at
   * once, and again when all have answered: when nothing reached any of them between two answers, no message is under way
   * between any two.
   */
  busyWith(): string | null {
    const nowMs = realMs();
    const asked: LivingProgram[] = [];
    for (const program of this.living) {
      const ending = this.#endingOf(program, nowMs);
      if (ending === 'disobeys') continue;
      const why = ending ?? program.busyWith(nowMs);
      if (why !== null) return inWords(program, why);
      asked.push(program);
    }
    const silent = asked.find((program) => program.answer === 'none yet');
    if (silent !== undefined) return inWords(silent, 'does not say that it is idle');
    const stirred = asked.find((program) => program.answer === 'stirred');
    if (stirred === undefined) return null;
    for (const program of asked) program.ask();
    return inWords(stirred, 'has just done something');
  }

  /** A program that was asked to end has its grace; after that time goes on without it, until it is killed. */
  #endingOf(program: LivingProgram, nowMs: number): string | null {
    const entry = this.#children.get(program);
    if (entry === undefined || entry.termedAtMs === null) return null;
    if (entry.killed) return 'was killed and is not gone yet';
    return nowMs - entry.termedAtMs < GRACE_MS ? 'was asked to end' : 'disobeys';
  }

  disturb(): void {
    for (const program of this.living) program.disturb();
  }

  /** The Mac falls asleep, or wakes up: everything stands still, and goes on. */
  freeze(frozen: boolean): void {
    this.#frozen = frozen;
    for (const program of this.living) signalTo(this.#addressOf(program), frozen ? 'SIGSTOP' : 'SIGCONT');
  }

  /** The Mac goes down: programs may end by themselves for a moment, if it goes down gently; then all are dead. */
  async goDown(gently: boolean): Promise<void> {
    if (this.#frozen) this.freeze(false);
    if (gently) {
      for (const program of this.living) this.#terminate(program);
      await this.#childrenGone();
    }
    for (const program of this.living) signalTo(this.#addressOf(program), 'SIGKILL');
    await this.#childrenGone();
    this.living.clear();
  }

  async #childrenGone(): Promise<void> {
    const untilMs = realMs() + GRACE_MS;
    while (this.#children.size > 0 && realMs() < untilMs) await moment();
  }

  #addressOf(program: LivingProgram): number {
    return this.isAdopted(program) ? program.pid : -program.pid;
  }

  #terminate(program: LivingProgram): void {
    const entry = this.#children.get(program);
    if (entry === undefined) return;
    entry.termedAtMs ??= realMs();
    signalTo(program.pid, 'SIGTERM');
  }

  #kill(program: LivingProgram): void {
    const entry = this.#children.get(program);
    if (entry === undefined) return;
    entry.killed = true;
    systemClock.after(Math.max(0, (entry.termedAtMs ?? 0) + GRACE_MS - realMs()), () => {
      if (this.#children.has(program)) signalTo(-program.pid, 'SIGKILL');
    });
  }

  #keep(
    child: ChildProcess,
    label: string,
    until: 'exit' | 'close',
    ended: (ending: JobEnding) => void,
  ): LivingProgram {
    const program = new LivingProgram(label, child.pid ?? 0);
    this.living.add(program);
    this.#children.set(program, { termedAtMs: null, killed: false });
    const end = (ending: JobEnding): void => {
      if (!this.#children.delete(program)) return;
      this.living.delete(program);
      // Whoever it talked to has something to notice.
      this.disturb();
      ended(ending);
      this.#changed();
    };
    child.on(until, (exitCode: number | null, signal: string | null) => end({ exitCode, signal }));
    child.on('error', () => end({ exitCode: CANNOT_RUN, signal: null }));
    return program;
  }

  #openLog(path: string | null): number | 'ignore' {
    if (path === null) return 'ignore';
    try {
      return openSync(path.startsWith(`${this.#root}/`) ? path : this.#root + path, 'a', 0o644);
    } catch {
      return 'ignore';
    }
  }
}

function inWords(program: LivingProgram, why: string): string {
  return `${program.label} (pid ${program.pid}) ${why}`;
}

function moment(): Promise<void> {
  return new Promise((resolve) => {
    systemClock.after(2, resolve);
  });
}
