import type { Printed } from '../commands/command.ts';
import { splitLines } from '../commands/lines.ts';
import { unreadable } from '../commands/unreadable.ts';

/** Reads `defaults read …com.jamfsoftware.jamf.plist jss_url`; null on a Mac that Jamf Pro does not manage. */
export function readJamfServer(printed: Printed): { address: string | null } {
  const lines = splitLines(printed.stdout).map(({ text }) => text.trim());
  const [address = '', ...more] = lines.filter((line) => line !== '');
  if (address === '' && /does not exist/.test(printed.stderr)) return { address: null };
  if (more.length > 0) throw unreadable('defaults read jss_url', printed, 'it is more than one line');
  if (address === '') throw unreadable('defaults read jss_url', printed, 'it says nothing');
  return { address };
}
