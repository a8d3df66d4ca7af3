import { chmodSync, chownSync, symlinkSync } from 'node:fs';
import { noLog } from '../../ports/log.ts';
import { launchdJobs } from './launchd-jobs.ts';
import { armedTimes } from './launchd-wake.ts';
import { makeFolder, makeFoldersAbove } from './made-folders.ts';
import { agentJob, type Job, plistFile, programFile, renderPlist, WAKE_LABEL, wakeJob } from './plists.ts';
import { isOurCommand, programText } from './program.ts';
import { putJob } from './put-job.ts';
import { type Folder, lying, ownFolders, type Setup, type Step } from './setup.ts';
import { textOf, unwritable, writeWhole } from './whole-file.ts';

/**
 * What it takes to install upkeep, each step repairing what an interrupted attempt left. Call `refuseWhatIsInTheWay`
 * before. The agent's job comes last: launchd starts it at once, and then everything it needs is there.
 */
export function installSteps(setup: Setup): Step[] {
  const { places } = setup;
  return [
    ...ownFolders(places).map((folder) => folderStep(folder, setup)),
    programStep(setup),
    commandStep(setup),
    jobStep(() => wakeJob(places, armedTimes(plistFile(places, WAKE_LABEL)), false), setup),
    jobStep(() => agentJob(places), setup),
  ];
}

function folderStep({ path, mode, group }: Folder, { places, owners }: Setup): Step {
  return {
    what: `make the folder ${path} (${mode.toString(8)})`,
    isSo: () => {
      const found = lying(path);
      return found?.isDirectory() === true && hasMode(found, mode) && belongs(found, owners, group);
    },
    act: () => {
      makeFoldersAbove(path, places);
      if (lying(path) === null) makeFolder(path, mode);
      own(path, mode, owners, group);
    },
  };
}

function programStep({ places, program, owners }: Setup): Step {
  const file = programFile(places);
  return {
    what: `write the program ${file}`,
    isSo: () => {
      const found = lying(file);
      if (found === null || textOf(file) !== programText(program)) return false;
      return hasMode(found, 0o755) && belongs(found, owners, 'wheel');
    },
    act: () => {
      writeWhole(file, programText(program), 0o755);
      own(file, 0o755, owners, 'wheel');
    },
  };
}

function commandStep({ places }: Setup): Step {
  return {
    what: `put the command at ${places.command}`,
    isSo: () => isOurCommand(places),
    act: () => {
      makeFoldersAbove(places.command, places);
      try {
        symlinkSync(programFile(places), places.command);
      } catch (cause) {
        throw unwritable(`${places.command} cannot be made`, places.command, cause);
      }
    },
  };
}

function jobStep(jobOf: () => Job, setup: Setup): Step {
  const { places, owners } = setup;
  const jobs = launchdJobs(setup);
  const { Label: label } = jobOf();
  const file = plistFile(places, label);
  const isFileRight = () => {
    const found = lying(file);
    return found !== null && hasMode(found, 0o644) && belongs(found, owners, 'wheel');
  };
  // A wake job that carries the five minutes belongs to an agent at work and is left to it.
  const isAsWanted = () => {
    const text = textOf(file);
    const job = jobOf();
    return (
      text === renderPlist(job) ||
      (label === WAKE_LABEL && text === renderPlist(wakeJob(places, armedTimes(file), true)))
    );
  };
  return {
    what: `load the job ${label} from ${file}`,
    isSo: async () => isFileRight() && isAsWanted() && (await jobs.isLoaded(label)),
    act: async () => {
      makeFoldersAbove(file, places);
      // launchd refuses a file that others may change, whatever it says.
      if (lying(file) !== null) own(file, 0o644, owners, 'wheel');
      await jobs.enable(label);
      await putJob({ jobs, log: noLog }, file, jobOf());
      own(file, 0o644, owners, 'wheel');
    },
  };
}

const hasMode = (found: { mode: number }, mode: number): boolean => (found.mode & 0o7777) === mode;

function belongs(found: { uid: number; gid: number }, owners: Setup['owners'], group: Folder['group']): boolean {
  return owners === null || (found.uid === owners.uid && found.gid === owners[group]);
}

function own(path: string, mode: number, owners: Setup['owners'], group: Folder['group']): void {
  try {
    if (owners !== null) chownSync(path, owners.uid, owners[group]);
    // After the owner, whose change takes the special bits away; and without regard to the mask of whoever runs this.
    chmodSync(path, mode);
  } catch (cause) {
    throw unwritable(`the rights of ${path} cannot be set`, path, cause);
  }
}
