import { placesUnder } from '../places.ts';
import { AGENT_LABEL, agentJob, renderPlist, WAKE_LABEL, wakeJob } from './plists.ts';

/** The two files of the folder `launchd/`, as a package may put them on a Mac: the wake job waits to be armed. */
export function shippedPlists(): { name: string; text: string }[] {
  const places = placesUnder('');
  return [
    { name: `${AGENT_LABEL}.plist`, text: renderPlist(agentJob(places)) },
    { name: `${WAKE_LABEL}.plist`, text: renderPlist(wakeJob(places, [], false)) },
  ];
}
