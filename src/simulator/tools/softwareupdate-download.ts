import type { Offer } from '../../domain/offer.ts';
import { majorOf } from '../../domain/os-version.ts';
import type { Mac } from '../mac/mac.ts';
import { askedFor, BUSY, notEnoughSpace, progressPrinter } from './softwareupdate-items.ts';
import { CANNOT_CONNECT, scanFirst } from './softwareupdate-list.ts';
import { FAILED_TO_AUTHENTICATE, ownerConfirmed, refusedOnIntel } from './softwareupdate-owner.ts';
import type { UpdateRequest } from './softwareupdate-request.ts';
import type { ToolIo } from './tool.ts';

/** `--download`: on Apple silicon from macOS 14 on, preparing what was downloaded needs an owner. */
export async function downloadUpdates(request: UpdateRequest, io: ToolIo, mac: Mac): Promise<number> {
  if (refusedOnIntel(request, io, mac)) return 1;
  if (!(await scanFirst(request, io, mac, true))) return 0;
  for (const offer of askedFor(request, io, mac)) {
    const exitCode = await downloadOne(offer, request, io, mac);
    if (exitCode !== null) return exitCode;
  }
  return 0;
}

/** Null when the next one may follow: the run stops at the first item that cannot be prepared. */
async function downloadOne(offer: Offer, request: UpdateRequest, io: ToolIo, mac: Mac): Promise<number | null> {
  if (!mac.daemon.hasRoom(offer)) {
    io.printErr(notEnoughSpace(offer, mac));
    return 0;
  }
  const needsOwner = mac.spec.appleSilicon && (majorOf(mac.os.version) ?? 0) >= 14 && offer.kind === 'macos';
  const prepare = !needsOwner || (await ownerConfirmed(request, io, mac));
  io.print(`Downloading ${offer.title}\n`);
  const follower = progressPrinter(io);
  const end = await mac.daemon.fetch(offer, prepare, follower);
  switch (end) {
    case 'prepared':
    case 'downloaded':
      io.print(`\nDownloaded${offer.kind === 'macos' ? ':' : ''} ${offer.title}\n`);
      break;
    case 'disk full':
      io.printErr(notEnoughSpace(offer, mac));
      return 0;
    case 'busy':
      io.printErr(BUSY);
      return 1;
    case 'offline':
      io.printErr(`${follower.printed() ? '\nFailed to download\n' : ''}${CANNOT_CONNECT}`);
      return 1;
    case 'withdrawn':
      io.printErr('Failed to download\n');
      return 1;
  }
  if (prepare || end === 'prepared') return null;
  io.printErr(FAILED_TO_AUTHENTICATE);
  return 1;
}
