import { SECOND_MS } from '../../domain/instant.ts';
import type { Offer } from '../../domain/offer.ts';
import type { Mac } from '../mac/mac.ts';
import { askedFor, BUSY, notEnoughSpace, progressPrinter } from './softwareupdate-items.ts';
import { CANNOT_CONNECT, scanFirst } from './softwareupdate-list.ts';
import { FAILED_TO_AUTHENTICATE, ownerConfirmed, refusedForRights, refusedOnIntel } from './softwareupdate-owner.ts';
import type { UpdateRequest } from './softwareupdate-request.ts';
import type { ToolIo } from './tool.ts';

/** macOS will not begin an update on a battery below this. */
const LEAST_BATTERY_PERCENT = 20;

/** `--install`: other software on the spot; macOS by a restart, and without `--restart` only as far as staged. */
export async function installUpdates(request: UpdateRequest, io: ToolIo, mac: Mac): Promise<number> {
  if (refusedOnIntel(request, io, mac) || refusedForRights(io, mac)) return 1;
  if (!(await scanFirst(request, io, mac, true))) return 0;
  const offers = askedFor(request, io, mac);
  const others = offers.filter((offer) => offer.kind !== 'macos');
  for (const offer of others) {
    const exitCode = await installOther(offer, io, mac);
    if (exitCode !== null) return exitCode;
  }
  if (others.length > 0) io.print('Done.\n');
  for (const offer of offers) if (offer.kind === 'macos') return installMacOS(offer, request, io, mac);
  return 0;
}

async function installMacOS(offer: Offer, request: UpdateRequest, io: ToolIo, mac: Mac): Promise<number> {
  const refuse = (text: string, exitCode: number): number => {
    mac.note({ kind: 'install-failed', label: offer.label, call: io.call, text: text.trim() });
    io.printErr(text);
    return exitCode;
  };
  if (!mac.daemon.hasRoom(offer)) return refuse(notEnoughSpace(offer, mac), 0);
  if (mac.battery.source() === 'battery' && mac.battery.percent() < LEAST_BATTERY_PERCENT) {
    return refuse('The battery level is too low to install updates. Connect to a power adapter.\n', 1);
  }
  if (mac.spec.appleSilicon && !(await ownerConfirmed(request, io, mac))) return refuse(FAILED_TO_AUTHENTICATE, 1);
  const failure = mac.faults.strikes('install-fails');
  if (failure) {
    await io.sleep(mac.random.whole(2, 40) * SECOND_MS);
    return refuse(`${failure.text ?? INSTALL_FAILED}\n`, failure.exitCode ?? 0);
  }
  io.print(`Downloading ${offer.title}\n`);
  const follower = progressPrinter(io);
  const forNothing = request.restart && mac.faults.strikes('queued-but-never-happens') !== null;
  if (request.restart && !forNothing) mac.note({ kind: 'install-accepted', label: offer.label, call: io.call });
  if (forNothing) mac.note({ kind: 'install-queued-for-nothing', label: offer.label, call: io.call });
  const end = await (request.restart && !forNothing
    ? mac.daemon.install(offer, io.call, follower)
    : mac.daemon.fetch(offer, true, follower));
  if (end === 'disk full') return refuse(notEnoughSpace(offer, mac), 0);
  if (end === 'busy') return refuse(BUSY, 1);
  if (end === 'withdrawn') return refuse('Failed to download\n', 1);
  if (end === 'offline') return refuse(`\nFailed to download\n${CANNOT_CONNECT}`, 1);
  await io.sleep(mac.random.whole(1, 4) * SECOND_MS);
  io.print(`\nDownloaded: ${offer.title}\n`);
  // Some runs end before the restart, some are still there when it comes.
  if (request.restart && !forNothing && mac.random.chance(0.6)) await io.forever();
  await io.sleep(SECOND_MS);
  return 0;
}

async function installOther(offer: Offer, io: ToolIo, mac: Mac): Promise<number | null> {
  io.print(`\nDownloading ${offer.title}\n`);
  const end = await mac.daemon.fetch(offer, true, { reading: () => undefined, watching: () => io.alive() });
  if (end !== 'downloaded' && end !== 'prepared') {
    io.printErr(end === 'disk full' ? notEnoughSpace(offer, mac) : end === 'busy' ? BUSY : 'Failed to download\n');
    return end === 'disk full' ? 0 : 1;
  }
  io.print(`Downloaded ${offer.title}\nInstalling ${offer.title}\n`);
  await io.sleep(mac.random.whole(5, 60) * SECOND_MS);
  if (!io.alive()) return 1;
  const user = mac.consoleUser();
  if (offer.kind === 'safari' && user) mac.note({ kind: 'app-quit', user: user.name, app: 'Safari', why: 'update' });
  mac.daemon.markInstalled(offer);
  mac.note({ kind: 'installed', label: offer.label, call: io.call });
  io.print(`\nDone with ${offer.title}\n`);
  return null;
}

const INSTALL_FAILED =
  'The operation couldn’t be completed. (SUMacControllerError error 7301 - [SUMacControllerErrorNoUpdateFound=7301] No update found)';
