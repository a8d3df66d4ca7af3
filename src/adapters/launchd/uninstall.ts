import { readdirSync, rmSync } from 'node:fs';
import { deleteAllCredentials } from '../credentials/delete-all.ts';
import { removeBeforeAll, removeOurAccount } from '../credentials/service-cleanup.ts';
import { servicePartsIn } from '../credentials/service-parts.ts';
import { isOurFile, isOurPlist } from './in-the-way.ts';
import { launchdJobs } from './launchd-jobs.ts';
import { madeFolders, removeMadeFolders } from './made-folders.ts';
import { AGENT_LABEL, plistFile, programFile, WAKE_LABEL } from './plists.ts';
import { isOurCommand, isOurProgram } from './program.ts';
import { lying, type Setup, type Step, supportFolder } from './setup.ts';
import { unwritable } from './whole-file.ts';

/**
 * What it takes to remove upkeep. State and logs stay unless `purge`, so that a later install goes on with what people
 * were promised. What is not upkeep's is left alone. The wake job goes first, so that it does not start the agent anew.
 */
export function uninstallSteps(setup: Setup, { purge }: { purge: boolean }): Step[] {
  const { places } = setup;
  const jobs = [WAKE_LABEL, AGENT_LABEL];
  return [
    // First: where a password has to be looked after before it goes, upkeep has to be there for it.
    ...(purge ? credentialSteps(setup) : []),
    ...jobs.map((label) => unloadStep(label, setup)),
    ...jobs.map((label) => {
      const file = plistFile(places, label);
      return removalStep('the job’s file', file, () => isOurPlist(file, label));
    }),
    removalStep('the command', places.command, () => isOurCommand(places)),
    removalStep('the program', programFile(places), () => isOurFile(programFile(places), isOurProgram)),
    removalStep('the folder of the sockets', places.sockets, () => isFolder(places.sockets)),
    removalStep('the doorbell', places.doorbell, () => isFolder(places.doorbell)),
    ...(purge
      ? [
          removalStep('the logs', places.logs, () => isFolder(places.logs)),
          removalStep('the state', places.state, () => isFolder(places.state)),
        ]
      : []),
    emptyFoldersStep(setup, purge),
  ];
}

/** None where nothing is saved. */
function credentialSteps({ commands, clock, places }: Setup): Step[] {
  const service = servicePartsIn(places.state, { commands, clock });
  const { store } = service;
  const isSo = () =>
    store.isReadable() && Object.values(store.list()).flat().length === 0 && service.record.read() === null;
  const act = async () => {
    await removeBeforeAll(service);
    await deleteAllCredentials(store, async () => void (await removeOurAccount(service)));
  };
  return isSo() ? [] : [{ what: 'delete saved credentials from the keychain', isSo, act }];
}

function unloadStep(label: string, setup: Setup): Step {
  const jobs = launchdJobs(setup);
  return {
    what: `take the job ${label} out of launchd`,
    isSo: async () => !(await jobs.isLoaded(label)),
    act: () => jobs.unload(label),
  };
}

function removalStep(name: string, path: string, isOurs: () => boolean): Step {
  const isForeign = lying(path) !== null && !isOurs();
  return {
    what: `remove ${name} ${path}${isForeign ? ' (left alone: it is not upkeep’s)' : ''}`,
    isSo: () => !isOurs(),
    act: () => {
      try {
        rmSync(path, { recursive: true, force: true });
      } catch (cause) {
        throw unwritable(`${path} cannot be removed`, path, cause);
      }
    },
  };
}

/** Everything else upkeep made: its own folder when it is to leave nothing, and empty folders that were not there before. */
function emptyFoldersStep({ places }: Setup, purge: boolean): Step {
  const support = supportFolder(places);
  const made = madeFolders(places);
  const isEmpty = (path: string) => {
    const folder = `${places.root}${path}`;
    return isFolder(folder) && readdirSync(folder).length === 0;
  };
  return {
    what: purge
      ? `remove the folder ${support} and what upkeep made above`
      : 'remove folders made for upkeep, if empty',
    isSo: () => !(purge && isFolder(support)) && !made.some(isEmpty),
    act: () => {
      try {
        if (purge) rmSync(support, { recursive: true, force: true });
      } catch (cause) {
        throw unwritable(`${support} cannot be removed`, support, cause);
      }
      removeMadeFolders(made, places);
    },
  };
}

const isFolder = (path: string): boolean => lying(path)?.isDirectory() === true;
