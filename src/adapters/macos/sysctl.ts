import type { Instant } from '../../domain/instant.ts';
import { SECOND_MS } from '../../domain/instant.ts';
import type { Printed } from '../commands/command.ts';
import { unreadable } from '../commands/unreadable.ts';

export type BootTime = { bootEpoch: number; startedAt: Instant };

/** Reads `sysctl -n kern.boottime`; only the seconds count, the date after them is for people. */
export function readBootTime(printed: Printed): BootTime {
  const seconds = Number(/^\s*\{ sec = (\d{1,12}), usec = \d+ \}/.exec(printed.stdout)?.[1] ?? 0);
  if (seconds === 0) throw unreadable('sysctl kern.boottime', printed, 'it names no time');
  return { bootEpoch: seconds, startedAt: seconds * SECOND_MS };
}

/** Reads `sysctl -n kern.bootsessionuuid`: the identity of one boot. */
export function readBootSession(printed: Printed): { id: string } {
  const id = printed.stdout.trim();
  if (!/^[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}$/i.test(id)) {
    throw unreadable('sysctl kern.bootsessionuuid', printed, 'it is no UUID');
  }
  return { id };
}

/** Reads `sysctl -n hw.optional.arm64`, which an Intel Mac does not know. `uname` would lie under Rosetta. */
export function readArm64(printed: Printed): { appleSilicon: boolean } {
  const answer = printed.stdout.trim();
  if (answer === '1' || answer === '0') return { appleSilicon: answer === '1' };
  if (answer === '' && /unknown oid/.test(printed.stderr)) return { appleSilicon: false };
  throw unreadable('sysctl hw.optional.arm64', printed, 'it is neither a number nor “unknown oid”');
}
