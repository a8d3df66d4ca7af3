import type { ExecaCommands } from '../adapters/commands/execa-commands.ts';
import { consoleUser } from '../adapters/commands/fact-commands.ts';
import { withLimits } from '../adapters/commands/limits.ts';
import { remembered } from '../adapters/commands/remembered.ts';
import { runCommand } from '../adapters/commands/run-command.ts';
import type { LaunchdWake } from '../adapters/launchd/launchd-wake.ts';
import type { Places } from '../adapters/places.ts';
import { readPreferences } from '../adapters/settings/read-preferences.ts';
import { UpkeepError } from '../domain/problem.ts';
import type { Settings } from '../domain/settings.ts';
import type { Clock } from '../ports/clock.ts';
import type { Commands } from '../ports/commands.ts';
import type { Log } from '../ports/log.ts';
import { Store } from '../store/store.ts';
import { diary } from './diary.ts';
import { allEffects } from './effects/all-effects.ts';
import { readBootSession, readRelease } from './effects/gather-facts.ts';
import { writeStatus } from './status-file.ts';
import { receiveVisitors } from './visitors.ts';
import { AgentWake } from './wake.ts';

/** What one run of the agent stands on. Whoever calls holds the lock for as long as the process lives. */
export type AgentGround = {
  places: Places;
  clock: Clock;
  commands: ExecaCommands;
  wake: LaunchdWake;
  log: Log;
  version: string;
  /** Told when the process has to end soon: a shutdown, `launchctl bootout`. */
  stop: AbortSignal;
  /** Stands between the agent and its store, for those who test how it dies. */
  storeAs?: (store: Store) => Store;
};

/**
 * One run of the agent as launchd starts it: open the store, read the settings, open the sockets, wake, rest, look after
 * the store, leave. Throws `agent.stopped` when it was told to stop in the middle; then everything goes on at the next wake.
 */
export async function runAgent(ground: AgentGround): Promise<void> {
  const { places, clock, log, stop } = ground;
  const commands = remembered(withLimits(ground.commands, clock));
  const opened = Store.open(places.state);
  const store = ground.storeAs?.(opened) ?? opened;
  const { settings, wrong } = await settingsInForce(ground);
  const visitors = receiveVisitors({
    places,
    clock,
    log,
    store,
    users: await usersToHear(commands),
    wake: () => wake,
  });
  const wake: AgentWake = new AgentWake({
    store,
    clock,
    wake: ground.wake,
    effects: allEffects(commands, clock),
    readBoot: async () => {
      const boot = await readBootSession(commands);
      return boot.known ? boot.value : null;
    },
    readOs: () => readRelease(commands),
    settings,
    publish: (status) => {
      writeStatus(places.state, status);
      visitors.publish(status);
    },
    linger: visitors.linger,
    onCommit: diary(log, clock),
  });
  const onStop = () => {
    // What must not be broken off is left to itself; the next wake finds out what became of it.
    ground.commands.letGo();
    visitors.close();
    wake.stop(stopped());
  };
  stop.addEventListener('abort', onStop, { once: true });
  try {
    if (stop.aborted) throw stopped();
    await wake.run();
  } finally {
    stop.removeEventListener('abort', onStop);
    visitors.close();
    store.close();
  }
  if (wrong !== null) throw wrong;
}

const stopped = () =>
  new UpkeepError('agent.stopped', 'upkeep was told to stop in the middle of its work.', {
    remedy: 'Nothing needs to be done: it goes on at its next wake.',
  });

/** The settings on this Mac; where they are wrong what was in force stays, the rest of the wake goes on, and it is said. */
async function settingsInForce({ places, clock, log }: AgentGround): Promise<{
  settings: Settings | null;
  wrong: UpkeepError | null;
}> {
  try {
    const { settings, overruled, warnings, source } = await readPreferences(places, { zone: clock.zone() });
    for (const { words } of warnings) log.warn(`Settings (${source}): ${words}`);
    if (overruled.length > 0)
      log.info(`Local settings without effect, because a profile manages them: ${overruled.join(', ')}`);
    return { settings, wrong: null };
  } catch (error) {
    if (!(error instanceof UpkeepError)) throw error;
    log.error(`${error.message} What was in force before stays in force.`, { problem: error.code });
    return { settings: null, wrong: error };
  }
}

/** Who is at the Mac now and may want to say something. */
export async function usersToHear(commands: Commands): Promise<number[]> {
  try {
    const { name, uid } = await runCommand(commands, consoleUser, undefined);
    return name === null ? [] : [uid];
  } catch {
    return [];
  }
}
