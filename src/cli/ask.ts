import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { kickstartJob } from '../adapters/commands/launchd-commands.ts';
import { withLimits } from '../adapters/commands/limits.ts';
import { runCommand } from '../adapters/commands/run-command.ts';
import { askAgent } from '../adapters/ipc/client.ts';
import { ringDoorbell } from '../adapters/ipc/doorbell.ts';
import { mayBeAgent } from '../adapters/ipc/socket-places.ts';
import { AGENT_LABEL } from '../adapters/launchd/plists.ts';
import type { Places } from '../adapters/places.ts';
import { SECOND_MS } from '../domain/instant.ts';
import { UpkeepError } from '../domain/problem.ts';
import { mayAsk, type Request } from '../domain/request.ts';
import type { Clock } from '../ports/clock.ts';
import { STORE_FILE, Store } from '../store/store.ts';
import type { Ground } from './ground.ts';

/** What has become of a request that is kept: the agent ran and heard it, was started for it, or hears it later. */
export type Asked = { id: string; by: 'admin' | 'user'; heard: 'at once' | 'after a start' | 'later' };

/** The agent answers within this, or it hangs. */
const ANSWER_MS = 5 * SECOND_MS;
/** launchd starts a job at most once in ten seconds. */
const START_MS = 15 * SECOND_MS;
const LOOK_MS = 500;
/** In case the first call fell into the moment in which the agent was leaving. */
const LOOKS_PER_CALL = 10;

/**
 * Puts a request before the agent: an administrator writes it into the store and then tells the agent, anybody else
 * tells the agent, which keeps it. Throws `request.refused`, `store.missing`, or `agent.unreachable`: then nothing is kept.
 */
export async function ask(places: Places, ground: Ground, request: Request): Promise<Asked> {
  const uid = process.geteuid?.() ?? 0;
  const said = { id: randomUUID(), request };
  if (mayBeAgent(places)(uid)) return askAsAdmin(places, ground, said, uid);
  if (!mayAsk({ kind: 'user', uid }, request)) {
    throw new UpkeepError('request.refused', `only an administrator may ask for that (${request.kind}).`, {
      remedy: 'Put `sudo` in front, or ask an administrator.',
    });
  }
  return askAsUser(places, ground.clock, said, uid);
}

type Said = { id: string; request: Request };

async function askAsAdmin(places: Places, ground: Ground, said: Said, uid: number): Promise<Asked> {
  const { clock } = ground;
  if (!existsSync(join(places.state, STORE_FILE))) {
    throw new UpkeepError('store.missing', `upkeep has not run here yet: there is no state in ${places.state}.`, {
      remedy: 'Put it to work with `sudo upkeep install`, or try again in a minute if you just have.',
      facts: { directory: places.state },
    });
  }
  const store = Store.open(places.state);
  try {
    store.append({ ...said, at: clock.now(), by: { kind: 'admin' } });
    const isHeard = () => !store.waitingRequests().some(({ id }) => id === said.id);
    if (await told(places, clock, said, uid)) return { id: said.id, by: 'admin', heard: 'at once' };
    const heard = (await startedUntil(isHeard, ground)) ? 'after a start' : 'later';
    return { id: said.id, by: 'admin', heard };
  } finally {
    store.close();
  }
}

/** The request lies on the disk already: whatever goes wrong here, the agent hears it at its next wake. */
async function told(places: Places, clock: Clock, said: Said, uid: number): Promise<boolean> {
  try {
    await askAgent(places, said, { uid, clock, withinMs: ANSWER_MS });
    return true;
  } catch (error) {
    if (error instanceof UpkeepError) return false;
    throw error;
  }
}

/** Has launchd start the agent until something holds; false where it cannot, or after a while. */
async function startedUntil(holds: () => boolean, { commands, clock }: Ground): Promise<boolean> {
  const bounded = withLimits(commands, clock);
  const endMs = clock.monotonicMs() + START_MS;
  for (let looks = 0; !holds() && clock.monotonicMs() < endMs; looks += 1) {
    if (looks % LOOKS_PER_CALL === 0) {
      const start = await runCommand(bounded, kickstartJob, { label: AGENT_LABEL }).catch(() => null);
      if (start?.accepted !== true) return holds();
    }
    await pause(clock);
  }
  return holds();
}

async function askAsUser(places: Places, clock: Clock, said: Said, uid: number): Promise<Asked> {
  const endMs = clock.monotonicMs() + START_MS;
  for (let tries = 0; ; tries += 1) {
    try {
      await askAgent(places, said, { uid, clock, withinMs: ANSWER_MS });
      return { id: said.id, by: 'user', heard: tries === 0 ? 'at once' : 'after a start' };
    } catch (error) {
      if (!(error instanceof UpkeepError) || error.code !== 'agent.unreachable') throw error;
      if (clock.monotonicMs() >= endMs) throw error;
    }
    if (tries % LOOKS_PER_CALL === 0) ringDoorbell(places, `${said.id}.${tries}`);
    await pause(clock);
  }
}

const pause = (clock: Clock): Promise<void> => new Promise((resolve) => void clock.after(LOOK_MS, resolve));
