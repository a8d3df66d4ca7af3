import { SECOND_MS } from '../../domain/instant.ts';
import type { Mac } from '../mac/mac.ts';
import type { Tool, ToolIo } from './tool.ts';

const VERSION = '11.30.1-t1784555528405';

/** Jamf’s program. It is wordy and slow, and what it could not do it says, ending well all the same. */
export const jamf: Tool = async (argv, io, mac) => {
  const [verb, ...rest] = argv;
  if (verb === 'version') {
    io.print(`version=${VERSION}\n`);
    return 0;
  }
  if (verb !== 'recon' && verb !== 'checkJSSConnection') {
    io.print('Usage: jamf verb [options]\n\nFor help: jamf help\n');
    return 1;
  }
  if (io.caller.uid !== 0) {
    io.print('This command must be run as root.\n');
    return 1;
  }
  return verb === 'recon' ? recon(rest.includes('-verbose'), io, mac) : checkConnection(io, mac);
};

async function checkConnection(io: ToolIo, mac: Mac): Promise<number> {
  const { address } = ownServer(mac);
  io.print(`Checking availability of ${address}...\n`);
  await io.sleep(mac.random.whole(300, 3_000));
  if (reaches(mac)) {
    io.print('The JSS is available.\n');
    return 0;
  }
  io.print('\nThere was an error.\n\n     Could not connect to the JSS.\n\n');
  return 1;
}

/** What it looks for, with how long it takes at most. */
const STEPS: readonly (readonly [string, number])[] = [
  ['Locating accounts...', 4],
  ['Locating package receipts...', 10],
  ['Searching path: /Applications', 25],
  ['Locating software updates...', 30],
  ['Locating hard drive information...', 5],
  ['Gathering application usage information...', 15],
];

async function recon(verbose: boolean, io: ToolIo, mac: Mac): Promise<number> {
  const { address } = ownServer(mac);
  io.print(`Retrieving inventory preferences from ${address}...\n`);
  await io.sleep(2 * SECOND_MS);
  if (!reaches(mac)) return couldNot(io);
  if (verbose) io.print(' verbose: Finding extension attributes...\n');
  for (const [text, seconds] of STEPS) {
    io.print(`${text}\n`);
    await io.sleep(mac.random.whole((seconds * SECOND_MS) / 2, seconds * SECOND_MS));
  }
  io.print(`Submitting data to ${address}...\n`);
  const id = reaches(mac) ? (mac.enrolment.takeInventory?.() ?? null) : null;
  if (id === null) return couldNot(io);
  // Without the option it keeps the answer to itself.
  if (verbose) io.print(` verbose: The server answered:\n<computer_id>${id}</computer_id>\n`);
  return 0;
}

function couldNot(io: ToolIo): number {
  io.print('\nThere was an error.\n\n     Could not connect to the JSS.\n\n');
  return 0;
}

const ownServer = ({ enrolment: { terms } }: Mac): { address: string } => ({
  address: terms === null ? 'https://unknown.invalid/' : `${new URL(terms.server).origin}/`,
});

const reaches = (mac: Mac): boolean => mac.online() && !mac.faults.mdmServerDown();
