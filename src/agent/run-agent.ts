import type { ExecaCommands } from '../adapters/commands/execa-commands.ts';
import { consoleUser } from '../adapters/commands/fact-commands.ts';
import { withLimits } from '../adapters/commands/limits.ts';
import { remembered } from '../adapters/commands/remembered.ts';
import { runCommand } from '../adapters/commands/run-command.ts';
import type { LaunchdWake } from '../adapters/launchd/launchd-wake.ts';
import { watchDeclarations } from '../adapters/macos/watch-declarations.ts';
import type { Places } from '../adapters/places.ts';
import { readPreferences } from '../adapters/settings/read-preferences.ts';
import type { Health } from '../domain/health.ts';
import { count } from '../domain/instant.ts';
import type { Ledger } from '../domain/ledger.ts';
import { type ProblemCode, UpkeepError } from '../domain/problem.ts';
import { reasonInWords } from '../domain/reason.ts';
import { refusalRemedy } from '../domain/refusal-remedies.ts';
import type { Settings } from '../domain/settings.ts';
import type { Status } from '../machines/status.ts';
import { statusWith } from '../machines/status-health.ts';
import type { Clock } from '../ports/clock.ts';
import type { Commands } from '../ports/commands.ts';
import type { Credentials } from '../ports/credentials.ts';
import type { Http } from '../ports/http.ts';
import type { Log } from '../ports/log.ts';
import { openForAgent, type Recovery } from '../store/open-for-agent.ts';
import type { Store } from '../store/store.ts';
import { diary } from './diary.ts';
import { allEffects } from './effects/all-effects.ts';
import { readBootSession, readDeclared, readRelease } from './effects/gather-facts.ts';
import { type HealthParts, healthOf, launchdHealth, launchdNotAsked, recoveredLately } from './health.ts';
import { savedCredentials, savedPushServer } from './saved-credentials.ts';
import { writeStatus } from './status-file.ts';
import { receiveVisitors } from './visitors.ts';
import { AgentWake, type WakeParts } from './wake.ts';

/** What one run of the agent stands on. Whoever calls holds the lock for as long as the process lives. */
export type AgentGround = {
  places: Places;
  clock: Clock;
  commands: ExecaCommands;
  wake: LaunchdWake;
  log: Log;
  /** What asks servers for this Mac; null where none can be asked. */
  http: Http | null;
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
  const opened = openForAgent(places.state, clock.now());
  const store = ground.storeAs?.(opened.store) ?? opened.store;
  if (opened.found !== null) log.warn(recoveryWords(opened.found), { problem: 'store.recovered' });
  const wokeAt = clock.now();
  const { settings, wrong, health } = await settingsInForce(ground);
  const recovered = recoveredLately(places.state, opened.found, wokeAt);
  const credentials = savedCredentials(places, commands, clock, ground.http);
  const inForce = () => wake.settings?.mdm ?? null;
  const server = savedPushServer(places, { commands, clock, http: ground.http, settings: inForce });
  const passwords = () => credentials.refused();
  const healthParts: HealthParts = { version: ground.version, wokeAt, store, recovered, settings: health, passwords };
  const fullStatus = (status: Status, run: Health['agent']['run'], launchd = launchdNotAsked): Status =>
    statusWith(status, healthOf(healthParts, run, launchd));
  const visitors = receiveVisitors({
    places,
    clock,
    log,
    store,
    users: await usersToHear(commands),
    wake: () => wake,
    currentStatus: () => fullStatus(wake.status(), 'working'),
  });
  const publish = (status: Status): void => {
    writeStatus(places.state, status);
    visitors.publish(status);
  };
  const wake: AgentWake = new AgentWake({
    store,
    clock,
    wake: ground.wake,
    effects: allEffects(commands, clock, credentials, server),
    lookAfter: () => checkPasswords(credentials, log),
    readBoot: async () => {
      const boot = await readBootSession(commands);
      return boot.known ? boot.value : null;
    },
    readOs: () => readRelease(commands),
    readDeclared: (os) => readDeclared(commands, os, clock.zone()),
    settings,
    publish: (status, atRest) => publish(fullStatus(status, atRest ? 'resting' : 'working')),
    linger: visitors.linger,
    onCommit: diary(log, clock),
    recovered: opened.found === null ? null : recoveredFrom(opened.found),
  });
  const stopWatching = watchDeclarations(places, () => {
    wake.lookAtDeclarations().catch((error: unknown) => wake.stop(error));
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
    lookAfter(store, clock, log);
    const armed = wake.wakeAt === null ? null : true;
    publish(fullStatus(wake.status(), 'resting', await launchdHealth(commands, { armed, wakeAt: wake.wakeAt })));
  } catch (error) {
    if (isProblem(error, 'wake.not-armed')) {
      publish(fullStatus(wake.status(), 'resting', await launchdHealth(commands, { armed: false, wakeAt: null })));
    }
    if (isProblem(error, 'agent.stopped')) publish(fullStatus(wake.status(), 'stopped'));
    throw error;
  } finally {
    stop.removeEventListener('abort', onStop);
    stopWatching();
    visitors.close();
    store.closeCleanly();
  }
  if (wrong !== null) throw wrong;
}

/** The daily copy, and the end of what is too old. That it fails is told, and is no reason to have failed. */
function lookAfter(store: Store, clock: Clock, log: Log): void {
  try {
    if (store.backUpIfDue(clock.now())) log.info('A backup of the state was made');
    const pruned = store.prune(clock.now());
    if (pruned > 0) log.info(`${count(pruned, 'entry')} of the journal were too old and are gone`);
  } catch (error) {
    log.error('The state could not be looked after; that is tried again at the next wake.', { err: error });
  }
}

/** The daily try of what is saved. What is found is told at once, and in the status until somebody saves it anew. */
async function checkPasswords(credentials: Credentials, log: Log): Promise<void> {
  for (const { method, account, trouble } of await credentials.check()) {
    const words = reasonInWords({ code: 'method-refused', method, why: trouble }, 'UTC');
    log.warn(`Tried what is saved of “${account}”: ${words}. ${refusalRemedy(trouble, account)}`, {
      problem: 'method-refused',
    });
  }
}

function recoveryWords({ how, why, aside, promises }: Recovery): string {
  const from = how === 'backup' ? 'its backup' : 'the beginning';
  const kept = promises === null ? 'no promises were left' : 'what people were promised is kept';
  return `${why}. upkeep goes on from ${from}, and ${kept}.${aside === null ? '' : ` What was there lies in ${aside}.`}`;
}

/** The promises are plain JSON that an earlier version may have written; the chart fills in what they lack. */
function recoveredFrom({ how, why, promises }: Recovery): NonNullable<WakeParts['recovered']> {
  const ledger = typeof promises === 'object' && promises !== null ? (promises as Ledger) : null;
  return { how, why, ledger };
}

const isProblem = (error: unknown, code: ProblemCode): boolean => error instanceof UpkeepError && error.code === code;

const stopped = () =>
  new UpkeepError('agent.stopped', 'upkeep was told to stop in the middle of its work.', {
    remedy: 'Nothing needs to be done: it goes on at its next wake.',
  });

/** The settings on this Mac; where they are wrong what was in force stays, the rest of the wake goes on, and it is said. */
async function settingsInForce({ places, clock, log }: AgentGround): Promise<{
  settings: Settings | null;
  wrong: UpkeepError | null;
  health: Health['settings'];
}> {
  try {
    const { settings, overruled, warnings, source } = await readPreferences(places, { zone: clock.zone() });
    for (const { words } of warnings) log.warn(`Settings (${source}): ${words}`);
    if (overruled.length > 0)
      log.info(`Local settings without effect, because a profile manages them: ${overruled.join(', ')}`);
    return { settings, wrong: null, health: { source, problems: [] } };
  } catch (error) {
    if (!(error instanceof UpkeepError)) throw error;
    log.error(`${error.message} What was in force before stays in force.`, { problem: error.code });
    const { source = null } = error.facts;
    const health = { source: source === null ? null : String(source), problems: oneByOne(error.message) };
    return { settings: null, wrong: error, health };
  }
}

/** The blocks of a message, each in one line; the heading says no more than that they come. */
function oneByOne(message: string): string[] {
  const blocks = message.split('\n\n').map((block) => block.replace(/\s+/g, ' ').trim());
  return blocks.length === 1 ? blocks : blocks.slice(1);
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
