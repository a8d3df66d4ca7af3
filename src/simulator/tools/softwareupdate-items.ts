import type { Offer } from '../../domain/offer.ts';
import type { Mac } from '../mac/mac.ts';
import type { Follower } from '../mac/update-service.ts';
import type { UpdateRequest } from './softwareupdate-request.ts';
import type { ToolIo } from './tool.ts';

export const BUSY =
  'The operation couldn’t be completed. (SUMacControllerError error 7507 - [SUMacControllerErrorAccessRequestDenied=7507] Access request denied)\n';

/** The offers asked for. Each label that is not there is complained about; with none left the run is over. */
export function askedFor(request: UpdateRequest, io: ToolIo, mac: Mac): Offer[] {
  const known = mac.daemon.cached();
  if (request.all) return known;
  if (request.recommended) return known.filter((offer) => offer.recommended);
  const found: Offer[] = [];
  for (const label of request.labels) {
    const offer = known.find((one) => one.label === label) ?? stagedAs(label, mac);
    if (offer) found.push(offer);
    else io.printErr(`${label}: No such update\n`);
  }
  if (found.length === 0) io.printErr('No updates are available.\n');
  return found;
}

/** A watcher of the daemon that prints readings: a carriage return before each, no line feed until the end. */
export function progressPrinter(io: ToolIo): Follower & { printed(): boolean } {
  let any = false;
  return {
    reading: (percent) => {
      any = true;
      io.print(`\rDownloading: ${percent.toFixed(2)}%`);
    },
    watching: () => io.alive(),
    printed: () => any,
  };
}

export function notEnoughSpace(offer: Offer, mac: Mac): string {
  return `Not enough free disk space: a total of ${mac.daemon.roomNeededGB(offer)} GB is required.\n`;
}

/** Without a scan the daemon still knows the update it has on disk. */
function stagedAs(label: string, mac: Mac): Offer | null {
  const staged = mac.daemon.staged();
  return staged?.offer.label === label && mac.daemon.cached().length === 0 ? staged.offer : null;
}
