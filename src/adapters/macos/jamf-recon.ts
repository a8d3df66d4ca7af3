import type { Printed } from '../commands/command.ts';
import { unreadable } from '../commands/unreadable.ts';

/**
 * Reads `jamf recon -verbose`, which ends with 0 whatever came of it. Only the whole mark around a whole number is an id; null
 * where there is none, as where the server could not be reached. Whether it is that of this Mac, only the server can tell.
 */
export function readRecon(printed: Printed): { computerId: string | null } {
  const ids = new Set([...printed.stdout.matchAll(/<computer_id>([^<>]*)<\/computer_id>/g)].map(([, id = '']) => id));
  const [computerId = null, ...more] = ids;
  if (computerId !== null && !/^[1-9]\d{0,17}$/.test(computerId))
    throw unreadable('jamf recon', printed, 'the id that it names is no whole number');
  if (more.length > 0) throw unreadable('jamf recon', printed, 'it names several ids');
  return { computerId };
}
