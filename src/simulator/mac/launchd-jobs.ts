import { readJobDefinition } from './job-definition.ts';
import type { JobFacts, JobFiles, JobService, JobStarter } from './job-service.ts';
import { LaunchdJob } from './launchd-job.ts';
import type { Mac } from './mac.ts';

const LAUNCH_DAEMONS = '/Library/LaunchDaemons';
const NO_SUCH_PROCESS = 3;
const IO_ERROR = 5;
const SERVICE_IS_DISABLED = 119;

/** Where jobs' property lists lie and what runs their programs. */
export type JobSurroundings = { files: JobFiles; starter: JobStarter };

/**
 * launchd's system domain: the jobs that are loaded, and which labels are disabled. It knows no processes: whoever
 * gives the starter does. What was loaded by hand is forgotten at a restart unless it lies in LaunchDaemons.
 */
export class LaunchdJobs implements JobService {
  readonly overrides = new Map<string, 'enabled' | 'disabled'>();
  readonly #mac: Mac;
  readonly #surroundings: JobSurroundings;
  readonly #jobs = new Map<string, LaunchdJob>();

  constructor(mac: Mac, surroundings: JobSurroundings) {
    this.#mac = mac;
    this.#surroundings = surroundings;
    mac.onBoot(() => this.boot());
    mac.world.onJump(() => this.#each((job) => job.clockChanged()));
    mac.onSleepWake((asleep) => {
      if (!asleep) this.#each((job) => job.wokeUp());
    });
  }

  /** Loads what lies in LaunchDaemons, as at every start of the Mac. */
  boot(): void {
    for (const path of this.#surroundings.files.list(LAUNCH_DAEMONS)) if (path.endsWith('.plist')) this.bootstrap(path);
  }

  goDown(): void {
    this.#each((job) => job.goDown());
    this.#jobs.clear();
  }

  /** Looks at watched paths; to be called whenever files may have changed. */
  look(): void {
    this.#each((job) => job.look());
  }

  bootstrap(path: string): number {
    const { files, starter } = this.#surroundings;
    const xml = files.read(path);
    const definition = xml === null ? null : readJobDefinition(xml);
    if (definition === null || this.#jobs.has(definition.label)) return IO_ERROR;
    const override = this.overrides.get(definition.label);
    if (override === 'disabled' || (definition.disabled && override !== 'enabled')) return SERVICE_IS_DISABLED;
    const job = new LaunchdJob({ mac: this.#mac, starter, files, path, definition });
    this.#jobs.set(definition.label, job);
    job.load();
    return 0;
  }

  bootout(label: string): number {
    const job = this.#jobs.get(label);
    if (job === undefined || job.facts().leaving) return NO_SUCH_PROCESS;
    job.unload(() => {
      if (this.#jobs.get(label) === job) this.#jobs.delete(label);
    });
    return 0;
  }

  kickstart(label: string, kill: boolean): boolean {
    const job = this.#jobs.get(label);
    if (job === undefined || job.facts().leaving) return false;
    job.kickstart(kill);
    return true;
  }

  facts(label: string): JobFacts | null {
    return this.#jobs.get(label)?.facts() ?? null;
  }

  override(label: string, to: 'enabled' | 'disabled'): void {
    this.overrides.set(label, to);
  }

  #each(visit: (job: LaunchdJob) => void): void {
    for (const job of [...this.#jobs.values()]) visit(job);
  }
}

/** Jobs without processes, for the Mac in memory: property lists are `mac.files`, and a program is over in a second. */
export function jobsInMemory(mac: Mac): JobSurroundings {
  let lastPid = 300;
  return {
    files: {
      read: (path) => mac.files.get(path) ?? null,
      list: (folder) => [...mac.files.keys()].filter((path) => path.startsWith(`${folder}/`)).sort(),
      stamp: (path) => mac.files.get(path) ?? null,
    },
    starter: {
      start: (_job, ended) => {
        lastPid += 1;
        const takeBack = mac.awake.after(1_000, () => ended({ exitCode: 0, signal: null }));
        const end = (signal: string) => {
          takeBack();
          mac.awake.after(1, () => ended({ exitCode: null, signal }));
        };
        return { pid: lastPid, terminate: () => end('SIGTERM'), kill: () => end('SIGKILL') };
      },
    },
  };
}
