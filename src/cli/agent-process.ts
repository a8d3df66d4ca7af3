import packageJson from '../../package.json' with { type: 'json' };
import { withLimits } from '../adapters/commands/limits.ts';
import { launchdWake } from '../adapters/launchd/launchd-wake.ts';
import { stderrFile } from '../adapters/launchd/plists.ts';
import { boundStderr } from '../adapters/log/bound-stderr.ts';
import { pinoLog } from '../adapters/log/pino-log.ts';
import { rotatingFile } from '../adapters/log/rotating-file.ts';
import type { Places } from '../adapters/places.ts';
import { requireTools } from '../agent/required-tools.ts';
import { type AgentGround, runAgent } from '../agent/run-agent.ts';
import { UpkeepError } from '../domain/problem.ts';
import { lockAgent } from '../store/lock.ts';
import type { Io } from './command.ts';
import { groundOf } from './ground.ts';
import { httpOf } from './http-of.ts';

/** launchd says SIGTERM when it stops a job or the Mac goes down; the others come from a terminal. */
const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/**
 * The agent as a process: makes sure it may and can run here and runs alone, opens its log, listens to signals, and runs
 * once. `storeAs` is for those who test how it dies.
 */
export async function agentProcess(
  places: Places,
  io: Pick<Io, 'err'>,
  { storeAs }: Pick<AgentGround, 'storeAs'> = {},
): Promise<void> {
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
    const http = httpOf(places);
    const ground = { places, clock, commands, wake, log, http, version: packageJson.version, stop: stop.signal };
    await runAgent(storeAs === undefined ? ground : { ...ground, storeAs });
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
}
