import packageJson from '../../../package.json' with { type: 'json' };
import { withLimits } from '../../adapters/commands/limits.ts';
import { launchdWake } from '../../adapters/launchd/launchd-wake.ts';
import { stderrFile } from '../../adapters/launchd/plists.ts';
import { boundStderr } from '../../adapters/log/bound-stderr.ts';
import { pinoLog } from '../../adapters/log/pino-log.ts';
import { rotatingFile } from '../../adapters/log/rotating-file.ts';
import { requireTools } from '../../agent/required-tools.ts';
import { runAgent } from '../../agent/run-agent.ts';
import { UpkeepError } from '../../domain/problem.ts';
import { lockAgent } from '../../store/lock.ts';
import type { CliCommand } from '../command.ts';
import { groundOf } from '../ground.ts';
import { placesOf } from '../root-option.ts';

export const run: CliCommand = {
  name: 'run',
  help: `upkeep run [--root DIR]

One wake of the agent, as launchd starts it: looks at the Mac, does what is due, says when it wants to be
started next, and ends. Nobody needs to type this; \`upkeep check\` asks the agent to look now.

  --root DIR   a simulated Mac below this folder instead of this one

Exit code 69 where tools of macOS are missing, 75 while another run is under way or when it was told to stop,
77 for anybody but root.`,
  options: { root: { type: 'string' } },
  positionals: { min: 0, max: 0 },
  run: async (values, _positionals, io) => {
    const places = placesOf(values);
    requireTools(places);
    if (places.root === '' && process.geteuid?.() !== 0) {
      throw new UpkeepError('not-root', 'the agent runs as root.', {
        remedy: 'launchd starts it; `upkeep check` asks it to look for updates now.',
      });
    }
    const lock = lockAgent(places.state);
    const { clock, commands } = await groundOf(places);
    boundStderr(stderrFile(places));
    const sink = rotatingFile(places.logs, { rotates: true });
    const log = pinoLog({
      clock,
      sink,
      fields: { run: `${process.pid}`, version: packageJson.version },
      summary: (line) => io.err(`${line}\n`),
    });
    const stop = new AbortController();
    const onSignal = () => stop.abort();
    for (const signal of SIGNALS) process.on(signal, onSignal);
    try {
      const wake = launchdWake({ commands: withLimits(commands, clock), clock, places, log });
      await runAgent({ places, clock, commands, wake, log, version: packageJson.version, stop: stop.signal });
      return 0;
    } catch (error) {
      if (!(error instanceof UpkeepError)) log.error('A bug in upkeep ended this run.', { err: error });
      else if (error.code === 'agent.stopped') log.info(error.message);
      else log.error(`${error.message} ${error.remedy}`, { err: error, problem: error.code });
      throw error;
    } finally {
      for (const signal of SIGNALS) process.off(signal, onSignal);
      sink.close();
      lock.release();
    }
  },
};

/** launchd says SIGTERM when it stops a job or the Mac goes down; the others come from a terminal. */
const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;
