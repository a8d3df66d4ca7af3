import { type Instant, isoOf, localWords, MINUTE_MS } from '../../domain/instant.ts';
import { UpkeepError } from '../../domain/problem.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Commands } from '../../ports/commands.ts';
import type { Log } from '../../ports/log.ts';
import type { Wake } from '../../ports/wake.ts';
import type { Places } from '../places.ts';
import { type CalendarTime, calendarFor, firingFor, nextOf } from './calendar.ts';
import { launchdJobs } from './launchd-jobs.ts';
import { type Job, plistFile, readPlist, SAFETY_NET, WAKE_LABEL, wakeJob } from './plists.ts';
import { putJob } from './put-job.ts';
import { textOf } from './whole-file.ts';

/** The wake of a real Mac. */
export type LaunchdWake = Wake & {
  /**
   * The agent begins to work and may be killed: until the next `arm`, launchd also looks every five minutes whether it
   * still runs. The time armed last stays. Rejects with `wake.not-armed`.
   */
  working(): Promise<void>;
};

/** An agent that dies before it could do anything is started once more, this long after. */
const SPARE_MS = 5 * MINUTE_MS;

/** Reloading may take so long that the minute has begun meanwhile, and launchd would wait for it a whole year. */
const ATTEMPTS = 3;

/**
 * Arms the next wake by rewriting the file of `org.upkeep.wake` and loading it anew. The agent's own job is not
 * touched: taking it out of launchd would end us.
 */
export function launchdWake(parts: { commands: Commands; clock: Clock; places: Places; log: Log }): LaunchdWake {
  const { clock, places, log } = parts;
  const jobs = launchdJobs(parts);
  const file = plistFile(places, WAKE_LABEL);

  const put = (job: Job) => putJob({ jobs, log }, file, job);

  // One at a time: each of them takes the job out and puts it in again.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(next: () => Promise<T>): Promise<T> => {
    const turn = last.then(next, next);
    last = turn.catch(() => undefined);
    return turn;
  };

  const orNotArmed = async <T>(arming: Promise<T>, what: string): Promise<T> => {
    try {
      return await arming;
    } catch (cause) {
      const zone = clock.zone();
      const net = nextOf(SAFETY_NET, clock.now(), zone);
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new UpkeepError('wake.not-armed', `${what} could not be armed: ${why}`, {
        remedy: `The safety net starts upkeep at ${localWords(net, zone)}; \`upkeep install\` as root repairs the job.`,
        facts: { safetyNet: isoOf(net) },
        cause,
      });
    }
  };

  const armAt = async (at: Instant): Promise<void> => {
    for (let attempts = 1; ; attempts += 1) {
      const [now, zone] = [clock.now(), clock.zone()];
      const firing = firingFor(at, now, zone);
      const times = [...calendarFor(at, now, zone), ...calendarFor(firing + SPARE_MS, now, zone)];
      const changed = await put(wakeJob(places, times, false));
      if (clock.now() < firing) {
        if (changed) log.debug('The next wake is armed.', { nextWake: firing });
        return;
      }
      if (attempts === ATTEMPTS) throw new Error('launchd was so slow that the time passed again and again.');
    }
  };

  const keepTimes = async (): Promise<void> => {
    await put(wakeJob(places, armedTimes(file), true));
  };

  return {
    arm: (at) => inTurn(() => orNotArmed(armAt(at), `the wake at ${localWords(at, clock.zone())}`)),
    working: () => inTurn(() => orNotArmed(keepTimes(), 'the wake every five minutes')),
  };
}

/** The times in the file of the wake job; none where it is not one. */
export function armedTimes(file: string): CalendarTime[] {
  const known = readPlist(textOf(file) ?? '');
  return known?.label === WAKE_LABEL ? known.times : [];
}
