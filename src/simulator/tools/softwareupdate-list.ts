import { SECOND_MS } from '../../domain/instant.ts';
import type { Offer } from '../../domain/offer.ts';
import { compareVersions, majorOf } from '../../domain/os-version.ts';
import { MARKETING_NAMES } from '../mac/catalogue.ts';
import type { Mac } from '../mac/mac.ts';
import { nsLogHead } from './local-time.ts';
import type { UpdateRequest } from './softwareupdate-request.ts';
import type { ToolIo } from './tool.ts';

export const CANNOT_CONNECT = 'Can’t connect to the Apple Software Update server.\n';

/** Head and scan, as every command begins. False when it ended there, with what went wrong printed. */
export async function scanFirst(request: UpdateRequest, io: ToolIo, mac: Mac, quick: boolean): Promise<boolean> {
  io.print('Software Update Tool\n\n');
  const major = majorOf(mac.os.version) ?? 0;
  if (!request.scan) {
    await io.sleep(mac.random.whole(600, 2_500));
    return true;
  }
  io.print('Finding available software\n');
  if (major === 12) {
    const head = nsLogHead(mac, 'softwareupdate', io.pid);
    io.printErr(`${head} XType: com.apple.fonts is not accessible.\n${head} XType: XTFontStaticRegistry is enabled.\n`);
  }
  if (mac.faults.strikes('list-hangs')) await io.forever();
  await io.sleep(mac.random.whole(quick ? 4 : 20, quick ? 9 : 90) * SECOND_MS);
  if (!mac.online()) {
    io.printErr(CANNOT_CONNECT);
    return false;
  }
  const failure = mac.faults.strikes('list-fails');
  if (failure) {
    io.printErr(`${failure.text ?? CONNECTION_LOST}\n`);
    return false;
  }
  mac.daemon.scan();
  return true;
}

export async function listUpdates(request: UpdateRequest, io: ToolIo, mac: Mac): Promise<number> {
  if (!(await scanFirst(request, io, mac, false))) return 0;
  if (mac.faults.strikes('list-garbage')) {
    // Cut off in the middle of an item, as after a crash of the helper.
    io.print(
      'Software Update found the following new or updated software:\n* Label: macOS Ta\u0000\uFFFD\n\tTitle: , Version',
    );
    return 0;
  }
  const major = majorOf(mac.os.version) ?? 0;
  const offers = mac.daemon.cached().filter((offer) => !offer.deferred || major === 12);
  if (offers.length === 0) {
    if (major <= 11) io.print('No new software available.\n');
    else io.printErr('No new software available.\n');
    return 0;
  }
  const items = offers.map((offer) => itemText(offer, mac.os.version)).join('\n');
  io.print(`Software Update found the following new or updated software:\n${items}`);
  // From 26 on the last line comes without its line feed.
  if (major < 26) io.print('\n');
  return 0;
}

export async function listFullInstallers(io: ToolIo, mac: Mac): Promise<number> {
  io.print('Finding available software\n');
  await io.sleep(mac.random.whole(8, 30) * SECOND_MS);
  if (!mac.online()) {
    io.printErr(CANNOT_CONNECT);
    return 0;
  }
  const offers = mac.daemon.scan().filter((offer) => offer.kind === 'macos' && offer.build !== null);
  if (offers.length === 0) {
    io.print('No full installers found\n');
    return 0;
  }
  const recent = (majorOf(mac.os.version) ?? 0) >= 13;
  io.print('Software Update found the following full installers:\n');
  for (const { version, build, sizeKiB, deferred } of offers) {
    const name = MARKETING_NAMES[majorOf(version) ?? 0];
    const title = name === undefined ? 'macOS' : `macOS ${name}`;
    const size = (sizeKiB ?? 0) + 12_500_000;
    const tail = recent ? `, Deferred: ${deferred ? 'YES' : 'NO'}` : '';
    // An installer says 27.0 where the list of updates says 27.
    const full = /^\d+$/.test(version) ? `${version}.0` : version;
    io.print(`* Title: ${title}, Version: ${full}, Size: ${size}KiB, Build: ${build}${tail}\n`);
  }
  return 0;
}

function itemText(offer: Offer, running: string): string {
  const { label, title, version, sizeKiB, recommended, restart, deferred, kind } = offer;
  const major = majorOf(running) ?? 0;
  const unit = compareVersions(running, '13.3') < 0 && (kind === 'macos' || major < 12) ? 'K' : 'KiB';
  const fields = [
    `Title: ${title}`,
    `Version: ${version}`,
    ...(sizeKiB === null ? [] : [`Size: ${sizeKiB}${unit}`]),
    `Recommended: ${recommended ? 'YES' : 'NO'}`,
    ...(restart ? ['Action: restart'] : []),
  ].join(', ');
  const tail = deferred ? ', Deferred: YES' : major >= 26 ? ',' : ', ';
  return `${recommended ? '*' : '-'} Label: ${label}\n\t${fields}${tail}`;
}

const CONNECTION_LOST =
  'Scan finished with error: Error Domain=NSURLErrorDomain Code=-1005 "The network connection was lost." UserInfo={_kCFStreamErrorDomainKey=1, NSLocalizedDescription=The network connection was lost., _kCFStreamErrorCodeKey=54}';
