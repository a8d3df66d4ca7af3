import { dirname } from 'node:path';
import { UpkeepError } from '../../domain/problem.ts';
import { AGENT_LABEL, plistFile, programFile, readPlist, WAKE_LABEL } from './plists.ts';
import { isOurCommand, isOurProgram } from './program.ts';
import { leadingTo, lying, ownFolders, type Setup } from './setup.ts';
import { textOf } from './whole-file.ts';

/** Throws `install.in-the-way` when something lies where upkeep would put its own and is not upkeep's. Looks only. */
export function refuseWhatIsInTheWay({ places }: Setup): void {
  for (const { path } of ownFolders(places)) {
    const found = lying(path);
    if (found !== null && !found.isDirectory()) throw inTheWay(path, 'is no folder');
  }
  for (const path of [programFile(places), places.command, places.logs, places.sockets, places.launchDaemons]) {
    for (let above = dirname(path); above !== dirname(above); above = dirname(above)) {
      const found = leadingTo(above);
      if (found !== null && !found.isDirectory()) throw inTheWay(above, 'is no folder');
    }
  }
  const program = programFile(places);
  if (lying(program) !== null && !isOurFile(program, isOurProgram)) throw inTheWay(program, 'is not upkeep’s');
  if (lying(places.command) !== null && !isOurCommand(places)) throw inTheWay(places.command, 'is not upkeep’s');
  for (const label of [WAKE_LABEL, AGENT_LABEL]) {
    const file = plistFile(places, label);
    if (lying(file) !== null && !isOurPlist(file, label)) throw inTheWay(file, 'is not upkeep’s');
  }
}

/** A plain file whose text is ours. */
export function isOurFile(path: string, isOurs: (text: string) => boolean): boolean {
  return lying(path)?.isFile() === true && isOurs(textOf(path) ?? '');
}

/** The name is ours alone, so a file that is broken counts as ours; one that describes another job does not. */
export function isOurPlist(file: string, label: string): boolean {
  return isOurFile(file, (text) => [label, undefined].includes(readPlist(text)?.label));
}

function inTheWay(path: string, why: string): UpkeepError {
  return new UpkeepError('install.in-the-way', `${path} ${why}, and upkeep does not replace what is not its own.`, {
    remedy: 'Look at it, and move it away if nobody needs it. Nothing was changed.',
    facts: { path },
  });
}
