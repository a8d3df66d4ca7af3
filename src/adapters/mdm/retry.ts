import { SECOND_MS } from '../../domain/instant.ts';
import type { Fault } from './fault.ts';

/** How often one question is asked at most, counting the first. */
export const MOST_TRIES = 4;

const FIRST_MS = 2 * SECOND_MS;
const LONGEST_MS = 30 * SECOND_MS;
/** A server that wants more patience than this is left alone until the next time. */
const MOST_PATIENCE_MS = 120 * SECOND_MS;

/** Whether asking the same again may give something else. Only for what changes nothing, or may be done twice. */
export function isPassing(fault: Fault): boolean {
  if (fault.kind === 'connection') return ['unreachable', 'timeout', 'cut-off'].includes(fault.why);
  if (fault.kind !== 'status' || fault.settled) return false;
  return fault.status === 408 || fault.status === 429 || (fault.status >= 500 && ![501, 505].includes(fault.status));
}

/**
 * How long to wait after try number `tries`; null for not to try again. Chance keeps a fleet from coming back as one, also
 * where the server names the moment.
 */
export function waitBeforeNext(tries: number, fault: Fault, random: () => number): number | null {
  if (tries >= MOST_TRIES || !isPassing(fault)) return null;
  const longest = Math.min(LONGEST_MS, FIRST_MS * 2 ** (tries - 1));
  const own = longest / 2 + (random() * longest) / 2;
  const asked = fault.kind === 'status' ? fault.retryAfterMs : null;
  if (asked === null) return own;
  return asked > MOST_PATIENCE_MS ? null : asked + own;
}
