import { type Instant, isoOf, localWords } from '../../domain/instant.ts';
import { UpkeepError } from '../../domain/problem.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Commands } from '../../ports/commands.ts';
import type { Log } from '../../ports/log.ts';
import type { Wake } from '../../ports/wake.ts';
import type { Places } from '../places.ts';
import { calendarFor, firingFor, nextOf } from './calendar.ts';
import { launchdJobs } from './launchd-jobs.ts';
import { type Job, plistFile, readPlist, renderPlist, SAFETY_NET, WAKE_LABEL, wakeJob } from './plists.ts';
import { prepareFile, textOf, writeWhole } from './whole-file.ts';

/** The wake of a real Mac. */
export type LaunchdWake = Wake & {
  /**
   * The agent begins to work and may be killed: until the next `arm`, launchd also looks every five minutes whether it
   * still runs. The time armed last stays. Rejects with `wake.not-armed`.
   */
  working(): Promise<void>;
};

/** Reloading may take so long that the minute has begun meanwhile, and launchd would wait for it a whole year. */
const ATTEMPTS = 3;

/**
 * Arms the next wake by rewriting the file of `org.upkeep.wake` and loading it anew. The agent's own job is not
 * touched: taking it out of launchd would end us.
 *
 * INVARIANT: if the job is loaded, it is the one in the file. So the file is replaced only while the job is out, and a
 * death at any point leaves either that or a job that is not loaded, which the next `arm` notices with one look.
 */
export function launchdWake(parts: { commands: Commands; clock: Clock; places: Places; log: Log }): LaunchdWake {
  const { clock, places, log } = parts;
  const jobs = launchdJobs(parts);
  const file = plistFile(places, WAKE_LABEL);

  /** Returns whether anything had to be done. */
  const put = async (job: Job): Promise<boolean> => {
    const wanted = renderPlist(job);
    const before = textOf(file);
    if (before === wanted && (await jobs.isLoaded(WAKE_LABEL))) return false;
    const fresh = prepareFile(file, wanted, 0o644);
    try {
      await jobs.unload(WAKE_LABEL);
    } catch (error) {
      fresh.drop();
      throw error;
    }
    fresh.putInPlace();
    try {
      await jobs.load(WAKE_LABEL, file);
    } catch (error) {
      if (before !== null && before !== wanted) await putBack(before, error);
      throw error;
    }
    return true;
  };

  /** The job as it was is better than none: it may still hold a time ahead, or the five minutes. */
  const putBack = async (before: string, why: unknown): Promise<void> => {
    log.warn('The wake job could not be loaded; the one before it is put back.', { err: why });
    try {
      await jobs.unload(WAKE_LABEL);
      writeWhole(file, before, 0o644);
      await jobs.load(WAKE_LABEL, file);
    } catch (error) {
      log.error('The wake job before it could not be loaded either.', { err: error });
    }
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
      const changed = await put(wakeJob(places, calendarFor(at, now, zone), false));
      if (clock.now() < firing) {
        if (changed) log.debug('The next wake is armed.', { nextWake: firing });
        return;
      }
      if (attempts === ATTEMPTS) throw new Error('launchd was so slow that the time passed again and again.');
    }
  };

  return {
    arm: (at) => orNotArmed(armAt(at), `the wake at ${localWords(at, clock.zone())}`),
    working: async () => {
      const known = readPlist(textOf(file) ?? '');
      const times = known?.label === WAKE_LABEL ? known.times : [];
      await orNotArmed(put(wakeJob(places, times, true)), 'the wake every five minutes');
    },
  };
}
