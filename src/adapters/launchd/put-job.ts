import type { Log } from '../../ports/log.ts';
import type { LaunchdJobs } from './launchd-jobs.ts';
import { type Job, renderPlist } from './plists.ts';
import { prepareFile, textOf, writeWhole } from './whole-file.ts';

/**
 * Brings the file of a job and launchd to what is wanted; returns false when nothing had to be done.
 *
 * INVARIANT: if the job is loaded, it is the one in the file. So the file is replaced only while the job is out, and a
 * death at any point leaves either that or a job that is not loaded, which the next look notices. Where the new job
 * cannot be loaded, the one before is put back, and the error is thrown all the same.
 */
export async function putJob(parts: { jobs: LaunchdJobs; log: Log }, file: string, job: Job): Promise<boolean> {
  const { jobs } = parts;
  const wanted = renderPlist(job);
  const before = textOf(file);
  if (before === wanted && (await jobs.isLoaded(job.Label))) return false;
  const fresh = prepareFile(file, wanted, 0o644);
  try {
    await jobs.unload(job.Label);
  } catch (error) {
    fresh.drop();
    throw error;
  }
  fresh.putInPlace();
  try {
    await jobs.load(job.Label, file);
  } catch (error) {
    if (before !== null && before !== wanted) await putBack(parts, file, job.Label, before, error);
    throw error;
  }
  return true;
}

/** The job as it was is better than none: it may still hold a time ahead, or the five minutes. */
async function putBack(
  { jobs, log }: { jobs: LaunchdJobs; log: Log },
  file: string,
  label: string,
  before: string,
  why: unknown,
): Promise<void> {
  log.warn(`The job ${label} could not be loaded; the one before it is put back.`, { err: why });
  try {
    await jobs.unload(label);
    writeWhole(file, before, 0o644);
    await jobs.load(label, file);
  } catch (error) {
    log.error(`The job ${label} as it was before could not be loaded either.`, { err: error });
  }
}
