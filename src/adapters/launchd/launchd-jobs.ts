import { SECOND_MS } from '../../domain/instant.ts';
import { isExpected, UpkeepError } from '../../domain/problem.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Commands } from '../../ports/commands.ts';
import type { Command, Effect } from '../commands/command.ts';
import { bootoutJob, bootstrapJob, enableJob, printJob } from '../commands/launchd-commands.ts';
import { runCommand } from '../commands/run-command.ts';
import { pause } from '../pause.ts';

/**
 * Loading and unloading jobs of launchd. What `launchctl` answers is a hint: orders are refused that succeeded, taken
 * that come to nothing, and carried out long after the answer. A job is loaded when `print` says so, and gone when
 * `print` says that; both are waited for, within limits.
 */
export type LaunchdJobs = {
  isLoaded: (label: string) => Promise<boolean>;
  /** Resolves when the job is loaded, throws `launchd.failed` when it is not. It must not be loaded before. */
  load: (label: string, plist: string) => Promise<void>;
  /** Resolves when the job is gone, and what it ran with it; throws `launchd.failed` when it stays. */
  unload: (label: string) => Promise<void>;
  /** Lifts a ban that somebody set with `launchctl disable`. */
  enable: (label: string) => Promise<void>;
};

/** Longer than launchd gives a job between SIGTERM and SIGKILL (`ExitTimeOut` of the agent). */
const UNLOAD_MS = 20 * SECOND_MS;
const LOAD_MS = 5 * SECOND_MS;
const FIRST_LOOK_MS = 20;
const LATER_LOOK_MS = 500;
const ATTEMPTS = 2;

export function launchdJobs({ commands, clock }: { commands: Commands; clock: Clock }): LaunchdJobs {
  const isLoaded = async (label: string) => (await runCommand(commands, printJob, { label })).loaded;

  /** Looks at growing distances until the job is as wanted; false when the time is over. */
  const becomes = async (label: string, wanted: boolean, withinMs: number): Promise<boolean> => {
    const endMs = clock.monotonicMs() + withinMs;
    for (let waitMs = FIRST_LOOK_MS; ; waitMs = Math.min(waitMs * 2, LATER_LOOK_MS)) {
      if ((await isLoaded(label)) === wanted) return true;
      if (clock.monotonicMs() >= endMs) return false;
      await pause(clock, waitMs);
    }
  };

  /** What became of an order, in words; whether it worked is for `becomes` to find out. */
  const order = async <Input, Output extends { said: string | null; exitCode: number }>(
    command: Command<Input, Output, Effect>,
    input: Input,
  ): Promise<string> => {
    try {
      const { said, exitCode } = await runCommand(commands, command, input);
      return said ?? `exit code ${exitCode}`;
    } catch (error) {
      if (isExpected(error) && error.code !== 'tool.missing') return error.message;
      throw error;
    }
  };

  const attempt = async (
    label: string,
    wanted: boolean,
    withinMs: number,
    ask: () => Promise<string>,
  ): Promise<void> => {
    const answers: string[] = [];
    for (let tries = 0; tries < ATTEMPTS; tries += 1) {
      answers.push(await ask());
      if (await becomes(label, wanted, withinMs)) return;
    }
    throw new UpkeepError(
      'launchd.failed',
      `launchd ${wanted ? 'did not load' : 'does not let go of'} the job ${label}; it said: ${answers.at(-1) ?? ''}`,
      {
        remedy: `Run \`launchctl print system/${label}\` as root and see what it says; a restart of the Mac helps a stuck launchd.`,
        facts: { label, wanted: wanted ? 'loaded' : 'gone', said: answers.join(' | ') },
      },
    );
  };

  return {
    isLoaded,
    load: (label, plist) => attempt(label, true, LOAD_MS, () => order(bootstrapJob, { plist })),
    unload: async (label) => {
      if (!(await isLoaded(label))) return;
      await attempt(label, false, UNLOAD_MS, () => order(bootoutJob, { label }));
    },
    enable: async (label) => {
      await order(enableJob, { label });
    },
  };
}
