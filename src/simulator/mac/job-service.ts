import type { JobDefinition } from './job-definition.ts';

/** What launchd knows of one job in the system domain. */
export type JobFacts = {
  label: string;
  path: string;
  program: string;
  pid: number | null;
  runs: number;
  /** Of the last run that ended by itself; null before the first. */
  lastExitCode: number | null;
  /** Booted out, but its program has not ended yet. */
  leaving: boolean;
};

/** launchd's system domain as `launchctl` reaches it. Numbers are the error numbers it prints; 0 is success. */
export type JobService = {
  bootstrap(path: string): number;
  /** Returns at once; the job is gone when its program has ended. */
  bootout(label: string): number;
  /** Starts it now, as far as its throttle allows; false when there is no such job. With `kill` a running one anew. */
  kickstart(label: string, kill: boolean): boolean;
  facts(label: string): JobFacts | null;
  /** What was said by `enable` and `disable`, by label; it outlives restarts. */
  readonly overrides: ReadonlyMap<string, 'enabled' | 'disabled'>;
  override(label: string, to: 'enabled' | 'disabled'): void;
};

export type JobEnding = { exitCode: number | null; signal: string | null };

/** A job's program while it runs. */
export type RunningProgram = {
  readonly pid: number;
  /** Asks it to end. */
  terminate(): void;
  /** Ends it and what is left of its process group. */
  kill(): void;
};

/** Starts the programs of jobs. `ended` is called once, never before `start` has returned. */
export type JobStarter = { start(job: JobDefinition, ended: (ending: JobEnding) => void): RunningProgram };

/** The files launchd looks at, by the paths that stand in property lists. */
export type JobFiles = {
  read(path: string): string | null;
  /** Paths of the files in a folder, in order. */
  list(folder: string): string[];
  /** Something that differs when the file, or the entries of the folder, changed; null when it is not there. */
  stamp(path: string): string | null;
};
